import { CfnOutput, type Environment, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { PEPPER_SECRET, SIGNING_SECRET } from '../shared/runtime/secret-names.ts';
import type { SecretName } from './functions.ts';
import { ORIGIN_KEY_MEMBER, ORIGIN_KEY_OUTPUT } from './origin-key.ts';
import { type StageConfig, senderDomain } from './stage-config.ts';
import { TABLES, type TableName } from './tables.ts';

/** What must outlive every deployment: tables, their key, secrets. Construct ids are a contract: another id, another table. */
export class DataStack extends Stack {
  readonly tables: Readonly<Record<TableName, TableV2>>;
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  /** What the edge proves itself with to the API; see origin-key.ts. */
  readonly originKey: Secret;
  /** Encrypts what people told us. */
  readonly peopleKey: Key;

  constructor(
    scope: Construct,
    id: string,
    { env, stage }: { readonly env: Environment; readonly stage: StageConfig },
  ) {
    super(scope, id, {
      env,
      description: 'Alpine US locator: tables, keys and secrets',
      terminationProtection: true,
    });
    this.peopleKey = new Key(this, 'PeopleKey', {
      description: 'Encrypts the reservations table, which holds what people told us',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.tables = {
      dealers: this.table('Dealers', TABLES.dealers, {}),
      reservations: this.table('Reservations', TABLES.reservations, {
        encryption: TableEncryptionV2.customerManagedKey(this.peopleKey),
        timeToLiveAttribute: TABLES.reservations.timeToLive,
      }),
      facts: this.table('Facts', TABLES.facts, {}),
      rollups: this.table('Rollups', TABLES.rollups, { timeToLiveAttribute: TABLES.rollups.timeToLive }),
      searches: this.table('Searches', TABLES.searches, { timeToLiveAttribute: TABLES.searches.timeToLive }),
      outbox: this.table('Outbox', TABLES.outbox, {
        timeToLiveAttribute: TABLES.outbox.timeToLive,
        dynamoStream: StreamViewType.NEW_IMAGE,
        globalSecondaryIndexes: [
          {
            indexName: TABLES.outbox.dueIndex.name,
            partitionKey: { name: TABLES.outbox.dueIndex.partitionKey, type: AttributeType.STRING },
            sortKey: { name: TABLES.outbox.dueIndex.sortKey, type: AttributeType.NUMBER },
            projectionType: ProjectionType.KEYS_ONLY,
          },
          ...[TABLES.outbox.ledgerIndex, TABLES.outbox.dealerLedgerIndex].map(({ name, partitionKey, sortKey }) => ({
            indexName: name,
            partitionKey: { name: partitionKey, type: AttributeType.STRING },
            sortKey: { name: sortKey, type: AttributeType.STRING },
            projectionType: ProjectionType.ALL,
          })),
        ],
      }),
      limits: this.table('Limits', TABLES.limits, {
        timeToLiveAttribute: TABLES.limits.timeToLive,
        // Counters of the last day: nothing to recover, and nothing to keep.
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
        deletionProtection: false,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    };
    this.secrets = {
      pepper: this.secret('PersonKeyPepper', 'Keeps person keys from being guessed; never rotated', PEPPER_SECRET.key),
      signing: this.secret(
        'TokenSigningKey',
        'Signs the tokens in links; the version before stays valid',
        SIGNING_SECRET.key,
      ),
    };
    this.originKey = this.secret(
      'OriginKey',
      'Tells the API that a request has come through CloudFront; the version before stays valid',
      ORIGIN_KEY_MEMBER,
    );
    new CfnOutput(this, ORIGIN_KEY_OUTPUT, { value: this.originKey.secretArn });
    if (stage.senderIdentity === 'made') this.senderIdentity(senderDomain(stage));
    for (const [name, table] of Object.entries(this.tables)) {
      new CfnOutput(this, `${name}TableName`, { value: table.tableName });
    }
  }

  private table(
    id: string,
    keys: { readonly partitionKey: string; readonly sortKey: string },
    more: Omit<TablePropsV2, 'partitionKey' | 'sortKey'>,
  ): TableV2 {
    return new TableV2(this, id, {
      partitionKey: { name: keys.partitionKey, type: AttributeType.STRING },
      sortKey: { name: keys.sortKey, type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...more,
    });
  }

  /** Who mails come from. Another identity has other DKIM records, so this one stays. */
  private senderIdentity(domain: string): void {
    new EmailIdentity(this, 'Sender', { identity: Identity.domain(domain) }).applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  private secret(id: string, description: string, key: string): Secret {
    const secret = new Secret(this, id, {
      description,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ version: 1 }),
        generateStringKey: key,
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const notRotated =
      'A new pepper would part people from their reservations; links in mails live as long as two versions of the signing key; the origin key is rotated by a deployment, which tells both sides';
    Validations.of(secret).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-SMG4', reason: notRotated },
      { id: 'NIST.800.53.R5::NIST.800.53.R5-SecretsManagerRotationEnabled', reason: notRotated },
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-SecretsManagerUsingKMSKey',
        reason:
          'Encrypted by the account’s own key for secrets; each reader is named by its role, none is in another account',
      },
    );
    return secret;
  }
}
