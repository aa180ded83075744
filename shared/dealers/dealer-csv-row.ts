import * as z from 'zod/mini';
import type { Gazetteer } from '../gazetteer/gazetteer.ts';
import type { PlacedZip } from '../gazetteer/place.ts';
import { distanceMeters, METERS_PER_MILE } from '../geo/distance.ts';
import type { Point } from '../geo/point.ts';
import { WEBHOOK_FORMATS, type WebhookFormat } from '../webhooks/lead-webhook.ts';
import { webhookUrlFault } from '../webhooks/webhook-address.ts';
import { webhookSecretsFault } from '../webhooks/webhook-signature.ts';
import { DEALER_ID, DEALER_STATUSES, type Dealer } from './dealer.ts';

/**
 * The columns of a file of stores. `models` are ids separated by `;`. `webhook_secret` may hold two with a space between.
 * `webhook_format` may be left out, as files from before it do.
 */
export const DEALER_COLUMNS = [
  'id',
  'name',
  'franchise',
  'status',
  'street',
  'city',
  'state',
  'zip',
  'lat',
  'lng',
  'phone',
  'url',
  'models',
  'lead_email',
  'adf_email',
  'webhook_url',
  'webhook_secret',
  'webhook_format',
] as const;
export type DealerColumn = (typeof DEALER_COLUMNS)[number];

/** Columns that a file may do without. */
export const OPTIONAL_DEALER_COLUMNS: readonly DealerColumn[] = ['webhook_format'];

/** What is wrong in one cell, or in a line as a whole when there is no column. */
export interface CsvFault {
  /** The header is line 1. */
  readonly line: number;
  readonly column?: string;
  /** What stands there; a secret is not repeated. */
  readonly value?: string;
  /** What is wrong with it, or what to put instead. */
  readonly fix: string;
}

export interface DealerCsvContext {
  readonly gazetteer: Pick<Gazetteer, 'findZip' | 'findState'>;
  /** The models that a store can carry. */
  readonly modelIds: readonly string[];
  /** Takes webhooks to this machine itself; for a stack on it. */
  readonly allowLoopback?: boolean;
}

/** Farther from its ZIP's centroid than any town of the ZIP: a coordinate is mistyped. Real stores lie within 10 km. */
const MAX_METERS_FROM_ZIP = 80_000;

/** What a spreadsheet would run as a formula when the file is opened in one. */
const FORMULA = /^[=+\-@]/;
const NEVER_TEXT: readonly DealerColumn[] = ['lat', 'lng', 'phone'];

type RowFault = Omit<CsvFault, 'line'>;

/** Why a cell is not taken. */
class Refusal {
  readonly fix: string;
  constructor(fix: string) {
    this.fix = fix;
  }
}

type Check<T> = (text: string) => T | Refusal;

/** Checks every cell of one row. Gives the store when none has a fault. */
export function readDealerRow(
  cellOf: (column: DealerColumn) => string,
  { gazetteer, modelIds, allowLoopback = false }: DealerCsvContext,
): { dealer?: Dealer; faults: readonly RowFault[] } {
  const faults: RowFault[] = [];
  function refuse(column: DealerColumn, fix: string): undefined {
    const value = cellOf(column);
    faults.push(column === 'webhook_secret' ? { column, fix } : { column, value, fix });
  }
  function read<T>(column: DealerColumn, check: Check<T>): T | undefined {
    const raw = cellOf(column);
    const text = raw.trim();
    if (/\p{Cc}/u.test(raw)) return refuse(column, 'holds a tab or another control character');
    if (FORMULA.test(text) && !NEVER_TEXT.includes(column)) {
      return refuse(column, 'begins like a formula (= + - @): write it otherwise');
    }
    const result = check(text);
    return result instanceof Refusal ? refuse(column, result.fix) : result;
  }
  const isBlank = (column: DealerColumn) => cellOf(column).trim() === '';

  const id = read('id', matching(DEALER_ID, 'use 1 to 32 of a-z, 0-9 and -'));
  const name = read('name', textUpTo(100));
  const franchise = read('franchise', textUpTo(100));
  const status = read(
    'status',
    (text) =>
      DEALER_STATUSES.find((known) => known === text) ?? new Refusal(`use one of ${DEALER_STATUSES.join(', ')}`),
  );
  const street = read('street', optional(textUpTo(100)));
  const city = read('city', textUpTo(60));
  const state = read('state', (text) =>
    gazetteer.findState(text)?.code === text ? text : new Refusal('use the two capital letters of a state, such as FL'),
  );
  const zip = read('zip', (text) => placedZip(text, gazetteer));
  const lat = read('lat', optional(degrees(90)));
  const lng = read('lng', optional(degrees(180)));
  const phone = read(
    'phone',
    optional(matching(/^\+1[2-9]\d{2}[2-9]\d{6}$/, 'use +1 and ten digits, as +13055551234')),
  );
  const url = read('url', optional(httpsUrl));
  const models = read('models', modelList(modelIds));
  const leadEmail = read('lead_email', optional(email));
  const adfEmail = read('adf_email', optional(email));
  const webhookUrl = read('webhook_url', optional(webhookUrlOf(allowLoopback)));
  const webhookSecret = read('webhook_secret', optional(secrets));
  const webhookFormat = read('webhook_format', optional(format));

  if (zip !== undefined && state !== undefined && zip.state !== state) {
    refuse('zip', `lies in ${zip.state}, not in ${state}`);
  }
  if (isBlank('lat') !== isBlank('lng')) {
    refuse(isBlank('lat') ? 'lat' : 'lng', 'give both lat and lng, or neither to place the store at its ZIP');
  }
  const point = lat === undefined || lng === undefined ? undefined : { lat, lng };
  const misplaced = point && zip && misplacement(point, zip);
  if (misplaced !== undefined) refuse('lat', misplaced);
  if (isBlank('webhook_url') !== isBlank('webhook_secret')) {
    refuse(
      isBlank('webhook_url') ? 'webhook_url' : 'webhook_secret',
      'give both webhook_url and webhook_secret, or neither',
    );
  }
  if (!isBlank('webhook_format') && isBlank('webhook_url') && isBlank('webhook_secret')) {
    refuse('webhook_format', 'is for a store with a webhook_url: leave it blank');
  }

  if (faults.length > 0 || !id || !name || !franchise || !status || !city || !state || !zip || !models)
    return { faults };
  const dealer: Dealer = {
    id,
    name,
    franchise,
    status,
    address: { street: street ?? '', city, state, zip: zip.zip },
    location: point ?? zip.location,
    locationAccuracy: point === undefined ? 'zip' : 'rooftop',
    ...(phone === undefined ? {} : { phone }),
    ...(url === undefined ? {} : { url }),
    models,
    routing: {
      ...(leadEmail === undefined ? {} : { leadEmail }),
      ...(adfEmail === undefined ? {} : { adfEmail }),
      ...(webhookUrl === undefined ? {} : { webhookUrl }),
      ...(webhookSecret === undefined ? {} : { webhookSecret }),
      ...(webhookFormat === undefined ? {} : { webhookFormat }),
    },
  };
  return { dealer, faults };
}

function optional<T>(check: Check<T>): Check<T | undefined> {
  return (text) => (text === '' ? undefined : check(text));
}

function matching(pattern: RegExp, fix: string): Check<string> {
  return (text) => (pattern.test(text) ? text : new Refusal(fix));
}

function textUpTo(length: number): Check<string> {
  return (text) => (text !== '' && text.length <= length ? text : new Refusal(`give 1 to ${length} characters`));
}

function degrees(max: number): Check<number> {
  const fix = `use a plain decimal number from -${max} to ${max}`;
  return (text) =>
    /^-?\d{1,3}(\.\d{1,15})?$/.test(text) && Math.abs(Number(text)) <= max ? Number(text) : new Refusal(fix);
}

function placedZip(text: string, gazetteer: Pick<Gazetteer, 'findZip'>): PlacedZip | Refusal {
  if (!/^\d{5}$/.test(text)) return new Refusal('use five digits; a spreadsheet may have dropped the leading zero');
  const entry = gazetteer.findZip(text);
  if (entry === undefined) return new Refusal('no such ZIP is known');
  return entry.military ? new Refusal('is a military ZIP, which has no place') : entry;
}

/** Why a point cannot be that of a store with this ZIP, with the likeliest slip; `undefined` when it can. */
function misplacement({ lat, lng }: Point, zip: PlacedZip): string | undefined {
  const isNear = (point: Point) =>
    Math.abs(point.lat) <= 90 && distanceMeters(point, zip.location) <= MAX_METERS_FROM_ZIP;
  if (isNear({ lat, lng })) return undefined;
  if (isNear({ lat: lng, lng: lat })) return `lat and lng (${lng}) are swapped`;
  if (isNear({ lat, lng: -lng })) return `lng (${lng}) needs the other sign: west is negative`;
  const miles = Math.round(distanceMeters({ lat, lng }, zip.location) / METERS_PER_MILE);
  return `with lng ${lng} it lies ${miles} miles from its ZIP ${zip.zip}; leave both blank when they are not known`;
}

const URL_LENGTH = 300;
const HttpsUrl = z.url({ protocol: /^https$/, hostname: z.regexes.domain });

function httpsUrl(text: string): string | Refusal {
  const fix = `use an address that begins with https://, without a user name, of at most ${URL_LENGTH} characters`;
  // A browser reads `https:www.example.com` as a path of the page that it stands in.
  const isAddress = HttpsUrl.safeParse(text).success && /^https:\/\/\S+$/i.test(text) && text.length <= URL_LENGTH;
  if (!isAddress) return new Refusal(fix);
  const { username, password } = new URL(text);
  return username + password === '' ? text : new Refusal(fix);
}

const Email = z.email();

function email(text: string): string | Refusal {
  const isEmail = Email.safeParse(text).success && text.length <= 254;
  return isEmail ? text : new Refusal('use one e-mail address, such as leads@example.com');
}

function modelList(modelIds: readonly string[]): Check<readonly string[]> {
  return (text) => {
    const models = text.split(';').map((model) => model.trim());
    const areKnown = models.every((model) => modelIds.includes(model)) && new Set(models).size === models.length;
    return areKnown ? models : new Refusal(`list some of ${modelIds.join(';')}, each once, separated by ;`);
  };
}

function webhookUrlOf(allowLoopback: boolean): Check<string> {
  return (text) => {
    if (text.length > URL_LENGTH) return new Refusal(`must be of at most ${URL_LENGTH} characters`);
    const fault = webhookUrlFault(text, { allowLoopback });
    return fault === undefined ? text : new Refusal(fault);
  };
}

function secrets(text: string): string | Refusal {
  const fault = webhookSecretsFault(text);
  return fault === undefined ? text : new Refusal(fault);
}

function format(text: string): WebhookFormat | Refusal {
  return WEBHOOK_FORMATS.find((known) => known === text) ?? new Refusal(`use one of ${WEBHOOK_FORMATS.join(', ')}`);
}
