import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { LOCALES, launch, MODEL_IDS, modelName, TIMEFRAME_IDS, timeframeLabel } from '../../shared/launch/launch.ts';
import { buildAdf } from '../../shared/leads/adf.ts';
import { buildAdfMail } from '../../shared/leads/lead-mail.ts';
import type { OutgoingLead } from '../../shared/leads/outgoing-lead.ts';
import { anyName, anyPerson, anyUnprintable } from '../mail/people.ts';
import { evidence, PERSON, STORE, sampleLead } from '../mail/sample-mails.ts';
import { adfFaults } from './adf-validator.ts';

const VENDOR_EMAIL = 'leads@store.example';

const anyLead: fc.Arbitrary<OutgoingLead> = fc
  .record({
    id: fc.uuid(),
    resend: fc.boolean(),
    person: anyPerson,
    storeName: anyName,
    model: fc.constantFrom(...MODEL_IDS, 'undecided'),
    timeframe: fc.option(fc.constantFrom(...TIMEFRAME_IDS)),
    locale: fc.constantFrom(...LOCALES),
    granted: fc.boolean(),
    disposableAddress: fc.boolean(),
  })
  .map(({ id, resend, person, storeName, model, timeframe, locale, granted, disposableAddress }) => ({
    ...sampleLead(person, {
      model,
      timeframe,
      locale,
      consents: evidence(granted, locale, storeName, person.phone),
      disposableAddress,
    }),
    id,
    resend,
    dealer: { ...STORE, name: storeName },
  }));

const parser = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'name',
});

/** The prospect as an ordinary XML reader sees it. */
function read(adf: string) {
  return parser.parse(adf).adf.prospect;
}

describe('ADF', () => {
  test('validates against the strict DTD for any customer and store', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLead, { minLength: 20, maxLength: 40 }), async (leads) => {
        expect(adfFaults(leads.map((lead) => buildAdf(lead, VENDOR_EMAIL)))).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });

  test('is judged by a validator that sees a missing, a misplaced and a misspelt element', async () => {
    const adf = buildAdf(sampleLead(), VENDOR_EMAIL);
    expect(adfFaults([adf])).toEqual([]);
    expect(adfFaults([adf.replace(/ *<vendorname>.*\n/, '')])).not.toEqual([]);
    expect(adfFaults([adf.replace(/( *<year>.*\n)( *<make>.*\n)/, '$2$1')])).not.toEqual([]);
    expect(adfFaults([adf.replace('type="cellphone"', 'type="mobile"')])).not.toEqual([]);
    expect(adfFaults([adf.replace('Laurent', '&Laurent')])).not.toEqual([]);
  });

  test('gives an XML reader the values that went in', () => {
    fc.assert(
      fc.property(anyLead, (lead) => {
        const { person, model, timeframe } = lead.reservation;
        const prospect = read(buildAdf(lead, VENDOR_EMAIL));
        const { contact } = prospect.customer;
        expect(prospect['@_status']).toBe(lead.resend ? 'resend' : 'new');
        expect(prospect.id).toEqual({ '#text': lead.id, '@_sequence': '1', '@_source': launch.leadSource });
        expect(prospect.requestdate).toBe('2026-11-23T14:05:09+00:00');
        expect(prospect.vehicle).toMatchObject({
          year: String(launch.modelYear),
          make: launch.make,
          model: modelName(model, 'en-US'),
        });
        expect(contact.name).toEqual([
          { '#text': person.givenName, '@_part': 'first', '@_type': 'individual' },
          { '#text': person.familyName, '@_part': 'last', '@_type': 'individual' },
        ]);
        expect(contact.email['#text']).toBe(person.email);
        expect(contact.phone?.['#text']).toBe(person.phone);
        expect(contact.address).toMatchObject({ postalcode: person.zip, country: 'US' });
        expect(prospect.customer.timeframe?.description).toBe(
          timeframe === null ? undefined : timeframeLabel(timeframe, 'en-US'),
        );
        expect(prospect.vendor.id['#text']).toBe(lead.dealer.id);
        expect(prospect.vendor.vendorname).toBe(lead.dealer.name);
        expect(prospect.vendor.contact.name[0]['#text']).toBe(lead.dealer.name);
        expect(prospect.vendor.contact.email).toBe(VENDOR_EMAIL);
        expect(prospect.provider.name[0]['#text']).toBe(launch.providerName);
        const comments: string = prospect.customer.comments;
        expect(comments.includes('The address is of a service for throw-away mailboxes.')).toBe(
          lead.reservation.disposableAddress,
        );
      }),
    );
  });

  test('is ASCII, one element a line, and no line is longer than any mail server takes', () => {
    fc.assert(
      fc.property(anyLead, (lead) => {
        const adf = buildAdf(lead, VENDOR_EMAIL);
        expect(adf).toMatch(/^[\x20-\x7E\n]*$/);
        for (const line of adf.split('\n')) {
          expect(line.length).toBeLessThanOrEqual(998);
          expect(line.match(/<[a-z]/g)?.length ?? 0).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('stays under 76 columns for names of 50 letters and addresses of 60, so that mailers leave it as it is', () => {
    const letters = (length: number) => fc.stringMatching(new RegExp(`^[A-Za-z]{1,${length}}$`), { size: 'max' });
    fc.assert(
      fc.property(letters(50), letters(50), letters(48), fc.boolean(), (givenName, familyName, mailbox, flag) => {
        const person = { ...PERSON, givenName, familyName, email: `${mailbox}@example.com` };
        const wish = { locale: 'es-US', consents: evidence(flag), disposableAddress: flag } as const;
        for (const line of buildAdf(sampleLead(person, wish), VENDOR_EMAIL).split('\n')) {
          expect(line.length).toBeLessThan(76);
        }
      }),
    );
  });

  test('puts the XML declaration first and the ADF instruction second', () => {
    expect(buildAdf(sampleLead(), VENDOR_EMAIL).split('\n').slice(0, 3)).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<?adf version="1.0"?>',
      '<adf>',
    ]);
  });

  test('states no date but that of the request', () => {
    const adf = buildAdf(sampleLead(), VENDOR_EMAIL);
    expect(adf).not.toMatch(/earliestdate|latestdate|price>/);
    expect(adf.match(/\d{4}-\d{2}-\d{2}T/g)).toHaveLength(1);
  });

  test('has the same bytes on every try but for the mark of a resent one', () => {
    fc.assert(
      fc.property(anyLead, (lead) => {
        const first = buildAdf({ ...lead, resend: false }, VENDOR_EMAIL);
        const again = buildAdf({ ...lead, resend: true }, VENDOR_EMAIL);
        expect(again).toBe(first.replace('<prospect status="new">', '<prospect status="resend">'));
      }),
      { numRuns: 20 },
    );
  });

  test.each(['givenName', 'familyName', 'email', 'zip', 'phone'] as const)(
    'refuses a %s that XML or a line cannot carry, without repeating it',
    (field) => {
      fc.assert(
        fc.property(anyUnprintable, (value) => {
          const lead = sampleLead({ ...PERSON, [field]: value });
          expect(() => buildAdf(lead, VENDOR_EMAIL)).toThrow(
            new RangeError(`${field} holds a control character, line break or lone surrogate`),
          );
        }),
        { numRuns: 30 },
      );
    },
  );

  test('refuses a time of the request that is not RFC 3339 UTC', () => {
    for (const requestedAt of ['', '2026-11-23', '2026-11-23T14:05:09', '2026-11-23T14:05:09-05:00', 'Z']) {
      expect(() => buildAdf({ ...sampleLead(), requestedAt }, VENDOR_EMAIL)).toThrow('requestedAt');
    }
  });
});

describe('the mail to a CRM', () => {
  test('is the ADF and nothing else, with the store in its subject', () => {
    const lead = sampleLead();
    expect(buildAdfMail(lead, VENDOR_EMAIL)).toEqual({
      subject: `Alpine lead for ${STORE.name}`,
      text: buildAdf(lead, VENDOR_EMAIL),
    });
  });

  test('refuses a store name that would add a header', () => {
    const lead = { ...sampleLead(), dealer: { ...STORE, name: 'Store\r\nBcc: all@example.com' } };
    expect(() => buildAdfMail(lead, VENDOR_EMAIL)).toThrow('store name');
  });
});
