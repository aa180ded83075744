import { randomInt, randomUUID } from 'node:crypto';
import type { InterestBody } from '../../shared/contract/interests.ts';
import { type Answer, call } from './api-call.ts';
import { awaitMail, tokenIn, until } from './inbox.ts';

/** An address that nobody else in the run has. */
export function newAddress(): string {
  return `buyer-${randomUUID().slice(0, 13)}@buyers.example`;
}

/** An address of this machine that nobody else in the run sends from: a sender has 30 forms an hour. */
export function newSender(): string {
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

let form: Promise<{ formToken: string; version: string }> | undefined;

/** A form token that is old enough to be sent back; one serves all tests of a file, as the contract allows. */
async function openForm(): Promise<{ formToken: string; version: string }> {
  form ??= call('GET', '/v1/form').then(({ json }) => {
    const { formToken, consents } = json as { formToken: string; consents: { version: string }[] };
    return { formToken, version: consents[0]?.version ?? '' };
  });
  return form;
}

type Changes = { -readonly [K in keyof InterestBody]?: unknown };

/** The body of a form filled in rightly, but for the changes given. `undefined` leaves a member out. */
export async function interestBody(changes: Changes = {}): Promise<Record<string, unknown>> {
  const { formToken, version } = await openForm();
  return {
    email: newAddress(),
    givenName: 'Zoë',
    familyName: 'O’Neil-李',
    zip: '90621',
    model: 'a110',
    locale: 'en-US',
    consents: { email: false, phone: false, version },
    attestations: { adult: true, usResident: true },
    formToken,
    company: '',
    ...changes,
  };
}

export function post(path: string, body: unknown, headers: Record<string, string> = {}, from?: string) {
  return call('POST', path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(from !== undefined && { from }),
  });
}

/** Sends a form as soon as its token is old enough, each as another sender. */
export async function submit(changes: Changes = {}, headers: Record<string, string> = {}) {
  const body = await interestBody(changes);
  return until('a form that is old enough', async () => {
    const answer = await post('/v1/interests', body, headers, newSender());
    return answer.status === 400 && answer.text.includes('less than 2 seconds') ? undefined : answer;
  });
}

export interface Receipt {
  readonly number: string;
  readonly confirmedAt: string;
  readonly dealer: { readonly id: string; readonly name: string } | null;
  readonly placeInLine: { readonly store: number } | null;
  readonly manageToken: string;
}

/** The whole way to a confirmed reservation. */
export async function reserve(
  changes: Changes = {},
): Promise<{ email: string; confirmToken: string; receipt: Receipt }> {
  const email = typeof changes.email === 'string' ? changes.email : newAddress();
  const submitted = await submit({ ...changes, email });
  if (submitted.status !== 202) throw new Error(`the form was answered ${submitted.status}: ${submitted.text}`);
  const confirmToken = tokenIn(await awaitMail(email), 'confirm');
  const { json } = await post('/v1/interests/confirm', { token: confirmToken });
  return { email, confirmToken, receipt: json as Receipt };
}

export function withToken(manageToken: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${manageToken}` } };
}

/** Changes the reservation of a manage token. */
export function patch(manageToken: string, body: unknown, headers: Record<string, string> = {}) {
  return call('PATCH', '/v1/reservation', {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${manageToken}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** An answer without what differs from one request to the next by its nature. */
export function comparable({ status, headers, json, text }: Answer) {
  const { instance: _, ...told } = typeof json === 'object' ? { instance: '', ...json } : { instance: '', text };
  const kept = [...headers].filter(([name]) => !['date', 'apigw-requestid', 'content-length'].includes(name));
  return { status, told, headers: Object.fromEntries(kept) };
}
