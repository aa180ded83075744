import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetAccountCommand, GetEmailIdentityCommand, NotFoundException, SESv2Client } from '@aws-sdk/client-sesv2';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ORIGIN_KEY_MEMBER, type OriginKeyVersion } from '../origin-key.ts';
import { type ClientSettings, webFiles } from './aws-web-files.ts';

export interface DeployedStack {
  readonly status: string;
  readonly terminationProtection: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface MailIdentity {
  readonly verified: boolean;
  /** SES's word: `SUCCESS` when the records are found. */
  readonly dkimStatus: string;
  /** Each is a CNAME `<token>._domainkey.<domain>` to `<token>.dkim.amazonses.com`. */
  readonly dkimTokens: readonly string[];
}

export type AwsAccount = ReturnType<typeof awsAccount>;

/**
 * What a deployment asks of the account and does to it, besides CloudFormation's own work. Credentials are those of the SDK's usual
 * chain.
 * @param settings the region; an endpoint and credentials of a test
 */
export function awsAccount(settings: ClientSettings) {
  const { forcePathStyle: _, ...common } = settings;
  const cloudFormation = new CloudFormationClient(common);
  const secretsManager = new SecretsManagerClient(common);
  const ses = new SESv2Client(common);
  const cognito = new CognitoIdentityProviderClient(common);
  const sns = new SNSClient(common);
  const cloudWatch = new CloudWatchClient(common);

  return {
    ...webFiles(settings),

    /** @throws an SDK's error when there are no credentials, or none that count */
    async accountId(): Promise<string> {
      const { Account } = await new STSClient(common).send(new GetCallerIdentityCommand({}));
      return required(Account, 'account id');
    },

    /** `undefined` when there is no such stack. */
    async stack(name: string): Promise<DeployedStack | undefined> {
      const stack = await cloudFormation.send(new DescribeStacksCommand({ StackName: name })).then(
        ({ Stacks }) => Stacks?.[0],
        (error: unknown) => {
          if (isError(error, 'ValidationError') && /does not exist/.test(error.message)) return undefined;
          throw error;
        },
      );
      if (stack === undefined) return undefined;
      return {
        status: stack.StackStatus ?? '',
        terminationProtection: stack.EnableTerminationProtection ?? false,
        outputs: entries(stack.Outputs, ({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
        parameters: entries(stack.Parameters, ({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
      };
    },

    /** Physical ids of a stack's resources of one type. */
    async resourceIds(stackName: string, type: string): Promise<readonly string[]> {
      const ids: string[] = [];
      for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stackName })) {
        for (const { ResourceType, PhysicalResourceId: id } of page.StackResourceSummaries ?? []) {
          if (ResourceType === type && id !== undefined) ids.push(id);
        }
      }
      return ids;
    },

    /** A version of the origin key: the current or the previous one, or one by its id. */
    async originKey(
      secretId: string,
      version: 'AWSCURRENT' | 'AWSPREVIOUS' | { readonly id: string },
    ): Promise<OriginKeyVersion | undefined> {
      const which = typeof version === 'string' ? { VersionStage: version } : { VersionId: version.id };
      try {
        const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId, ...which }));
        const members = JSON.parse(required(answer.SecretString, 'text of the origin key')) as Record<string, unknown>;
        return {
          versionId: required(answer.VersionId, 'version of the origin key'),
          key: String(required(members[ORIGIN_KEY_MEMBER], 'origin key')),
        };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    /** The key becomes the current one, and the current one the previous. */
    async putOriginKey(secretId: string, key: string): Promise<void> {
      const SecretString = JSON.stringify({ [ORIGIN_KEY_MEMBER]: key });
      await secretsManager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
    },

    /** Whether a secret has a current value; the value is not read. */
    async secretHasValue(secretId: string): Promise<boolean> {
      const { VersionIdsToStages: versions = {}, DeletedDate } = await secretsManager.send(
        new DescribeSecretCommand({ SecretId: secretId }),
      );
      return DeletedDate === undefined && Object.values(versions).flat().includes('AWSCURRENT');
    },

    /** `undefined` when the account has no such identity. */
    async mailIdentity(domain: string): Promise<MailIdentity | undefined> {
      try {
        const answer = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: domain }));
        return {
          verified: answer.VerifiedForSendingStatus ?? false,
          dkimStatus: answer.DkimAttributes?.Status ?? 'NOT_STARTED',
          dkimTokens: answer.DkimAttributes?.Tokens ?? [],
        };
      } catch (error) {
        if (error instanceof NotFoundException) return undefined;
        throw error;
      }
    },

    async mailAccount() {
      const { ProductionAccessEnabled, SendingEnabled, SendQuota } = await ses.send(new GetAccountCommand({}));
      return {
        outOfSandbox: ProductionAccessEnabled ?? false,
        sendingEnabled: SendingEnabled ?? false,
        mailsPerSecond: SendQuota?.MaxSendRate ?? 0,
      };
    },

    /** Whether anyone can sign in. Nothing about them is read but that they are there. */
    async poolHasUsers(userPoolId: string): Promise<boolean> {
      const { Users } = await cognito.send(
        new ListUsersCommand({ UserPoolId: userPoolId, Limit: 1, AttributesToGet: ['sub'] }),
      );
      return (Users ?? []).length > 0;
    },

    /** How many have said that they want a topic's mails, and how many have not answered yet. */
    async subscribers(topicArn: string): Promise<{ readonly confirmed: number; readonly pending: number }> {
      let confirmed = 0;
      let pending = 0;
      for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn })) {
        for (const { SubscriptionArn } of page.Subscriptions ?? []) {
          if (SubscriptionArn === 'PendingConfirmation') pending += 1;
          else if (SubscriptionArn?.startsWith('arn:')) confirmed += 1;
        }
      }
      return { confirmed, pending };
    },

    /** Alarms whose names begin with the prefix, by their state. */
    async alarms(prefix: string): Promise<Readonly<Record<string, string>>> {
      const states: Record<string, string> = {};
      const pages = paginateDescribeAlarms(
        { client: cloudWatch },
        { AlarmNamePrefix: prefix, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
      );
      for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
        for (const { AlarmName, StateValue } of [...MetricAlarms, ...CompositeAlarms]) {
          if (AlarmName !== undefined) states[AlarmName] = StateValue ?? '';
        }
      }
      return states;
    },
  };
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`AWS answered without the ${what}`);
  return value;
}

function isError(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

function entries<T>(
  list: readonly T[] | undefined,
  pair: (item: T) => readonly [string | undefined, string | undefined],
): Record<string, string> {
  const made: Record<string, string> = {};
  for (const item of list ?? []) {
    const [key, value] = pair(item);
    if (key !== undefined && value !== undefined) made[key] = value;
  }
  return made;
}
