import { currentWording, type Locale, launch } from './launch.ts';

/** What the form needs to be shown in a language: models, timeframes and the consents as they are worded now. */
export function formAnswer(locale: Locale, formToken: string) {
  const { version, consents } = currentWording();
  return {
    locale,
    launchNotice: launch.launchNotice[locale],
    models: launch.models.map(({ id, name, description, expected }) => ({
      id,
      name: name[locale],
      description: description[locale],
      expected: expected[locale],
    })),
    timeframes: launch.timeframes.map(({ id, label }) => ({ id, label: label[locale] })),
    consents: (['email', 'phone'] as const).map((id) => ({ id, version, text: consents[id][locale] })),
    anyStore: launch.anyStore[locale],
    privacyUrl: launch.privacyUrl,
    formToken,
  };
}
