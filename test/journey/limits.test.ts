import { describe, expect, test } from 'vitest';
import { MAILBOX_LIMITS, SENDER_LIMIT } from '../../shared/limits/limit.ts';
import { call } from '../support/api-call.ts';
import { comparable, interestBody, newAddress, newSender, post, reserve, submit, withToken } from '../support/buyer.ts';
import { awaitMail, mailsTo, tokenIn } from '../support/inbox.ts';

/** Windows begin with the clock: what spans two of them is done once more, from the start. */
async function withinOneWindow<T>(seconds: number, act: () => Promise<T>): Promise<T> {
  const windowNow = () => Math.floor(Date.now() / 1000 / seconds);
  for (;;) {
    const window = windowNow();
    const result = await act();
    if (windowNow() === window) return result;
  }
}

describe('one sender', () => {
  test('sends so many forms an hour and is then told when to come back, whatever address it claims to have', async () => {
    // Waits until the form's token is old enough.
    await submit();
    await withinOneWindow(SENDER_LIMIT.windowSeconds, async () => {
      const sender = newSender();
      const send = async () => post('/v1/interests', await interestBody(), { 'x-viewer-address': newSender() }, sender);
      const answers = await Promise.all(Array.from({ length: SENDER_LIMIT.most }, send));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
      const refused = await send();
      expect(refused.status).toBe(429);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      const retryAfterSeconds = Number(refused.headers.get('retry-after'));
      const left = SENDER_LIMIT.windowSeconds - ((Date.now() / 1000) % SENDER_LIMIT.windowSeconds);
      expect(Math.abs(retryAfterSeconds - left)).toBeLessThan(5);
      // Everyone else is heard; and reading is not counted.
      expect((await submit()).status).toBe(202);
      expect((await call('GET', '/v1/form', { from: sender })).status).toBe(200);
    });
  });
});

describe('one mailbox', () => {
  test('gets so many mails an hour, under all its spellings, and the answer does not tell', async () => {
    const most = Math.min(...MAILBOX_LIMITS.map((limit) => limit.most));
    await withinOneWindow(24 * 3600, async () => {
      await withinOneWindow(3600, async () => {
        const email = newAddress();
        const spellings = [email, email.replace('@', '+1@'), email.replace('@', '+news@').toUpperCase()];
        const answers: object[] = [];
        for (let i = 0; i < most + 3; i += 1) {
          answers.push(comparable(await submit({ email: spellings[i % spellings.length] })));
        }
        expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveLength(1);
        expect(answers[0]).toMatchObject({ status: 202 });
        // Those asked for later, by others, have come.
        for (let i = 0; i < 3; i += 1) {
          const later = newAddress();
          await submit({ email: later });
          await awaitMail(later);
        }
        const mails = await Promise.all(spellings.map(mailsTo));
        expect(mails.flat()).toHaveLength(most);
      });
    });
  });

  test('that is full changes nothing: what the last mail said is what can be confirmed', async () => {
    await withinOneWindow(3600, async () => {
      const email = newAddress();
      for (let i = 0; i < 5; i += 1) await submit({ email, model: 'a110' });
      await submit({ email, model: 'crossover-compact' });
      const confirmToken = tokenIn(await awaitMail(email), 'confirm');
      const { status, json } = await post('/v1/interests/confirm', { token: confirmToken });
      expect(status).toBe(200);
      expect(json).toMatchObject({ model: 'a110' });
    });
  });
});

test('a form is answered with the same body and headers whether the address is new, pending, confirmed, withdrawn or full', async () => {
  const pending = newAddress();
  await submit({ email: pending });
  const confirmed = (await reserve()).email;
  const withdrawn = await reserve();
  expect((await call('DELETE', '/v1/reservation', withToken(withdrawn.receipt.manageToken))).status).toBe(204);
  const full = newAddress();
  for (let i = 0; i < 5; i += 1) await submit({ email: full });
  const forms = [
    {},
    { email: pending },
    { email: pending, model: 'crossover-compact' },
    { email: confirmed },
    { email: withdrawn.email },
    { email: full },
    { company: 'ACME' },
  ];
  const answers = await Promise.all(forms.map(async (form) => comparable(await submit(form))));
  expect(answers[0]).toMatchObject({ status: 202, told: { status: 'confirmation-sent' } });
  expect(answers[0]?.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' });
  for (const [index, answer] of answers.entries()) expect(answer, JSON.stringify(forms[index])).toEqual(answers[0]);
});
