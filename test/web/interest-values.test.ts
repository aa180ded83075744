import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InterestBody } from '../../shared/contract/interests.ts';
import {
  faultsOf,
  faultsOfPointers,
  type InterestValues,
  interestBody,
  keyForContent,
  needsNewForm,
  usPhone,
} from '../../web/widget/interest-values.ts';

const values: InterestValues = {
  givenName: 'Ana',
  familyName: 'Ruiz',
  email: 'ana@example.com',
  phone: '',
  zip: '33324',
  model: 'undecided',
  timeframe: '',
  adult: true,
  usResident: true,
  emailConsent: false,
  phoneConsent: false,
  trap: '',
};
const context = {
  dealerId: null,
  locale: 'en-US',
  consentVersion: '2026-11-23',
  formToken: 'token',
  pageUrl: 'https://alpine.example/models/?utm_campaign=spring&email=ana@example.com#top',
} as const;

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const highDigit = fc.integer({ min: 2, max: 9 }).map(String);
const digits = (count: number) => fc.array(digit, { minLength: count, maxLength: count }).map((all) => all.join(''));
const usNumber = fc.record({
  area: fc.tuple(highDigit, digits(2)).map((parts) => parts.join('')),
  exchange: fc.tuple(highDigit, digits(2)).map((parts) => parts.join('')),
  line: digits(4),
});

describe('a phone number', () => {
  test('is read from every way people write one', () => {
    fc.assert(
      fc.property(usNumber, ({ area, exchange, line }) => {
        const number = `+1${area}${exchange}${line}`;
        for (const written of [
          `${area}${exchange}${line}`,
          `(${area}) ${exchange}-${line}`,
          `${area}.${exchange}.${line}`,
          ` +1 ${area} ${exchange} ${line} `,
          `1-${area}-${exchange}-${line}`,
        ]) {
          expect(usPhone(written)).toBe(number);
        }
      }),
    );
  });

  test.each(['305555012', '30555501234', '(105) 555-0123', '+44 20 7946 0958', '305-555-0123 ext 4', 'call me', ''])(
    'that is not a US one is refused: %j',
    (written) => {
      expect(usPhone(written)).toBeUndefined();
    },
  );
});

describe('the body', () => {
  test('meets the contract whenever the form sees no fault', () => {
    const text = fc.oneof(fc.constantFrom('Ana', ' José ', 'O’Brien', ''), fc.string({ maxLength: 60 }));
    const answers: fc.Arbitrary<InterestValues> = fc.record({
      givenName: fc.constantFrom('Ana', ' José ', '李', ''),
      familyName: fc.constantFrom('Ruiz', 'O’Brien', 'x'.repeat(51)),
      email: fc.oneof(
        fc.emailAddress({ size: 'small' }).filter((email) => /^[\w.+-]+@[\w.-]+$/.test(email)),
        text,
      ),
      phone: fc.oneof(
        fc.constant(''),
        text,
        usNumber.map(({ area, exchange, line }) => area + exchange + line),
      ),
      zip: fc.oneof(digits(5), fc.constantFrom(' 33324 ', '33324-1234'), text),
      model: fc.constantFrom('a110', 'undecided'),
      timeframe: fc.constantFrom('', '0-6-months'),
      adult: fc.boolean(),
      usResident: fc.boolean(),
      emailConsent: fc.boolean(),
      phoneConsent: fc.boolean(),
      trap: fc.constant(''),
    });
    fc.assert(
      fc.property(answers, (answers) => {
        const faults = faultsOf(answers).map((fault) => fault.field);
        if (faults.length > 0) return;
        const body = InterestBody.safeParse(interestBody(answers, context));
        // The form is laxer about an address than the API, which has the last word.
        const issues = body.error?.issues.filter((issue) => issue.path[0] !== 'email') ?? [];
        expect(issues).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('names the page without its query and fragment, and the campaign', () => {
    expect(interestBody(values, context).source).toEqual({
      page: 'https://alpine.example/models/',
      campaign: 'spring',
    });
  });

  test('says nothing of a page that is not on the web', () => {
    expect(interestBody(values, { ...context, pageUrl: 'file:///home/ana/page.html' }).source).toBeUndefined();
  });

  test('cannot be made without the attestations', () => {
    expect(() => interestBody({ ...values, adult: false }, context)).toThrow(RangeError);
  });
});

test('faults stand in the form’s order, with the phone asked for when calls are allowed', () => {
  const empty = {
    ...values,
    givenName: ' ',
    familyName: '',
    email: 'ana',
    zip: '333',
    adult: false,
    usResident: false,
  };
  expect(faultsOf({ ...empty, phoneConsent: true })).toEqual([
    { field: 'givenName' },
    { field: 'familyName' },
    { field: 'email' },
    { field: 'zip' },
    { field: 'phone', neededForCalls: true },
    { field: 'adult' },
    { field: 'usResident' },
  ]);
  expect(faultsOf(values)).toEqual([]);
});

test('what the API refuses is shown at the form’s fields, each once', () => {
  expect(faultsOfPointers(['#/email', '#/attestations/adult', '#/email', '#/source/page'])).toEqual([
    { field: 'email' },
    { field: 'adult' },
  ]);
});

test('a refused token or wording asks for a new form', () => {
  expect(needsNewForm(['#/zip', '#/formToken'])).toBe(true);
  expect(needsNewForm(['#/consents/version'])).toBe(true);
  expect(needsNewForm(['#/zip'])).toBe(false);
});

test('the key of a sending is the same as long as the content is, and never that of other content', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (contents) => {
      let made = 0;
      const keyFor = keyForContent(() => {
        made += 1;
        return `key-${made}`;
      });
      let previous: { content: string; key: string } | undefined;
      const owners = new Map<string, string>();
      for (const content of contents) {
        const key = keyFor(content);
        if (previous !== undefined) expect(key === previous.key).toBe(content === previous.content);
        expect(owners.get(key) ?? content).toBe(content);
        owners.set(key, content);
        previous = { content, key };
      }
    }),
  );
});
