import { createHash } from 'node:crypto';
import { HostError } from '../host-error.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource } from './assembly.ts';

/** What other resources see of one: the value of `Ref`, and of `Fn::GetAtt` by attribute. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type NameOf = (property: string) => string | undefined;
type Identify = (resource: Resource, nameOf: NameOf) => Identity;

const arn = (resource: Resource, service: string, path: string): string =>
  `arn:aws:${service}:${resource.stack.region}:${LOCAL_ACCOUNT}:${path}`;

/** CloudFormation appends chance to a name it makes up; here it must be the same after a restart. */
const madeUp = (resource: Resource): string => `${resource.stack.name}-${resource.logicalId}`;

const named =
  (property: string, service: string, path: (name: string) => string): Identify =>
  (resource, nameOf) => {
    const name = nameOf(property) ?? madeUp(resource);
    return { ref: name, attributes: { Arn: arn(resource, service, path(name)) } };
  };

const byLogicalId: Identify = ({ logicalId }) => ({ ref: logicalId, attributes: { Id: logicalId } });

const table: Identify = (resource, nameOf) => {
  const name = nameOf('TableName') ?? madeUp(resource);
  const Arn = arn(resource, 'dynamodb', `table/${name}`);
  return { ref: name, attributes: { Arn, StreamArn: `${Arn}/stream/local` } };
};

const IDENTITIES: Readonly<Record<string, Identify>> = {
  'AWS::ApiGatewayV2::Api': (resource) => {
    const id = resource.logicalId.toLowerCase();
    const host = `${id}.execute-api.${resource.stack.region}.amazonaws.com`;
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: `https://${host}` } };
  },
  'AWS::ApiGatewayV2::Authorizer': byLogicalId,
  'AWS::ApiGatewayV2::Integration': byLogicalId,
  'AWS::ApiGatewayV2::Route': byLogicalId,
  'AWS::ApiGatewayV2::Stage': (_, nameOf) => ({ ref: nameOf('StageName') ?? '$default', attributes: {} }),
  'AWS::CloudFront::CachePolicy': byLogicalId,
  'AWS::CloudFront::Distribution': ({ logicalId }) => ({
    ref: logicalId,
    attributes: { Id: logicalId, DomainName: `${logicalId.toLowerCase()}.cloudfront.net` },
  }),
  'AWS::CloudFront::Function': (resource) => {
    const FunctionARN = arn(resource, 'cloudfront', `function/${resource.logicalId}`);
    return { ref: FunctionARN, attributes: { FunctionARN } };
  },
  'AWS::CloudFront::OriginAccessControl': byLogicalId,
  'AWS::CloudFront::OriginRequestPolicy': byLogicalId,
  'AWS::CloudFront::ResponseHeadersPolicy': byLogicalId,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': named('Name', 'events', (name) => `rule/${name}`),
  'AWS::IAM::Role': named('RoleName', 'iam', (name) => `role/${name}`),
  'AWS::KMS::Key': (resource) => {
    const KeyId = resource.logicalId;
    return { ref: KeyId, attributes: { KeyId, Arn: arn(resource, 'kms', `key/${KeyId}`) } };
  },
  'AWS::Lambda::Function': (resource, nameOf) => {
    // Lambda allows 64 characters.
    const name = nameOf('FunctionName') ?? madeUp(resource).slice(0, 64);
    return { ref: name, attributes: { Arn: arn(resource, 'lambda', `function:${name}`) } };
  },
  'AWS::Logs::LogGroup': named('LogGroupName', 'logs', (name) => `log-group:${name}:*`),
  'AWS::Logs::SubscriptionFilter': (resource, nameOf) => ({
    ref: nameOf('FilterName') ?? madeUp(resource),
    attributes: {},
  }),
  'AWS::S3::Bucket': (resource, nameOf) => {
    const name = nameOf('BucketName') ?? madeUp(resource).toLowerCase();
    const attributes = {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${resource.stack.region}.amazonaws.com`,
    };
    return { ref: name, attributes };
  },
  'AWS::SNS::Topic': (resource, nameOf) => {
    const TopicName = nameOf('TopicName') ?? madeUp(resource);
    const TopicArn = arn(resource, 'sns', TopicName);
    return { ref: TopicArn, attributes: { TopicArn, TopicName } };
  },
  'AWS::SQS::Queue': (resource, nameOf) => {
    const QueueName = nameOf('QueueName') ?? madeUp(resource);
    const QueueUrl = `https://sqs.${resource.stack.region}.amazonaws.com/${LOCAL_ACCOUNT}/${QueueName}`;
    return { ref: QueueUrl, attributes: { Arn: arn(resource, 'sqs', QueueName), QueueName, QueueUrl } };
  },
  'AWS::WAFv2::WebACL': (resource, nameOf) => {
    const name = nameOf('Name') ?? madeUp(resource);
    return { ref: name, attributes: { Arn: arn(resource, 'wafv2', `global/webacl/${name}/local`) } };
  },
  'AWS::SecretsManager::Secret': (resource, nameOf) => {
    const name = nameOf('Name') ?? madeUp(resource);
    const Arn = arn(resource, 'secretsmanager', `secret:${name}-${sixCharacters(name)}`);
    return { ref: Arn, attributes: { Id: Arn } };
  },
  'AWS::SES::ConfigurationSet': (resource, nameOf) => ({ ref: nameOf('Name') ?? madeUp(resource), attributes: {} }),
  'AWS::SES::EmailIdentity': (resource, nameOf) => ({
    ref: nameOf('EmailIdentity') ?? madeUp(resource),
    attributes: {},
  }),
};

/** @throws HostError when nothing is known of what the resource's type looks like to others */
export function identify(resource: Resource, nameOf: NameOf): Identity {
  const known = IDENTITIES[resource.type];
  if (known === undefined) {
    throw new HostError(
      `${resource.stack.name} refers to ${resource.logicalId}: the local host cannot stand in for a ${resource.type}.`,
    );
  }
  return known(resource, nameOf);
}

/** Secrets Manager ends every ARN with a hyphen and six random characters. */
function sixCharacters(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 6);
}
