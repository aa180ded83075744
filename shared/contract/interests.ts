import * as z from 'zod/mini';
import { LOCALES, TIMEFRAME_IDS, UNDECIDED_MODEL } from '../launch/launch.ts';
import { DealerId, ModelId } from './dealers.ts';
import { json, type Operation } from './operation.ts';

const LocaleId = z.enum(LOCALES, `must be ${LOCALES.join(' or ')}`);

/** Letters of any script, emoji included; no control characters, line breaks, lone surrogates, reversed text or damaged characters, and something visible. */
const HIDDEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Bidi_Control}\uFFFD]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const NAME_FIX = 'must have 1 to 50 characters, at least one of them visible, and no control characters';
const Name = z
  .pipe(
    z.string(NAME_FIX),
    z.pipe(
      z.transform((name: string) => name.trim().normalize('NFC')),
      z.string(),
    ),
  )
  .check(
    z.refine((name) => [...name].length <= 50 && VISIBLE.test(name) && !HIDDEN.test(name), NAME_FIX),
    z.meta({ minLength: 1, maxLength: 50 }),
  );

const EMAIL_FIX = 'must be an e-mail address, such as name@example.com, of at most 254 characters';
const Email = z.email(EMAIL_FIX).check(
  z.maxLength(254, EMAIL_FIX),
  z.refine((email) => email.indexOf('@') <= 64, 'must have at most 64 characters before the @'),
);

const Phone = z
  .string('must be text')
  .check(z.regex(/^\+1[2-9]\d{2}[2-9]\d{6}$/, 'must be a US number in the form +13055551234'));

const ZIP_FIX = 'must be a ZIP of five digits, such as 33324';
const Zip = z.string(ZIP_FIX).check(z.regex(/^\d{5}(-\d{4})?$/, ZIP_FIX));

const PAGE_FIX = 'must be the http or https address of the page, of at most 500 characters';
const Page = z.url({ protocol: /^https?$/, error: PAGE_FIX }).check(z.maxLength(500, PAGE_FIX));

const Model = z.union(
  [ModelId, z.literal(UNDECIDED_MODEL)],
  `must be ${UNDECIDED_MODEL} or one of the model ids of GET /v1/form`,
);
const Timeframe = z.enum(TIMEFRAME_IDS, `must be one of ${TIMEFRAME_IDS.join(', ')}`);
const truth = (fix: string) => z.literal(true, fix);

const FormQuery = z.strictObject({ locale: z._default(LocaleId, 'en-US') });

export const FormAnswer = z.strictObject({
  locale: LocaleId,
  launchNotice: z.string(),
  models: z.array(z.strictObject({ id: z.string(), name: z.string(), description: z.string(), expected: z.string() })),
  timeframes: z.array(z.strictObject({ id: z.string(), label: z.string() })),
  consents: z.array(
    z.strictObject({
      id: z.enum(['email', 'phone']),
      version: z.string(),
      text: z.string().check(z.meta({ description: '`{store}` stands for the chosen store.' })),
    }),
  ),
  anyStore: z
    .string()
    .check(z.meta({ description: 'What to show for `{store}` in a consent as long as no store is chosen.' })),
  privacyUrl: z.string(),
  formToken: z.string(),
});

const CallsWithoutPhone = z.object({ phone: z.optional(z.never()), consents: z.object({ phone: z.literal(true) }) });

export const InterestBody = z
  .strictObject({
    email: Email,
    givenName: Name,
    familyName: Name,
    phone: z.optional(Phone),
    zip: Zip,
    model: Model,
    dealerId: z.nullish(DealerId),
    timeframe: z.optional(Timeframe),
    locale: LocaleId,
    consents: z.strictObject(
      {
        email: z.boolean('must be true or false'),
        phone: z.boolean('must be true or false'),
        version: z.string('must be the version that GET /v1/form gave with the wording'),
      },
      'must be an object of email, phone and version',
    ),
    attestations: z.strictObject(
      {
        adult: truth('must be true: reservations are for adults'),
        usResident: truth('must be true: reservations are for residents of the United States'),
      },
      'must be an object of adult and usResident',
    ),
    source: z.optional(
      z.strictObject(
        {
          page: z.optional(Page),
          campaign: z.optional(
            z
              .string('must be text')
              .check(z.regex(/^[A-Za-z0-9._-]{1,60}$/, 'must have 1 to 60 of the characters A-Z a-z 0-9 . _ -')),
          ),
        },
        'must be an object of page, campaign or both',
      ),
    ),
    formToken: z.string('is required: take it from GET /v1/form').check(z.maxLength(500, 'is not a form token')),
    company: z.optional(z.string('must be text')).check(z.meta({ description: 'Leave it empty.' })),
  })
  .check(
    z.refine((body) => !CallsWithoutPhone.safeParse(body).success, {
      path: ['phone'],
      error: 'is required when calls and texts are allowed',
      // Named together with the other bad fields, not only once they are mended.
      when: () => true,
    }),
  );
export type InterestBody = z.infer<typeof InterestBody>;

export const InterestAnswer = z.strictObject({ status: z.literal('confirmation-sent') });

const ConfirmBody = z.strictObject({
  token: z.string('is required: the part after #confirm= of the link in the mail').check(z.maxLength(1000)),
});

const StoreOfReceipt = z.nullable(z.strictObject({ id: z.string(), name: z.string() }));

const Receipt = z.strictObject({
  number: z.string().check(z.meta({ examples: ['ALP-7K3Q-9XTM'] })),
  status: z.literal('confirmed'),
  confirmedAt: z.iso.datetime(),
  model: z.string(),
  dealer: StoreOfReceipt,
  placeInLine: z.nullable(
    z.strictObject({ store: z.int().check(z.gte(1)) }).check(z.meta({ description: 'The first in line has place 1.' })),
  ),
});

export const ReceiptAnswer = z.extend(Receipt, { manageToken: z.string() });
export type ReceiptAnswer = z.infer<typeof ReceiptAnswer>;

export const ReservationAnswer = z.extend(Receipt, {
  person: z.strictObject({
    email: z.string(),
    givenName: z.string(),
    familyName: z.string(),
    phone: z.optional(z.string()),
    zip: z.string(),
  }),
  timeframe: z.nullable(z.string()),
  locale: LocaleId,
  disposableAddress: z
    .boolean()
    .check(z.meta({ description: 'Whether the address is of a service for throw-away mailboxes.' })),
  consents: z.array(
    z.strictObject({
      id: z.enum(['email', 'phone']),
      granted: z.boolean(),
      phone: z.optional(z.string()).check(z.meta({ description: 'The number that the words stood under.' })),
      text: z.string(),
      version: z.string(),
      locale: LocaleId,
      at: z.iso.datetime(),
      page: z.optional(z.string()),
      globalPrivacyControl: z.boolean(),
    }),
  ),
  history: z.array(z.strictObject({ at: z.iso.datetime(), event: z.string() })),
});
export type ReservationAnswer = z.infer<typeof ReservationAnswer>;

/** What may change of a confirmed reservation; what is absent stays, null takes away. */
export const ChangeBody = z
  .strictObject({
    dealerId: z.optional(z.nullable(DealerId)),
    model: z.optional(Model),
    phone: z.optional(z.nullable(Phone)),
    zip: z.optional(Zip),
    timeframe: z.optional(z.nullable(Timeframe)),
    locale: z.optional(LocaleId),
    consents: z.optional(
      z.strictObject(
        {
          email: z.optional(z.boolean('must be true or false')),
          phone: z.optional(z.boolean('must be true or false')),
          version: z.string('must be the version that GET /v1/form gave with the wording'),
        },
        'must be an object of version and email, phone or both',
      ),
    ),
  })
  .check(
    z.refine((body) => Object.keys(body).length > 0, 'must have at least one member to change'),
    z.meta({ minProperties: 1 }),
  );
export type ChangeBody = z.infer<typeof ChangeBody>;

const UnsubscribeQuery = z.strictObject({
  token: z.string('is required: the address in the List-Unsubscribe header has it').check(z.maxLength(1000)),
});

/** RFC 8058, 3.1: the only form that a mail program sends. */
export const UnsubscribeBody = z.strictObject({
  'List-Unsubscribe': z.literal('One-Click', 'must be One-Click'),
});

export const getForm = {
  summary: 'What the form shows',
  security: 'public',
  query: FormQuery,
  success: { status: 200, content: json(FormAnswer) },
  refusals: [400],
} as const satisfies Operation;

export const submitInterest = {
  summary: 'Ask for a reservation; the answer is the same whether or not the address is known',
  security: 'public',
  body: InterestBody,
  idempotencyKey: true,
  success: { status: 202, content: json(InterestAnswer) },
  refusals: [400, 409, 413, 415, 422, 429],
} as const satisfies Operation;

export const confirmInterest = {
  summary: 'Confirm with the token of the mail',
  security: 'public',
  body: ConfirmBody,
  success: { status: 200, content: json(ReceiptAnswer) },
  refusals: [400, 404, 413, 415],
} as const satisfies Operation;

export const getReservation = {
  summary: 'All that is held about the person',
  security: 'manage-token',
  success: { status: 200, content: json(ReservationAnswer) },
  refusals: [400, 401],
} as const satisfies Operation;

export const changeReservation = {
  summary: 'Change the store, the model or other details; the number and the place in line by time stay',
  security: 'manage-token',
  body: ChangeBody,
  success: { status: 200, content: json(ReservationAnswer) },
  refusals: [400, 401, 413, 415],
} as const satisfies Operation;

export const unsubscribe = {
  summary: 'End the consent to news by e-mail, in one click of a mail program (RFC 8058)',
  security: 'public',
  query: UnsubscribeQuery,
  body: UnsubscribeBody,
  form: true,
  success: { status: 204, content: {} },
  refusals: [400, 404, 413, 415],
} as const satisfies Operation;

export const withdrawReservation = {
  summary: 'Withdraw, and erase the person',
  security: 'manage-token',
  success: { status: 204, content: {} },
  refusals: [400, 401],
} as const satisfies Operation;
