import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { InterestBody } from '../../shared/contract/interests.ts';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import type { DealerTable } from '../../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { buildLeafIndex } from '../../shared/geo/leaf-index.ts';
import { currentWording } from '../../shared/launch/launch.ts';
import type { MailContent } from '../../shared/mail/mail-content.ts';
import type { DispatchDesk } from '../../shared/outbox/dispatch-desk.ts';
import { type Dispatched, dispatch } from '../../shared/outbox/send-delivery.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { YOUNGEST_FORM_MS } from '../../shared/reservations/form-age.ts';
import { personKey } from '../../shared/reservations/person-key.ts';
import type { ActiveReservation } from '../../shared/reservations/reservation.ts';
import type { Receipt } from '../../shared/reservations/reservation-desk.ts';
import { signToken } from '../../shared/reservations/signed-token.ts';
import { type SubmissionDesk, type SubmitResult, submitInterest } from '../../shared/reservations/submit-interest.ts';
import type { OpenTables } from '../support/locator-tables.ts';

export const START = Date.UTC(2026, 10, 23, 14, 5, 9, 120);
export const SIGNING_KEYS = [{ id: 'k1', secret: 'a secret for the tests, and for nothing else' }];
const PEPPER = { version: 1, secret: 'a pepper for the tests, and for nothing else' };

/**
 * One store with both addresses, one with the CRM's alone, one with none: `north`, `south` and `west`.
 * @param suffix of their ids and addresses, for lines of their own
 */
export function storesOf(suffix = ''): readonly Dealer[] {
  const [north, south] = [`north${suffix}`, `south${suffix}`];
  return [
    storeOf(north, { leadEmail: `sales@${north}.example`, adfEmail: `adf@${north}.example` }),
    storeOf(south, { adfEmail: `adf@${south}.example` }),
    storeOf(`west${suffix}`, {}),
  ];
}

function storeOf(id: string, routing: Dealer['routing']): Dealer {
  return {
    id,
    name: `Store ${id}`,
    franchise: 'Jaguar',
    status: 'expected',
    address: { street: '1 Main St', city: 'Plantation', state: 'FL', zip: '33324' },
    location: { lat: 26.1, lng: -80.2 },
    locationAccuracy: 'rooftop',
    models: ['a110'],
    routing,
  };
}

const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));

/** The dealers table of a few stores: few enough for one leaf. */
export function dealersOf(stores: readonly Dealer[]): DealerTable {
  const publicStores = stores.map(({ routing: _, ...store }) => store);
  const index = buildLeafIndex(
    publicStores.map(({ id, location, models }) => ({ location, tags: models, key: id })),
    400,
  );
  return {
    getDealer: async (id) => publicStores.find((store) => store.id === id),
    getLeadRouting: async (id) => stores.find((store) => store.id === id)?.routing,
    listDealers: async () => stores,
    read: (search) => search({ index, held: new Map(), read: async () => [publicStores] }),
  };
}

const DEALERS = dealersOf(storesOf());

export interface SentMail {
  readonly to: string;
  readonly content: MailContent;
}

export interface TestDesk extends SubmissionDesk, DispatchDesk {
  readonly reservations: SubmissionDesk['reservations'];
  readonly dealers: DealerTable;
}

/** A desk on the tables, at a clock of its own. Mails go to `inbox`; a fault is thrown on. */
export function deskAt(clock: { now: number }, tables: OpenTables, inbox: SentMail[] = []): TestDesk {
  return {
    ...tables,
    dealers: DEALERS,
    gazetteer,
    pepper: PEPPER,
    signingKeys: SIGNING_KEYS,
    leadTimes: { remindAfterSeconds: 24 * 3600, escalateAfterSeconds: 48 * 3600 },
    nowMilliseconds: () => clock.now,
    newId: randomUUID,
    randomBytes,
    // Others go on meanwhile; how long it takes plays no part.
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    siteUrl: 'https://alpine.example',
    fallbackLeadEmail: 'leads@fallback.example',
    escalationEmail: 'group@stores.example',
    // Waits have no jitter, every mail has its turn, and every endpoint takes what is posted to it.
    chance: () => 0,
    awaitMailTurn: async () => ({ giveBack() {} }),
    postWebhook: async () => ({ kind: 'delivered' }),
    async sendMail(to, content) {
      inbox.push({ to, content });
    },
    reportFault(error) {
      throw error;
    },
  };
}

/** A form that is filled in right, for a store with both addresses. */
export function formOf(email: string, nowMilliseconds: number, changes: Partial<InterestBody> = {}): InterestBody {
  const issuedAt = nowMilliseconds - YOUNGEST_FORM_MS;
  return {
    email,
    givenName: 'Marie-Ève',
    familyName: 'Laurent',
    phone: '+13055550123',
    zip: '33324',
    model: 'a110',
    dealerId: 'north',
    timeframe: '0-6-months',
    locale: 'en-US',
    consents: { email: true, phone: false, version: currentWording().version },
    attestations: { adult: true, usResident: true },
    source: { page: 'https://alpine.example/reserve?utm=1#top', campaign: 'spring' },
    formToken: signToken(
      'form',
      { subject: '', version: issuedAt, expiresAtSeconds: Math.floor(issuedAt / 1000) + 24 * 3600 },
      SIGNING_KEYS,
    ),
    ...changes,
  };
}

export interface Buyer {
  readonly clock: { now: number };
  readonly desk: TestDesk;
  readonly email: string;
  readonly personKey: string;
  /** All that was mailed through this desk, to stores too. */
  readonly inbox: SentMail[];
  submit(changes?: Partial<InterestBody>, idempotencyKey?: string, senderAddress?: string): Promise<SubmitResult>;
  /** The token of the latest mail that asks to confirm, once everything due has been sent. */
  confirmToken(): Promise<string>;
  /** Submits, confirms, and gives the receipt. */
  confirmed(changes?: Partial<InterestBody>): Promise<Receipt & { readonly manageToken: string }>;
  held(): Promise<ActiveReservation | undefined>;
}

/** Somebody new, with a clock and a mailbox of their own. */
export function someone(tables: OpenTables, email = `${randomUUID()}@example.com`): Buyer {
  const clock = { now: START };
  const inbox: SentMail[] = [];
  const desk = deskAt(clock, tables, inbox);
  const key = personKey(email, desk.pepper);
  const submit: Buyer['submit'] = (changes = {}, idempotencyKey, senderAddress) => {
    const body = formOf(email, clock.now, changes);
    return submitInterest({ body, idempotencyKey, globalPrivacyControl: false, senderAddress }, desk);
  };
  const confirmToken = async () => {
    await sweep(desk);
    return tokensIn(inbox, email, 'confirm').at(-1) ?? 'no mail came';
  };
  return {
    clock,
    desk,
    email,
    personKey: key,
    inbox,
    submit,
    confirmToken,
    async confirmed(changes) {
      await submit(changes);
      const receipt = await confirmInterest(await confirmToken(), desk);
      if (receipt === undefined) throw new Error('the link must confirm');
      return receipt;
    },
    held: () => tables.reservations.findByPerson(key),
  };
}

/** Sends everything that is due, as the sweep does. Gives what became of each. */
export async function sweep(desk: DispatchDesk): Promise<Dispatched[]> {
  const outcomes: Dispatched[] = [];
  for (const key of await desk.outbox.listDue(desk.nowMilliseconds(), 100)) outcomes.push(await dispatch(key, desk));
  return outcomes;
}

/** The tokens in the links of a kind that were mailed to an address, oldest first. */
export function tokensIn(inbox: readonly SentMail[], to: string, kind: 'confirm' | 'manage'): string[] {
  return inbox
    .filter((mail) => mail.to === to)
    .flatMap(({ content }) => new RegExp(`#${kind}=(\\S+)`).exec(content.text)?.[1] ?? []);
}
