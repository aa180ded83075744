import * as z from 'zod/mini';
import launchFile from '../../data/launch.json' with { type: 'json' };

/** The languages that buyers are served in. */
export const LOCALES = ['en-US', 'es-US'] as const;
export type Locale = (typeof LOCALES)[number];

const Text = z.string().check(z.minLength(1), z.trim());
const Localized = z.strictObject({ 'en-US': Text, 'es-US': Text });
const Id = z.string().check(z.regex(/^[a-z0-9-]{1,40}$/));

const Launch = z.strictObject({
  make: Text,
  /** The year that ADF asks of every lead; a placeholder for a CRM, not a promise. */
  modelYear: z.int().check(z.gte(2026), z.lte(2040)),
  leadSource: Text,
  providerName: Text,
  privacyUrl: z.url({ protocol: /^https$/ }),
  /** The sender's postal address, in every mail to a buyer (CAN-SPAM, 15 U.S.C. 7704). */
  postalAddress: Text,
  launchNotice: Localized,
  dealerNotice: Localized,
  /** Stands for the store in a consent when none is chosen. */
  anyStore: Localized,
  models: z
    .array(z.strictObject({ id: Id, name: Localized, description: Localized, expected: Localized }))
    .check(z.minLength(1)),
  timeframes: z
    .array(z.strictObject({ id: Id, label: Localized, earliestMonths: z.int().check(z.gte(0), z.lte(60)) }))
    .check(z.minLength(1)),
  /** Consent wordings, oldest first: the last one is shown, all are accepted from a form still open. */
  wordings: z
    .array(
      z.strictObject({
        version: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}[a-z]?$/)),
        consents: z.strictObject({ email: Localized, phone: Localized }),
      }),
    )
    .check(z.minLength(1)),
});

/** All that the public is told of the launch: `data/launch.json`, checked when it is loaded. */
export const launch = Launch.parse(launchFile);

/** A buyer who has not chosen a model yet. */
export const UNDECIDED_MODEL = 'undecided';

export const MODEL_IDS: readonly string[] = launch.models.map((model) => model.id);
export const TIMEFRAME_IDS: readonly string[] = launch.timeframes.map((timeframe) => timeframe.id);

/** What buyers were asked to consent to, in one of its versions. */
export type Wording = (typeof launch.wordings)[number];

/** The wording of a version, or `undefined` when no such version was ever shown. */
export function wordingOf(version: string): Wording | undefined {
  return launch.wordings.find((wording) => wording.version === version);
}

/** The wording that the form shows now. */
export function currentWording(): Wording {
  const last = launch.wordings.at(-1);
  if (last === undefined) throw new Error('data/launch.json has no wording');
  return last;
}

/** A consent exactly as the buyer is shown it: the words of a version with the store's name filled in. */
export function consentText(wording: Wording, id: 'email' | 'phone', locale: Locale, storeName: string): string {
  return wording.consents[id][locale].replaceAll('{store}', () => storeName);
}

/** A model's name in a language; the undecided are named as such. */
export function modelName(modelId: string, locale: Locale): string {
  if (modelId === UNDECIDED_MODEL) return locale === 'es-US' ? 'Aún no lo sé' : 'Undecided';
  return launch.models.find((model) => model.id === modelId)?.name[locale] ?? modelId;
}

/** What may be said of a model's sale in the US; for the undecided, what may be said of the launch. */
export function modelNotice(modelId: string, locale: Locale): string {
  return (launch.models.find((model) => model.id === modelId)?.expected ?? launch.launchNotice)[locale];
}

/** A timeframe's label in a language. */
export function timeframeLabel(timeframeId: string, locale: Locale): string {
  return launch.timeframes.find((timeframe) => timeframe.id === timeframeId)?.label[locale] ?? timeframeId;
}
