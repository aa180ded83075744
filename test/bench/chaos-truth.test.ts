import { beforeAll, describe, expect, test } from 'vitest';
import type { BuyerRecord } from '../../bench/chaos/chaos-buyer.ts';
import type { ChaosScene, Row } from '../../bench/chaos/chaos-scene.ts';
import { faultsOfTruth } from '../../bench/chaos/chaos-truth.ts';
import { COUNTED_BY } from '../../bench/chaos/truth-of-counts.ts';
import { FACT_TABLE } from '../../shared/counts/fact-table.ts';
import { countFacts, type GroupKey } from '../../shared/counts/grouping.ts';
import { deliveryOfTags } from '../../shared/mail-feedback/delivery-tags.ts';
import type { LeadChannel } from '../../shared/outbox/delivery.ts';
import { leadLedger } from '../../shared/outbox/lead-ledger-table.ts';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import type { ConfirmedReservation } from '../../shared/reservations/reservation.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import type { WebhookPost } from '../../shared/webhooks/webhook-post.ts';
import { sendingParts } from '../outbox/sending-parts.ts';
import { dealersOf, someone, storesOf, sweep } from '../reservations/test-desk.ts';
import { makeLocatorTables } from '../support/locator-tables.ts';

const DAY = 24 * 3600_000;
const CHANNELS: Readonly<Record<string, readonly LeadChannel[]>> = {
  north: ['lead-mail', 'adf-mail', 'webhook'],
  west: ['lead-mail'],
};
/** The store `north` has a webhook as well. */
const DEALERS = dealersOf(
  storesOf().map((store) => {
    const webhook = {
      webhookUrl: 'https://crm.example.com/leads',
      webhookSecret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    };
    return store.id === 'north' ? { ...store, routing: { ...store.routing, ...webhook } } : store;
  }),
);

/**
 * What really came of four people: `anna` has changed her ZIP, `ben` has gone from the store `north` to `west`, `cleo` has
 * withdrawn, and `dan` has not followed his link yet.
 */
let sound: ChaosScene;
let annas: ConfirmedReservation;
let bensFirstLead: string;

beforeAll(async () => {
  const tables = await makeLocatorTables();
  const mails: ChaosScene['taker']['mails'] = [];
  const posts: WebhookPost[] = [];
  const buyer = (name: string) => {
    const made = someone(tables, `${name}@buyers.example`);
    Object.assign(made.desk, {
      ...sendingParts(posts),
      dealers: DEALERS,
      async sendMail(to: string, content: { text: string }, tags: Readonly<Record<string, string>>) {
        const key = deliveryOfTags(Object.fromEntries(Object.entries(tags).map(([tag, value]) => [tag, [value]])));
        mails.push({ to, text: content.text, delivery: `${key?.group}/${key?.channel}` });
        made.inbox.push({ to, content: content as (typeof made.inbox)[number]['content'] });
      },
    });
    return made;
  };
  const recordOf = (email: string, own: Partial<BuyerRecord>): BuyerRecord => ({
    email,
    familyName: `Zq9${email.split('@')[0]}`,
    accepted: 1,
    numbers: new Set(),
    mayHold: [{ model: 'a110', dealerId: 'north', zip: '33324' }],
    changes: 0,
    withdrawal: 'none',
    ...own,
  });
  const [anna, ben, cleo, dan] = ['anna', 'ben', 'cleo', 'dan'].map(buyer) as [
    ReturnType<typeof buyer>,
    ReturnType<typeof buyer>,
    ReturnType<typeof buyer>,
    ReturnType<typeof buyer>,
  ];
  const receipts = { anna: await anna.confirmed(), ben: await ben.confirmed(), cleo: await cleo.confirmed() };
  await dan.submit();
  await sweep(anna.desk);
  bensFirstLead = ((await ben.held()) as ConfirmedReservation).leadId ?? 'none';
  for (const { clock } of [anna, ben, cleo, dan]) clock.now += 1_000;
  const change = (token: string, body: { zip?: string; dealerId?: string }, { desk }: typeof anna) =>
    changeReservation(token, { body, globalPrivacyControl: false }, desk);
  await change(receipts.anna.manageToken, { zip: '90001' }, anna);
  await change(receipts.ben.manageToken, { dealerId: 'west' }, ben);
  await withdrawReservation(receipts.cleo.manageToken, cleo.desk);
  for (let day = 0; day < 3; day += 1) {
    await sweep(anna.desk);
    anna.clock.now += DAY;
  }
  annas = (await anna.held()) as ConfirmedReservation;
  const leadId = annas.leadId ?? 'none';
  await leadLedger(tables.client, tables.names.outbox).acknowledge(leadId, new Date(anna.clock.now).toISOString());
  const facts = await tables.facts.readFacts({});
  sound = {
    buyers: [
      recordOf(anna.email, {
        numbers: new Set([receipts.anna.number]),
        mayHold: [{ model: 'a110', dealerId: 'north', zip: '90001' }],
      }),
      recordOf(ben.email, {
        numbers: new Set([receipts.ben.number]),
        mayHold: [{ model: 'a110', dealerId: 'west', zip: '33324' }],
      }),
      recordOf(cleo.email, { numbers: new Set([receipts.cleo.number]), withdrawal: 'told' }),
      recordOf(dan.email, {}),
    ],
    tables: new Map([
      [RESERVATION_TABLE.environmentVariable, await tables.scan('reservations')],
      [FACT_TABLE.environmentVariable, await tables.scan('facts')],
      [OUTBOX_TABLE.environmentVariable, await tables.scan('outbox')],
    ]),
    counted: new Map(
      COUNTED_BY.map((by) => [by, countFacts(facts, by.split(',') as GroupKey[], {}, () => undefined)] as const),
    ),
    taker: { mails, webhooks: posts.map(({ headers }) => headers['webhook-id'] ?? '') },
    acknowledged: new Set([leadId]),
    channelsOf: (dealerId) => CHANNELS[dealerId] ?? [],
  };
});

/** The scene with the rows of a table that fit changed, or gone. */
function withRows(
  table: { readonly environmentVariable: string },
  fits: (row: Row) => boolean,
  changed?: (row: Row) => Row,
): ChaosScene {
  const name = table.environmentVariable;
  const rows = sound.tables.get(name) ?? [];
  if (!rows.some(fits)) throw new Error(`no row of ${name} fits`);
  const left = rows.flatMap((row) => (!fits(row) ? [row] : changed === undefined ? [] : [changed(row)]));
  return { ...sound, tables: new Map([...sound.tables, [name, left]]) };
}

const withBuyer = (name: string, changes: Partial<BuyerRecord>): ChaosScene => ({
  ...sound,
  buyers: sound.buyers.map((buyer) => (buyer.email.startsWith(name) ? { ...buyer, ...changes } : buyer)),
});

const stateOf = (name: string) => (row: Row) =>
  row['sk'] === 'state' && JSON.stringify(row).includes(`${name}@buyers.example`);
const ofAnnasLead =
  (channel: string) =>
  ({ pk, sk }: Row) =>
    pk === `lead#${annas.leadId}` && sk === `delivery#${channel}`;
const isFact = (event: string) => (row: Row) => row['event'] === event;

test('what happened as it was told has no fault', () => {
  expect(faultsOfTruth(sound)).toEqual([]);
});

const LOSSES: readonly (readonly [string, () => ChaosScene, RegExp])[] = [
  ['an accepted form', () => withRows(RESERVATION_TABLE, stateOf('dan')), /^dan@.* accepted, and nothing is held$/],
  [
    'a link that confirms',
    () =>
      withRows(RESERVATION_TABLE, stateOf('dan'), (row) => ({
        ...row,
        reservation: { ...(row['reservation'] as Row), version: 2 },
      })),
    /^dan@.* none that confirms$/,
  ],
  [
    'what a form said, though nobody changed it',
    () => withBuyer('dan', { mayHold: [{ model: 'a110', dealerId: 'north', zip: '90001' }] }),
    /^dan@.* neither asked for nor were told/,
  ],
  [
    'a change, while another has no answer',
    () =>
      withBuyer('anna', {
        mayHold: ['33028', '90621'].map((zip) => ({ model: 'a110', dealerId: 'north', zip })),
      }),
    /^anna@.* neither asked for nor were told/,
  ],
  [
    'a reservation whose withdrawal has no answer, and that is not withdrawn',
    () => {
      const scene = withRows(RESERVATION_TABLE, stateOf('anna'));
      return { ...scene, buyers: scene.buyers.map((buyer) => ({ ...buyer, withdrawal: 'unknown' as const })) };
    },
    /^anna@.* no tombstone/,
  ],
  [
    'an erasure, in part',
    () => withRows(OUTBOX_TABLE, ofAnnasLead('webhook'), (row) => ({ ...row, lastError: 'cleo@buyers.example' })),
    /^cleo@.* a trace is left$/,
  ],
  [
    'an erasure, but for the name',
    () => withRows(OUTBOX_TABLE, ofAnnasLead('webhook'), (row) => ({ ...row, lastError: 'Zq9cleo' })),
    /^cleo@.* a trace is left$/,
  ],
  [
    'the number of whoever has withdrawn',
    () => {
      const [number] = sound.buyers[2]?.numbers ?? [];
      return withRows(RESERVATION_TABLE, ({ pk }) => pk === `number#${number}`);
    },
    /2 numbers are taken, by 3/,
  ],
  ['a place in line', () => withRows(RESERVATION_TABLE, ({ pk }) => pk === 'line#west'), /^the lines are not/],
  ['a fact', () => withRows(FACT_TABLE, isFact('withdrawn')), /^withdrawn facts: 0 instead of 1$/],
  [
    'the model of a fact',
    () =>
      withRows(FACT_TABLE, isFact('movedIn'), (row) => ({
        ...row,
        dimensions: { ...(row['dimensions'] as Row), model: 'undecided' },
      })),
    /^standing by facts at .*undecided/,
  ],
  [
    'the journal of erasures',
    () => withRows(FACT_TABLE, ({ pk }) => String(pk).startsWith('erasures#')),
    /^the journal of erasures/,
  ],
  [
    'a count of one group, with another in its place',
    () => {
      const told = sound.counted.get('zip3') ?? { total: {}, groups: [] };
      const groups = told.groups.map((group) => ({ ...group, zip3: group['zip3'] === '900' ? '333' : '900' }));
      return { ...sound, counted: new Map([...sound.counted, ['zip3', { ...told, groups }]]) };
    },
    /^submitted at zip3 900, as marketing is told/,
  ],
  [
    'a mail that is marked as sent',
    () => ({
      ...sound,
      taker: {
        ...sound.taker,
        mails: sound.taker.mails.filter(({ delivery }) => delivery !== `lead#${annas.leadId}/adf-mail`),
      },
    }),
    /^the adf-mail of lead#.* nobody got it$/,
  ],
  [
    'a mail of how a lead stands now',
    () => ({
      ...sound,
      taker: {
        ...sound.taker,
        mails: sound.taker.mails.filter(
          ({ delivery, text }) => delivery !== `lead#${annas.leadId}/lead-mail` || !text.includes('90001'),
        ),
      },
    }),
    /^the lead-mail of lead .* another ZIP/,
  ],
  [
    'the webhook of a change',
    () => ({ ...sound, taker: { ...sound.taker, webhooks: sound.taker.webhooks.slice(0, 3) } }),
    /^the webhook of lead#.* nobody got it$/,
  ],
  [
    'one of a lead’s ways to its store',
    () => withRows(OUTBOX_TABLE, ofAnnasLead('webhook')),
    /^the webhook of lead .* is missing$/,
  ],
  [
    'a lead that is cancelled, for whatever reason',
    () => withRows(OUTBOX_TABLE, ofAnnasLead('adf-mail'), (row) => ({ ...row, status: 'cancelled', lastError: 'so' })),
    /^the adf-mail of lead .* is cancelled$/,
  ],
  [
    'a delivery that the index of what is due has lost',
    () => withRows(OUTBOX_TABLE, ofAnnasLead('adf-mail'), (row) => ({ ...row, status: 'pending' })),
    /^1 deliveries are still to be sent: adf-mail$/,
  ],
  [
    'a receipt',
    () => withRows(OUTBOX_TABLE, (row) => row['channel'] === 'receipt-mail' && row['reservationId'] === annas.id),
    /^anna@.* no receipt$/,
  ],
  [
    'the mail of a change',
    () => withRows(OUTBOX_TABLE, (row) => row['channel'] === 'change-mail' && row['reservationId'] === annas.id),
    /^anna@.* no mail of the last change$/,
  ],
  [
    'that a store is told whom it has lost',
    () => withRows(OUTBOX_TABLE, ({ pk, sk }) => pk === `lead#${bensFirstLead}` && sk === 'delivery#lead-closed-mail'),
    /^the lead-closed-mail of lead .* is missing$/,
  ],
  [
    'the owner of a lead',
    () =>
      withRows(
        OUTBOX_TABLE,
        ({ pk, sk }) => pk === `lead#${bensFirstLead}` && sk === 'lead',
        (row) => ({ ...row, reservationId: 'nobody' }),
      ),
    /^1 leads are of no reservation$/,
  ],
  [
    'that a store has taken on a lead',
    () => ({ ...sound, acknowledged: new Set([...sound.acknowledged, bensFirstLead]) }),
    /was taken on, and nothing says so$/,
  ],
  [
    'a mail, to somebody else',
    () => ({
      ...sound,
      taker: {
        ...sound.taker,
        mails: sound.taker.mails.map((mail) =>
          mail.delivery.endsWith('/receipt-mail') ? { ...mail, to: 'dan@buyers.example' } : mail,
        ),
      },
    }),
    /^the receipt-mail of mail#.* went to somebody else$/,
  ],
];

describe('the judge of a chaos run sees the loss of', () => {
  test.each(LOSSES)('%s', (_, broken, fault) => {
    expect(faultsOfTruth(broken())).toContainEqual(expect.stringMatching(fault));
  });
});
