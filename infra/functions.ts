import { DEALER_PARTITIONS } from '../shared/dealers/dealer-table.ts';
import { STANDING_ATTRIBUTES } from '../shared/reservations/standing-table.ts';

/** What a function does with a table. Names of actions are DynamoDB's; `partitions` narrows them to partition keys. */
export interface TableAccess {
  readonly actions: readonly (
    | 'GetItem'
    | 'Query'
    | 'Scan'
    | 'PutItem'
    | 'BatchWriteItem'
    | 'UpdateItem'
    | 'DeleteItem'
    | 'ConditionCheckItem'
  )[];
  readonly partitions?: readonly string[];
  /** The only attributes that it may read, keys among them; each request has to name its own. */
  readonly attributes?: readonly string[];
  /** Secondary indexes that it queries. */
  readonly indexes?: readonly ('due' | 'ledger' | 'dealer-ledger')[];
}

export type TableName = 'dealers' | 'reservations' | 'facts' | 'rollups' | 'outbox' | 'limits';
export type SecretName = 'pepper' | 'signing';

export type Trigger =
  | {
      readonly route: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /v1/${string}` | '$default';
      /** The scope an access token must have; open to everyone without one. */
      readonly scope?: 'counts' | 'leads';
    }
  | { readonly stream: 'outbox' }
  | { readonly everyMinutes: number }
  /** Once a day, at this hour (UTC). */
  | { readonly dailyAtHour: number }
  /** What SES says later of mails that it took. */
  | { readonly mailFeedback: true };

export interface FunctionSpec {
  readonly trigger: Trigger;
  readonly access?: Partial<Record<TableName, TableAccess>>;
  readonly secrets?: readonly SecretName[];
  /** Whether it looks up places: the gazetteer's file is laid beside its bundle. */
  readonly gazetteer?: true;
  readonly sendsMail?: true;
  /** Whether it leaves out small counts where the stage says so. */
  readonly suppresses?: true;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
}

const { stores, dealers, routing, index } = DEALER_PARTITIONS;

const searchStores: TableAccess = { actions: ['GetItem', 'Query'], partitions: [stores, index] };
/** By id; the index's head says which version of a store counts. */
const lookUpStores: TableAccess = { actions: ['GetItem', 'Query'], partitions: [dealers, index] };
const lookUpRouting: TableAccess = { actions: ['GetItem', 'Query'], partitions: [dealers, routing, index] };
const append: TableAccess = { actions: ['PutItem'] };
/** A lead that the store has already is sent again under its own row. */
const appendOrRenew: TableAccess = { actions: ['PutItem', 'UpdateItem'] };

const readLedger: TableAccess = { actions: ['Query'], indexes: ['ledger', 'dealer-ledger'] };

/** A request that a person waits for. */
const interactive = { memoryMegabytes: 1024, timeoutSeconds: 10 } as const;
/** What answers without data. */
const light = { memoryMegabytes: 256, timeoutSeconds: 5 } as const;

/** Every function: its file in `functions/`, what calls it, and what it may read and write. */
export const FUNCTIONS = {
  'find-dealers': {
    trigger: { route: 'GET /v1/dealers' },
    access: { dealers: searchStores },
    gazetteer: true,
    ...interactive,
  },
  'get-dealer': {
    trigger: { route: 'GET /v1/dealers/{dealerId}' },
    access: { dealers: lookUpStores },
    ...interactive,
  },
  'find-places': { trigger: { route: 'GET /v1/places' }, gazetteer: true, ...interactive },
  'get-form': { trigger: { route: 'GET /v1/form' }, secrets: ['signing'], ...interactive },
  'submit-interest': {
    trigger: { route: 'POST /v1/interests' },
    access: {
      dealers: { actions: ['GetItem', 'Query'], partitions: [stores, dealers, index] },
      reservations: { actions: ['GetItem', 'PutItem', 'DeleteItem', 'ConditionCheckItem'] },
      facts: append,
      outbox: append,
      limits: { actions: ['UpdateItem'] },
    },
    secrets: ['pepper', 'signing'],
    gazetteer: true,
    ...interactive,
  },
  'confirm-interest': {
    trigger: { route: 'POST /v1/interests/confirm' },
    access: {
      dealers: lookUpRouting,
      reservations: { actions: ['GetItem', 'PutItem', 'Query'] },
      facts: append,
      outbox: append,
    },
    secrets: ['signing'],
    ...interactive,
  },
  'get-reservation': {
    trigger: { route: 'GET /v1/reservation' },
    access: { dealers: lookUpStores, reservations: { actions: ['GetItem', 'Query'] } },
    secrets: ['signing'],
    ...interactive,
  },
  'change-reservation': {
    trigger: { route: 'PATCH /v1/reservation' },
    access: {
      dealers: { actions: ['GetItem', 'Query'], partitions: [stores, dealers, routing, index] },
      reservations: { actions: ['GetItem', 'PutItem', 'DeleteItem', 'Query'] },
      facts: append,
      outbox: appendOrRenew,
    },
    secrets: ['signing'],
    gazetteer: true,
    ...interactive,
  },
  unsubscribe: {
    trigger: { route: 'POST /v1/reservation/unsubscribe' },
    access: {
      dealers: lookUpRouting,
      reservations: { actions: ['GetItem', 'PutItem'] },
      outbox: { actions: ['UpdateItem'] },
    },
    secrets: ['signing'],
    ...interactive,
  },
  'withdraw-reservation': {
    trigger: { route: 'DELETE /v1/reservation' },
    access: {
      reservations: { actions: ['GetItem', 'PutItem', 'DeleteItem'] },
      facts: append,
      outbox: append,
    },
    secrets: ['signing'],
    ...interactive,
  },
  'count-interests': {
    trigger: { route: 'GET /v1/interest-counts', scope: 'counts' },
    access: {
      facts: { actions: ['Query'] },
      rollups: { actions: ['GetItem', 'Query'] },
      // For the stores' names.
      dealers: searchStores,
    },
    gazetteer: true,
    suppresses: true,
    memoryMegabytes: 1769,
    timeoutSeconds: 29,
  },
  'roll-up-counts': {
    trigger: { everyMinutes: 15 },
    access: { facts: { actions: ['Query'] }, rollups: { actions: ['GetItem', 'Query', 'PutItem', 'BatchWriteItem'] } },
    memoryMegabytes: 1769,
    timeoutSeconds: 300,
  },
  'audit-counts': {
    trigger: { dailyAtHour: 8 },
    access: {
      reservations: { actions: ['Scan'], attributes: STANDING_ATTRIBUTES },
      facts: { actions: ['Query'] },
      rollups: { actions: ['GetItem', 'Query'] },
    },
    memoryMegabytes: 3008,
    timeoutSeconds: 900,
  },
  'list-leads': {
    trigger: { route: 'GET /v1/leads', scope: 'leads' },
    access: { outbox: readLedger },
    memoryMegabytes: 1024,
    timeoutSeconds: 29,
  },
  'redeliver-lead': {
    trigger: { route: 'POST /v1/leads/{leadId}/redeliver', scope: 'leads' },
    access: {
      dealers: lookUpRouting,
      reservations: { actions: ['GetItem'] },
      outbox: { actions: ['GetItem', 'UpdateItem'] },
    },
    ...interactive,
  },
  'acknowledge-lead': {
    trigger: { route: 'POST /v1/leads/{leadId}/acknowledge' },
    access: { dealers: lookUpStores, outbox: { actions: ['UpdateItem'] } },
    secrets: ['signing'],
    ...interactive,
  },
  'get-health': { trigger: { route: 'GET /v1/health' }, ...light },
  'get-openapi': { trigger: { route: 'GET /v1/openapi.json' }, ...light },
  'answer-unknown-route': { trigger: { route: '$default' }, ...light },
  'deliver-outbox': {
    trigger: { stream: 'outbox' },
    access: {
      dealers: lookUpRouting,
      reservations: { actions: ['GetItem', 'Query'] },
      outbox: { actions: ['GetItem', 'UpdateItem', 'Query'] },
      limits: { actions: ['UpdateItem'] },
    },
    secrets: ['signing'],
    sendsMail: true,
    memoryMegabytes: 512,
    timeoutSeconds: 80,
  },
  'sweep-outbox': {
    trigger: { everyMinutes: 1 },
    access: {
      dealers: lookUpRouting,
      reservations: { actions: ['GetItem', 'Query'] },
      outbox: { actions: ['GetItem', 'UpdateItem', 'Query'], indexes: ['due'] },
      limits: { actions: ['UpdateItem'] },
    },
    secrets: ['signing'],
    sendsMail: true,
    memoryMegabytes: 512,
    timeoutSeconds: 80,
  },
  'note-mail-feedback': {
    trigger: { mailFeedback: true },
    access: {
      reservations: { actions: ['GetItem', 'PutItem'] },
      outbox: { actions: ['GetItem', 'UpdateItem'] },
    },
    memoryMegabytes: 512,
    timeoutSeconds: 30,
  },
} as const satisfies Readonly<Record<string, FunctionSpec>>;

export type FunctionName = keyof typeof FUNCTIONS;

/** The table as entries, for those who go through all of it. */
export const FUNCTION_SPECS: readonly (readonly [FunctionName, FunctionSpec])[] = Object.entries(FUNCTIONS) as [
  FunctionName,
  FunctionSpec,
][];
