import { type Duration, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { DestinationConfig, IDestination, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** A queue of calls that a function has failed on, and the destination that brings them there. */
export class DeadLetters extends Queue implements IDestination {
  /** @param retention how long someone has to look into them */
  constructor(scope: Construct, id: string, retention: Duration) {
    super(scope, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: retention });
    Validations.of(this).acknowledge(
      ...['AwsSolutions::AwsSolutions-SQS3', 'Serverless::Serverless-SQSRedrivePolicy'].map((rule) => ({
        id: rule,
        reason: 'It is the dead-letter queue itself',
      })),
    );
  }

  /** Of what `SqsDestination` would grant, Lambda needs no more than this. */
  bind(_scope: Construct, { grantPrincipal }: IFunction): DestinationConfig {
    Grant.addToPrincipal({
      grantee: grantPrincipal.grantPrincipal,
      actions: ['sqs:SendMessage'],
      resourceArns: [this.queueArn],
    });
    return { destination: this.queueArn };
  }
}
