import { setTimeout as delay } from 'node:timers/promises';
import type { Security } from '../../shared/contract/operation.ts';
import { YOUNGEST_FORM_MS } from '../../shared/reservations/form-age.ts';
import { type SigningKey, signToken } from '../../shared/reservations/signed-token.ts';
import { mailsIn, type ReceivedMail } from '../support/inbox.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { type RawAnswer, sendRaw } from './raw-http.ts';

/** A running stack, as the fuzzer needs it. */
export interface StackToFuzz {
  readonly siteUrl: string;
  readonly mailUrl: string;
  /** Access tokens by scope; `none` has neither. */
  readonly tokens: Readonly<Record<'counts' | 'leads' | 'none', string>>;
  /** A store whose people get leads by mail. */
  readonly leadStoreId: string;
  /** The stack's own keys, to make tokens whose time is over; where they cannot be had, those are left out. */
  readonly signingKeys?: readonly SigningKey[];
}

/** A confirmed reservation, and what its mails held. */
interface Holder {
  readonly reservationId: string;
  readonly confirmToken: string;
  readonly manageToken: string;
  readonly acknowledgeToken: string;
  readonly unsubscribeToken: string;
  readonly leadId: string;
}

/** What lives in the stack and can be named in a request. */
export interface FuzzWorld {
  readonly stack: StackToFuzz;
  readonly formToken: string;
  readonly wordingVersion: string;
  readonly dealerIds: readonly string[];
  /** Is there to be read, changed and unsubscribed. */
  readonly holder: Holder;
  /** Another person, of the same store. */
  readonly other: Holder;
  /** Was there, and has withdrawn. */
  readonly gone: Holder;
  /** Is there for whichever operation takes people away. */
  readonly doomed: Holder;
  /** Tokens that were good and whose time is over, by purpose. */
  readonly expired: Readonly<Record<'form' | 'confirm' | 'manage' | 'unsubscribe' | 'acknowledge', string>> | undefined;
  /** A header that lets a request in. */
  credential(security: Security, method: string): readonly (readonly [string, string])[];
  /** A loopback address of the sender of the next request: none sends too many forms. */
  nextSender(): string;
}

const FORMS_PER_SENDER = 20;

/** Addresses from 127.64.0.1 on: tests of limits use others. */
function senders(): () => string {
  let requests = 0;
  return () => {
    const number = 1 + Math.floor(requests++ / FORMS_PER_SENDER);
    return `127.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  };
}

/** Prepares people, leads and tokens by the stack's own ways. */
export async function openWorld(stack: StackToFuzz, name: string): Promise<FuzzWorld> {
  const { siteUrl } = stack;
  const nextSender = senders();
  const form = (await getJson(`${siteUrl}/v1/form`)) as {
    formToken: string;
    consents: readonly { version: string }[];
  };
  await delay(YOUNGEST_FORM_MS);
  const wordingVersion = form.consents[0]?.version ?? '';
  const near = (await getJson(`${siteUrl}/v1/dealers?near=33324&limit=5`)) as { dealers: readonly { id: string }[] };
  const reserve = (who: string): Promise<Holder> => {
    const email = `${who}-${name}@fuzz.example`;
    const body = {
      email,
      givenName: `Zq9${who}`,
      familyName: 'Zq9world',
      zip: '33324',
      model: 'undecided',
      dealerId: stack.leadStoreId,
      locale: 'en-US',
      consents: { email: true, phone: false, version: wordingVersion },
      attestations: { adult: true, usResident: true },
      formToken: form.formToken,
    };
    return confirmed(stack, email, body, nextSender());
  };
  const [holder, other, gone, doomed] = await Promise.all(['holder', 'other', 'gone', 'doomed'].map(reserve));
  if (!holder || !other || !gone || !doomed) throw new Error('nobody has reserved');
  await withdraw(siteUrl, gone.manageToken);
  const { signingKeys } = stack;
  return {
    stack,
    formToken: form.formToken,
    wordingVersion,
    dealerIds: near.dealers.map(({ id }) => id),
    holder,
    other,
    gone,
    doomed,
    expired: signingKeys && expiredTokens(holder, signingKeys),
    credential: (security, method) =>
      credentialOf(security, stack, (method === 'DELETE' ? doomed : holder).manageToken),
    nextSender,
  };
}

function credentialOf(security: Security, { tokens }: StackToFuzz, manageToken: string): readonly [string, string][] {
  const bearer = (token: string): [string, string][] => [['authorization', `Bearer ${token}`]];
  switch (security) {
    case 'manage-token':
      return bearer(manageToken);
    case 'oidc-counts':
      return bearer(tokens.counts);
    case 'oidc-leads':
      return bearer(tokens.leads);
    case 'public':
      return [];
  }
}

function expiredTokens(holder: Holder, keys: readonly SigningKey[]): NonNullable<FuzzWorld['expired']> {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) - 1;
  const sign = (purpose: Parameters<typeof signToken>[0], subject: string, version: number): string =>
    signToken(purpose, { subject, version, expiresAtSeconds }, keys);
  return {
    form: sign('form', '', Date.now() - 25 * 3600_000),
    confirm: sign('confirm', holder.reservationId, 1),
    manage: sign('manage', holder.reservationId, 2),
    unsubscribe: sign('unsubscribe', holder.reservationId, 2),
    acknowledge: sign('acknowledge', holder.leadId, 2),
  };
}

async function confirmed(stack: StackToFuzz, email: string, body: object, from: string): Promise<Holder> {
  const submitted = await post(stack.siteUrl, '/v1/interests', body, from);
  if (submitted?.status !== 202) throw new Error(`a form was answered ${submitted?.status}: ${submitted?.body}`);
  const asked = await awaitMail(stack, ({ to, text }) => to.includes(email) && text.includes('#confirm='));
  const confirmToken = found(/#confirm=([\w.-]+)/, asked.text);
  const answer = await post(stack.siteUrl, '/v1/interests/confirm', { token: confirmToken }, from);
  if (answer?.status !== 200) throw new Error(`a link was answered ${answer?.status}: ${answer?.body}`);
  const { number, manageToken } = JSON.parse(answer.body.toString()) as { number: string; manageToken: string };
  const lead = await awaitMail(stack, ({ text }) => text.includes('#acknowledge=') && text.includes(number));
  const receipt = await awaitMail(stack, ({ to, headers }) => to.includes(email) && UNSUBSCRIBE in headers);
  const acknowledgeToken = found(/#acknowledge=([\w.-]+)/, lead.text);
  return {
    confirmToken,
    manageToken,
    acknowledgeToken,
    unsubscribeToken: found(/token=([\w.-]+)/, receipt.headers[UNSUBSCRIBE] ?? ''),
    reservationId: subjectOf(manageToken),
    leadId: subjectOf(acknowledgeToken),
  };
}

async function withdraw(siteUrl: string, manageToken: string): Promise<void> {
  const response = await fetch(`${siteUrl}/v1/reservation`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${manageToken}` },
  });
  if (response.status !== 204) throw new Error(`a withdrawal was answered ${response.status}`);
}

function subjectOf(token: string): string {
  const [, claims = ''] = token.split('.');
  const [subject] = JSON.parse(Buffer.from(claims, 'base64url').toString()) as [string];
  return subject;
}

function found(pattern: RegExp, text: string): string {
  const [, token] = pattern.exec(text) ?? [];
  if (token === undefined) throw new Error(`a mail has no ${pattern.source}`);
  return token;
}

const UNSUBSCRIBE = 'list-unsubscribe';
const MAIL_WITHIN_MS = 20_000;

async function awaitMail(stack: StackToFuzz, fits: (mail: ReceivedMail) => boolean): Promise<ReceivedMail> {
  const deadline = Date.now() + MAIL_WITHIN_MS;
  for (;;) {
    const mail = (await mailsIn(stack.mailUrl)).find(fits);
    if (mail !== undefined) return mail;
    if (Date.now() > deadline) throw new Error(`a mail did not come within ${MAIL_WITHIN_MS / 1000} s`);
    await delay(100);
  }
}

function post(siteUrl: string, target: string, body: object, from: string): Promise<RawAnswer | undefined> {
  const request: FuzzRequest = {
    route: 'POST /v1/interests',
    label: 'preparation',
    method: 'POST',
    target,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify(body)),
    expects: {},
  };
  return sendRaw(siteUrl, request, from);
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${new URL(url).pathname} was answered ${response.status}`);
  return response.json();
}
