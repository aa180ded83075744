import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consentText,
  currentWording,
  LOCALES,
  launch,
  MODEL_IDS,
  modelName,
  TIMEFRAME_IDS,
  timeframeLabel,
} from '../../shared/launch/launch.ts';
import { buildAdf } from '../../shared/leads/adf.ts';
import type { OutgoingLead } from '../../shared/leads/outgoing-lead.ts';
import type { Person } from '../../shared/reservations/reservation.ts';
import { type LeadData, type LeadEvent, leadPayload, leadWebhook } from '../../shared/webhooks/lead-webhook.ts';
import { adfFaults } from '../leads/adf-validator.ts';
import { anyName, anyPerson } from '../mail/people.ts';

const VENDOR_EMAIL = 'leads@store.example';
const AT = '2026-11-24T08:00:00.000Z';
const PERSON: Person = {
  email: 'marie.laurent@example.com',
  givenName: 'Marie',
  familyName: 'Laurent',
  phone: '+13055550123',
  zip: '33131',
};

type LeadChanges = Partial<OutgoingLead['reservation']> & {
  readonly granted?: readonly ('email' | 'phone')[];
  readonly storeName?: string;
};

/** A lead whose buyer ticked what `granted` names, with the store's name and the phone that stand now. */
function leadOf(
  person: Person,
  { granted = [], storeName = 'Land Rover Fort Lauderdale', ...changes }: LeadChanges = {},
): OutgoingLead {
  const wording = currentWording();
  const consents = (['email', 'phone'] as const).map((id) => ({
    id,
    granted: granted.includes(id),
    ...(id === 'phone' && person.phone !== undefined ? { phone: person.phone } : {}),
    text: consentText(wording, id, 'en-US', storeName),
    version: wording.version,
    locale: 'en-US' as const,
    at: '2026-11-23T14:00:00.000Z',
    globalPrivacyControl: false,
  }));
  return {
    id: 'lead-7f3a9c',
    resend: false,
    requestedAt: '2026-11-23T14:05:09.120Z',
    reservation: {
      number: 'ALP-7K3Q-9XTM',
      person,
      model: 'a110',
      timeframe: '0-6-months',
      locale: 'en-US',
      consents,
      disposableAddress: false,
      ...changes,
    },
    dealer: {
      id: '2157',
      name: storeName,
      status: 'expected',
      address: { street: '400 W Copans Rd', city: 'Pompano Beach', state: 'FL', zip: '33064' },
    },
  };
}

const anyLead: fc.Arbitrary<OutgoingLead> = fc
  .record({
    person: anyPerson,
    storeName: anyName,
    granted: fc.subarray(['email', 'phone'] as const),
    model: fc.constantFrom(...MODEL_IDS, 'undecided'),
    timeframe: fc.option(fc.constantFrom(...TIMEFRAME_IDS)),
    locale: fc.constantFrom(...LOCALES),
    resend: fc.boolean(),
    disposableAddress: fc.boolean(),
  })
  .map(({ person, resend, ...rest }) => ({ ...leadOf(person, rest), resend }));

const anyOpenType = fc.constantFrom('lead.created' as const, 'lead.updated' as const);

const CLOSED: LeadEvent = {
  type: 'lead.closed',
  at: AT,
  leadId: 'lead-7f3a9c',
  reservationNumber: 'ALP-7K3Q-9XTM',
  dealerId: '2157',
  reason: 'withdrawn',
};

function dataOf(lead: OutgoingLead): LeadData {
  const message = leadWebhook({ type: 'lead.created', at: AT, lead }, 'json', VENDOR_EMAIL);
  return JSON.parse(message?.body ?? '').data;
}

describe('a lead as a webhook in JSON', () => {
  test('says who, what, when and which consents', () => {
    const lead = leadOf(PERSON, { granted: ['phone'], disposableAddress: true });
    const message = leadWebhook({ type: 'lead.created', at: AT, lead }, 'json', VENDOR_EMAIL);
    expect(message?.contentType).toBe('application/json');
    expect(JSON.parse(message?.body ?? '')).toEqual({
      type: 'lead.created',
      timestamp: AT,
      data: {
        leadId: 'lead-7f3a9c',
        reservationNumber: 'ALP-7K3Q-9XTM',
        resend: false,
        requestedAt: '2026-11-23T14:05:09.120Z',
        customer: {
          givenName: 'Marie',
          familyName: 'Laurent',
          email: 'marie.laurent@example.com',
          disposableAddress: true,
          phone: '+13055550123',
          zip: '33131',
          language: { locale: 'en-US', name: 'English' },
        },
        interest: {
          make: 'Alpine',
          model: { id: 'a110', name: 'A110' },
          timeframe: { id: '0-6-months', label: 'Within 6 months of launch' },
          note: 'Interest only: no car, price or date was promised.',
        },
        store: { id: '2157', name: 'Land Rover Fort Lauderdale' },
        consents: {
          email: { granted: false, text: null, version: null, at: null },
          phone: {
            granted: true,
            text: consentText(currentWording(), 'phone', 'en-US', 'Land Rover Fort Lauderdale'),
            version: currentWording().version,
            at: '2026-11-23T14:00:00.000Z',
          },
        },
      },
    });
  });

  test('gives a JSON reader the values that went in, for any customer and store', () => {
    fc.assert(
      fc.property(anyLead, anyOpenType, (lead, type) => {
        const event = { type, at: AT, lead };
        const read = JSON.parse(leadWebhook(event, 'json', VENDOR_EMAIL)?.body ?? '');
        expect(read).toEqual(leadPayload(event));
        const { person, model, timeframe, locale } = lead.reservation;
        const { customer, interest, store, resend } = read.data;
        expect(customer).toEqual({
          ...person,
          disposableAddress: lead.reservation.disposableAddress,
          phone: person.phone ?? null,
          language: { locale, name: locale === 'es-US' ? 'Spanish' : 'English' },
        });
        expect(interest.model).toEqual({ id: model, name: modelName(model, 'en-US') });
        expect(interest.timeframe).toEqual(
          timeframe === null ? null : { id: timeframe, label: timeframeLabel(timeframe, 'en-US') },
        );
        expect([read.type, resend, store.name]).toEqual([type, lead.resend, lead.dealer.name]);
      }),
    );
  });

  test('has every member always, so that one type has one schema', () => {
    const members = (value: object): string[] =>
      Object.entries(value).flatMap(([key, member]) => [key, ...(member instanceof Object ? members(member) : [])]);
    const { phone, ...withoutPhone } = PERSON;
    expect(members(dataOf(leadOf(withoutPhone)))).toEqual(
      members(dataOf(leadOf(PERSON, { granted: ['email', 'phone'] }))),
    );
  });

  test('tells consents as they stand: another store or another number has none to calls', () => {
    const lead = leadOf(PERSON, { granted: ['email', 'phone'] });
    const grants = (each: OutgoingLead) => Object.values(dataOf(each).consents).map(({ granted }) => granted);
    expect(grants(lead)).toEqual([true, true]);
    expect(grants({ ...lead, dealer: { ...lead.dealer, name: 'Another Store' } })).toEqual([true, false]);
    const other = { ...PERSON, phone: '+13055550999' };
    expect(grants({ ...lead, reservation: { ...lead.reservation, person: other } })).toEqual([true, false]);
    const taken = leadOf(PERSON).reservation.consents;
    const ended = { ...lead.reservation, consents: [...lead.reservation.consents, ...taken] };
    expect(grants({ ...lead, reservation: ended })).toEqual([false, false]);
  });

  test('holds nothing that the store does not need: no key, page, history or routing address', () => {
    const lead = leadOf(PERSON, { granted: ['email', 'phone'] });
    const reservation = {
      ...lead.reservation,
      personKey: '1:KEY-OF-THE-PERSON',
      history: [{ at: AT, event: 'HISTORY' }],
      consents: lead.reservation.consents.map((consent) => ({ ...consent, page: 'https://PAGE.example' })),
    };
    const body = JSON.stringify(dataOf({ ...lead, reservation }));
    expect(body).not.toMatch(/KEY-OF|HISTORY|PAGE|store\.example|Copans/);
  });

  test('of a closed lead names the lead and the reason, and nothing of the customer', () => {
    expect(leadWebhook(CLOSED, 'json', VENDOR_EMAIL)).toEqual({
      contentType: 'application/json',
      body: JSON.stringify({
        type: 'lead.closed',
        timestamp: AT,
        data: { leadId: 'lead-7f3a9c', reservationNumber: 'ALP-7K3Q-9XTM', storeId: '2157', reason: 'withdrawn' },
      }),
    });
    // Even when a caller hands over more than the type asks for.
    const careless = { ...CLOSED, lead: leadOf(PERSON), person: PERSON };
    expect(leadWebhook(careless, 'json', VENDOR_EMAIL)).toEqual(leadWebhook(CLOSED, 'json', VENDOR_EMAIL));
  });
});

describe('a lead as a webhook in ADF', () => {
  test('is the ADF as the body, valid for any customer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLead, { minLength: 10, maxLength: 20 }), anyOpenType, async (leads, type) => {
        const messages = leads.map((lead) => leadWebhook({ type, at: AT, lead }, 'adf', VENDOR_EMAIL));
        expect(adfFaults(messages.map((message) => message?.body ?? ''))).toEqual([]);
        for (const [index, lead] of leads.entries()) {
          const resend = lead.resend || type === 'lead.updated';
          expect(messages[index]).toEqual({
            contentType: 'application/xml; charset=utf-8',
            body: buildAdf({ ...lead, resend }, VENDOR_EMAIL),
          });
        }
      }),
      { numRuns: 5 },
    );
  });

  test('is the same bytes in ASCII, so that no reader of another charset sees another name', () => {
    const lead = leadOf({ ...PERSON, givenName: 'é李😀' });
    expect(leadWebhook({ type: 'lead.created', at: AT, lead }, 'adf', VENDOR_EMAIL)?.body).toMatch(/^\p{ASCII}*$/u);
  });

  test('does not exist for a closed lead, which ADF cannot say', () => {
    expect(leadWebhook(CLOSED, 'adf', VENDOR_EMAIL)).toBeUndefined();
  });
});

describe('the size of a webhook', () => {
  /** Of one, two, three and four bytes, those that JSON or XML write longer, and those of several code points. */
  const widest = fc.constantFrom('"', '\\', '&', '<', 'é', '李', '\u2028', '😀', '\u{10FFFD}', '👩‍👩‍👧');
  const fill = (length: number) =>
    fc
      .array(widest, { minLength: length, maxLength: length, size: 'max' })
      .map((parts) => [...parts.join('')].slice(0, length).join(''));

  test('stays below 20 kB for names, addresses and stores at their limits, in either format', () => {
    const letters = (length: number, letter: string) => letter.repeat(length);
    fc.assert(
      fc.property(
        fill(50),
        fill(50),
        fill(100),
        fc.constantFrom(...LOCALES),
        (givenName, familyName, storeName, locale) => {
          const person = {
            ...PERSON,
            givenName,
            familyName,
            email: `${letters(64, '&')}@${letters(185, 'b')}.com`,
          };
          const lead = leadOf(person, { granted: ['email', 'phone'], storeName, locale });
          for (const format of ['json', 'adf'] as const) {
            const message = leadWebhook(
              { type: 'lead.updated', at: AT, lead },
              format,
              `${letters(240, '&')}@x.example`,
            );
            expect(Buffer.byteLength(message?.body ?? '')).toBeLessThan(20_000);
          }
        },
      ),
    );
  });

  test('is refused from 20 kB on instead of sent, without a word of what is in it', () => {
    const lead = leadOf({ ...PERSON, givenName: 'Marie'.repeat(4_000) });
    for (const format of ['json', 'adf'] as const) {
      expect(() => leadWebhook({ type: 'lead.created', at: AT, lead }, format, VENDOR_EMAIL)).toThrow(
        /^a webhook has fewer than 20000 bytes, not \d+$/,
      );
    }
  });
});

test('the make of every lead is that of the launch', () => {
  expect(dataOf(leadOf(PERSON)).interest.make).toBe(launch.make);
});
