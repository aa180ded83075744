import { getForm as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { currentWording, launch } from '../shared/launch/launch.ts';
import { OLDEST_FORM_MS } from '../shared/reservations/form-age.ts';
import { signToken } from '../shared/reservations/signed-token.ts';
import { signingKeys } from '../shared/runtime/secrets.ts';

const keys = signingKeys();

export const handler = api(operation, async ({ query: { locale } }) => {
  const { version, consents } = currentWording();
  const issuedAtMs = Date.now();
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
    formToken: signToken(
      'form',
      { subject: '', version: issuedAtMs, expiresAtSeconds: Math.floor((issuedAtMs + OLDEST_FORM_MS) / 1000) },
      await keys(),
    ),
  };
});
