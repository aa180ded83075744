import type { PageRoute } from '../shared/contract/pages.ts';
import { SEARCHED_LINES } from '../shared/counts/searched-lines.ts';
import { DEALER_PARTITIONS } from '../shared/dealers/dealer-table.ts';
import { STANDING_ATTRIBUTES } from '../shared/reservations/standing-table.ts';
import type { TableName } from './tables.ts';

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

export type SecretName = 'pepper' | 'signing';

export type Trigger =
  | {
      readonly route: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /v1/${string}` | '$default';
      /** The scope an access token must have; open to everyone without one. */
      readonly scope?: 'counts' | 'leads';
    }
  /** Pages are for everyone. */
  | { readonly pages: readonly PageRoute[] }
  | { readonly stream: 'outbox' }
  | { readonly everyMinutes: number }
  /** Once a day, at this hour (UTC). */
  | { readonly dailyAtHour: number }
  /** What SES says later of mails that it took. */
  | { readonly mailFeedback: true }
  /** Lines of the log of a function that stands before it in the table. */
  | { readonly logOf: 'find-dealers'; readonly lines: string };

export interface FunctionSpec {
  readonly trigger: Trigger;
  /** One access, or several where partitions are used in different ways. */
  readonly access?: Partial<Record<TableName, TableAccess | readonly TableAccess[]>>;
  readonly secrets?: readonly SecretName[];
  /** Whether it looks up places: the gazetteer's file is laid beside its bundle. */
  readonly gazetteer?: true;
  /** Whether it makes pages: it is told the site's address, and the names of the pages' files are laid beside its bundle. */
  readonly makesPages?: true;
  readonly sendsMail?: true;
  /** Whether it leaves out small counts where the stage says so. */
  readonly suppresses?: true;
  /** Whether it asks its own site, from outside. */
  readonly visitsSite?: true;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
}

const { stores, dealers, routing, index } = DEALER_PARTITIONS;

/** The head of the index says which versions of stores count. */
const readHead: TableAccess = { actions: ['GetItem'], partitions: [index] };
const searchStores: readonly TableAccess[] = [{ actions: ['Query'], partitions: [stores, index] }, readHead];
/** By id. */
const lookUpStores: readonly TableAccess[] = [{ actions: ['Query'], partitions: [dealers] }, readHead];
const lookUpRouting: readonly TableAccess[] = [{ actions: ['Query'], partitions: [dealers, routing] }, readHead];
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
      dealers: [{ actions: ['Query'], partitions: [stores, dealers, index] }, readHead],
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
      dealers: [{ actions: ['Query'], partitions: [stores, dealers, routing, index] }, readHead],
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
  'get-search-counts': {
    trigger: { route: 'GET /v1/search-counts', scope: 'counts' },
    access: { searches: { actions: ['Query'] } },
    gazetteer: true,
    ...interactive,
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
  'show-search': {
    trigger: { pages: ['GET /find', 'GET /es/find'] },
    access: { dealers: searchStores },
    gazetteer: true,
    makesPages: true,
    ...interactive,
  },
  'show-store': {
    trigger: { pages: ['GET /stores/{dealerId}', 'GET /es/stores/{dealerId}'] },
    access: { dealers: [{ actions: ['Query'], partitions: [stores, dealers, index] }, readHead] },
    makesPages: true,
    ...interactive,
  },
  'list-stores': {
    trigger: { pages: ['GET /stores', 'GET /es/stores'] },
    access: { dealers: searchStores },
    gazetteer: true,
    makesPages: true,
    ...interactive,
  },
  'guide-crawlers': {
    trigger: { pages: ['GET /sitemap.xml', 'GET /robots.txt'] },
    access: { dealers: searchStores },
    makesPages: true,
    ...interactive,
  },
  'answer-unknown-route': { trigger: { route: '$default' }, makesPages: true, ...light },
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
  'count-searches': {
    trigger: { logOf: 'find-dealers', lines: SEARCHED_LINES },
    access: { searches: { actions: ['PutItem', 'UpdateItem'] } },
    memoryMegabytes: 256,
    timeoutSeconds: 30,
  },
  'walk-canary': { trigger: { everyMinutes: 5 }, visitsSite: true, memoryMegabytes: 256, timeoutSeconds: 100 },
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

/** Whether it is called by the gateway, for someone who waits for its answer. */
export function answersRequests(trigger: Trigger): boolean {
  return 'route' in trigger || 'pages' in trigger;
}
