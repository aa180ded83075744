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
import type { Construct } from 'constructs';
import { FACT_TABLE } from '../shared/counts/fact-table.ts';
import { ROLLUP_TABLE } from '../shared/counts/rollup-table.ts';
import { DEALER_TABLE } from '../shared/dealers/dealer-table.ts';
import { LIMIT_TABLE } from '../shared/limits/limit-table.ts';
import { OUTBOX_TABLE } from '../shared/outbox/outbox-table.ts';
import { RESERVATION_TABLE } from '../shared/reservations/reservation-table.ts';
import { PEPPER_SECRET, SIGNING_SECRET } from '../shared/runtime/secret-names.ts';
import type { SecretName, TableName } from './functions.ts';

/** What must outlive every deployment: tables, their key, secrets. Construct ids are a contract: another id, another table. */
export class DataStack extends Stack {
  readonly tables: Readonly<Record<TableName, TableV2>>;
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  /** Encrypts what people told us. */
  readonly peopleKey: Key;

  constructor(scope: Construct, id: string, { env }: { readonly env: Environment }) {
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
      dealers: this.table('Dealers', DEALER_TABLE, {}),
      reservations: this.table('Reservations', RESERVATION_TABLE, {
        encryption: TableEncryptionV2.customerManagedKey(this.peopleKey),
        timeToLiveAttribute: RESERVATION_TABLE.timeToLive,
      }),
      facts: this.table('Facts', FACT_TABLE, {}),
      rollups: this.table('Rollups', ROLLUP_TABLE, { timeToLiveAttribute: ROLLUP_TABLE.timeToLive }),
      outbox: this.table('Outbox', OUTBOX_TABLE, {
        timeToLiveAttribute: OUTBOX_TABLE.timeToLive,
        dynamoStream: StreamViewType.NEW_IMAGE,
        globalSecondaryIndexes: [
          {
            indexName: OUTBOX_TABLE.dueIndex.name,
            partitionKey: { name: OUTBOX_TABLE.dueIndex.partitionKey, type: AttributeType.STRING },
            sortKey: { name: OUTBOX_TABLE.dueIndex.sortKey, type: AttributeType.NUMBER },
            projectionType: ProjectionType.KEYS_ONLY,
          },
          ...[OUTBOX_TABLE.ledgerIndex, OUTBOX_TABLE.dealerLedgerIndex].map(({ name, partitionKey, sortKey }) => ({
            indexName: name,
            partitionKey: { name: partitionKey, type: AttributeType.STRING },
            sortKey: { name: sortKey, type: AttributeType.STRING },
            projectionType: ProjectionType.ALL,
          })),
        ],
      }),
      limits: this.table('Limits', LIMIT_TABLE, {
        timeToLiveAttribute: LIMIT_TABLE.timeToLive,
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
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'A new pepper would part people from their reservations; the signing key is rotated by hand, as links in mails live as long as two of its versions',
    });
    return secret;
  }
}
