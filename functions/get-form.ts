import { getForm as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { formAnswer } from '../shared/launch/form-answer.ts';
import { OLDEST_FORM_MS } from '../shared/reservations/form-age.ts';
import { signToken } from '../shared/reservations/signed-token.ts';
import { signingKeys } from '../shared/runtime/secrets.ts';

const keys = signingKeys();

export const handler = api(operation, async ({ query: { locale } }) => {
  const issuedAtMs = Date.now();
  const formToken = signToken(
    'form',
    { subject: '', version: issuedAtMs, expiresAtSeconds: Math.floor((issuedAtMs + OLDEST_FORM_MS) / 1000) },
    await keys(),
  );
  return formAnswer(locale, formToken);
});
