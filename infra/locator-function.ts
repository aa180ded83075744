import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  FilterCriteria,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  StartingPosition,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ConfigurationSet } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import packageFile from '../package.json' with { type: 'json' };
import { NEW_DELIVERY_FILTER } from '../shared/outbox/outbox-table.ts';
import {
  ESCALATION_EMAIL_VARIABLE,
  FALLBACK_LEAD_EMAIL_VARIABLE,
  LEAD_ESCALATION_HOURS_VARIABLE,
  LEAD_REMINDER_HOURS_VARIABLE,
  MAIL_CONFIGURATION_SET_VARIABLE,
  MAILS_PER_SECOND_VARIABLE,
  METRIC_NAMESPACE_VARIABLE,
  SENDER_EMAIL_VARIABLE,
  SITE_URL_VARIABLE,
  SMALLEST_COUNT_VARIABLE,
  VERSION_VARIABLE,
  WEBHOOK_ALLOW_LOOPBACK_VARIABLE,
} from '../shared/runtime/environment.ts';
import { PEPPER_SECRET, SIGNING_SECRET } from '../shared/runtime/secret-names.ts';
import type { DataStack } from './data-stack.ts';
import { answersRequests, type FunctionName, type FunctionSpec, type TableAccess } from './functions.ts';
import { metricNamespace, type StageConfig, senderDomain } from './stage-config.ts';
import { TABLES, type TableName } from './tables.ts';

const SECRET_VARIABLES = { pepper: PEPPER_SECRET, signing: SIGNING_SECRET };

const LOSES_NOTHING = 'A run that fails loses nothing: the next one finds what is left to do';
const WORK_IS_KEPT = [
  'Serverless::Serverless-LambdaEventSourceMappingDestination',
  'Serverless::Serverless-LambdaAsyncFailureDestination',
].map((id) => ({ id, reason: LOSES_NOTHING }));

interface LocatorFunctionProps {
  readonly name: FunctionName;
  readonly spec: FunctionSpec;
  readonly stage: StageConfig;
  readonly data: DataStack;
  /** What mails are sent under. */
  readonly configurationSet: ConfigurationSet;
  /** Where `infra/bundle.ts` has put the bundles. */
  readonly bundleDir: string;
}

/** One function of the table in functions.ts, with just the grants that it names. */
export class LocatorFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: LocatorFunctionProps) {
    super(scope, id);
    const { name, spec, stage, data } = props;
    this.logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of its own: the managed policy for logs reaches every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    this.lambda = new LambdaFunction(this, 'Function', {
      role,
      description: `Alpine US locator: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(`${props.bundleDir}/${name}`),
      handler: 'index.handler',
      memorySize: spec.memoryMegabytes,
      timeout: Duration.seconds(spec.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup: this.logGroup,
      environment: {
        [VERSION_VARIABLE]: packageFile.version,
        [METRIC_NAMESPACE_VARIABLE]: metricNamespace(stage),
      },
    });
    if (accessOf(spec, 'reservations').some(({ attributes }) => attributes === undefined)) {
      // A step in a reservation's life is committed over three tables: their names are needed even where one is only read.
      this.nameTables(['dealers', 'reservations', 'facts', 'outbox'], data);
      this.lambda.addEnvironment(LEAD_REMINDER_HOURS_VARIABLE, String(stage.leadHours.reminder));
      this.lambda.addEnvironment(LEAD_ESCALATION_HOURS_VARIABLE, String(stage.leadHours.escalation));
    }
    for (const table of Object.keys(spec.access ?? {}) as TableName[]) {
      this.nameTables([table], data);
      for (const access of accessOf(spec, table)) this.grantTable(data.tables[table], access);
    }
    if (spec.access?.reservations !== undefined) this.grantPeopleKey(data, accessOf(spec, 'reservations'));
    for (const secret of spec.secrets ?? []) {
      this.lambda.addEnvironment(SECRET_VARIABLES[secret].environmentVariable, data.secrets[secret].secretArn);
      this.lambda.addToRolePolicy(
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [data.secrets[secret].secretArn],
        }),
      );
    }
    if (spec.makesPages || spec.visitsSite) this.lambda.addEnvironment(SITE_URL_VARIABLE, stage.siteUrl);
    if (spec.sendsMail) this.allowMail(stage, props.configurationSet);
    if (spec.suppresses && stage.smallestCount !== undefined) {
      this.lambda.addEnvironment(SMALLEST_COUNT_VARIABLE, String(stage.smallestCount));
    }
    this.acknowledge(spec);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resource to name (AWS service authorization reference)',
    });
  }

  private acknowledge({ trigger }: FunctionSpec): void {
    const hasDestination = 'mailFeedback' in trigger || 'logOf' in trigger;
    const retried = answersRequests(trigger)
      ? 'Called synchronously: whoever asked is told of a failure, and a queue would stay empty'
      : hasDestination
        ? 'Its failures go to the dead-letter queue by a destination, which says why as well'
        : LOSES_NOTHING;
    Validations.of(this.lambda).acknowledge(
      { id: 'Serverless::Serverless-LambdaDLQ', reason: retried },
      { id: 'NIST.800.53.R5::NIST.800.53.R5-LambdaDLQ', reason: retried },
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-LambdaConcurrency',
        reason: 'A reserve for one function is taken from all others; the throttle of the API stage bounds a flood',
      },
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-LambdaInsideVPC',
        reason: 'It reaches AWS’s own endpoints over TLS under its role; a network of its own would guard nothing more',
      },
      ...(answersRequests(trigger) || hasDestination ? [] : WORK_IS_KEPT),
    );
    Validations.of(this.logGroup).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-CloudWatchLogGroupEncrypted',
      reason: 'Encrypted by CloudWatch’s own key; lines have named fields only, and none for people’s data',
    });
    Validations.of(this).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy',
      reason: 'One role, one function, one policy: a managed policy could be attached elsewhere',
    });
  }

  /** Feeds the function with a table's new rows: in small batches, each row on its own when one fails. */
  readStream(table: ITable): void {
    this.lambda.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 10,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        // The sweep sends what is still left then.
        retryAttempts: 2,
        maxRecordAge: Duration.hours(1),
        parallelizationFactor: 4,
        filters: [FilterCriteria.filter(NEW_DELIVERY_FILTER)],
      }),
    );
  }

  private nameTables(tables: readonly TableName[], data: DataStack): void {
    for (const table of tables) {
      this.lambda.addEnvironment(TABLES[table].environmentVariable, data.tables[table].tableName);
    }
  }

  private grantTable(table: TableV2, { actions, partitions, attributes, indexes = [] }: TableAccess): void {
    this.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [table.tableArn],
        ...((partitions || attributes) && {
          conditions: {
            'ForAllValues:StringEquals': {
              ...(partitions && { 'dynamodb:LeadingKeys': [...partitions] }),
              ...(attributes && { 'dynamodb:Attributes': [...attributes] }),
            },
            // Of a request that names no attribute the condition on all of them is true: it would be given everything.
            ...(attributes && { StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' } }),
          },
        }),
      }),
    );
    if (indexes.length > 0) {
      this.lambda.addToRolePolicy(
        new PolicyStatement({
          actions: ['dynamodb:Query'],
          resources: indexes.map((index) => `${table.tableArn}/index/${index}`),
        }),
      );
    }
  }

  /** The key works for this function through DynamoDB only. */
  private grantPeopleKey(data: DataStack, accesses: readonly TableAccess[]): void {
    const writes = accesses.some(({ actions }) =>
      actions.some((action) => !['GetItem', 'Query', 'Scan'].includes(action)),
    );
    this.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'kms:Decrypt',
          'kms:DescribeKey',
          ...(writes ? ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'] : []),
        ],
        resources: [data.peopleKey.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Aws.REGION}.amazonaws.com` } },
      }),
    );
  }

  private allowMail(stage: StageConfig, { configurationSetName }: ConfigurationSet): void {
    this.lambda.addEnvironment(MAIL_CONFIGURATION_SET_VARIABLE, configurationSetName);
    this.lambda.addEnvironment(SITE_URL_VARIABLE, stage.siteUrl);
    this.lambda.addEnvironment(SENDER_EMAIL_VARIABLE, stage.senderEmail);
    this.lambda.addEnvironment(FALLBACK_LEAD_EMAIL_VARIABLE, stage.fallbackLeadEmail);
    this.lambda.addEnvironment(ESCALATION_EMAIL_VARIABLE, stage.escalationEmail);
    this.lambda.addEnvironment(MAILS_PER_SECOND_VARIABLE, String(stage.mailsPerSecond));
    if (stage.webhookAllowLoopback) this.lambda.addEnvironment(WEBHOOK_ALLOW_LOOPBACK_VARIABLE, '1');
    const arnOf = (path: string) => `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:${path}`;
    this.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [
          // The sender's domain is what is verified: an address verified by itself would be asked for instead.
          arnOf(`identity/${senderDomain(stage)}`),
          arnOf(`configuration-set/${configurationSetName}`),
        ],
        conditions: { StringEquals: { 'ses:FromAddress': stage.senderEmail } },
      }),
    );
  }
}

function accessOf(spec: FunctionSpec, table: TableName): readonly TableAccess[] {
  return [spec.access?.[table] ?? []].flat();
}
