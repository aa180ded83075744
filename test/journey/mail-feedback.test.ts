import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { STORE_ADDRESS_BOUNCED } from '../../shared/mail-feedback/alarm-lines.ts';
import { post, reserve, submit } from '../support/buyer.ts';
import { awaitMail, tokenIn, until } from '../support/inbox.ts';
import { awaitLead, FALLBACK, redeliver } from '../support/ledger.ts';
import { BOUNCING_STORE_ID } from '../support/locator.ts';

const { logFile } = inject('locator');

describe('what SES says of a mail', () => {
  test('that a store’s address bounces: the lead has failed, an alarm’s line is logged, and the next goes to the fallback', async () => {
    const first = await reserve({ dealerId: BOUNCING_STORE_ID });
    const failed = await awaitLead(BOUNCING_STORE_ID, first.receipt.number, ({ status }) => status === 'failed');
    expect(failed.deliveries.find(({ channel }) => channel === 'lead-mail')).toMatchObject({
      status: 'failed',
      lastError: 'the mail bounced: the address takes none',
      dueAt: null,
    });
    const line = await until('the line', async () =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .find((one) => one.includes(`"message":"${STORE_ADDRESS_BOUNCED}"`) && one.includes(failed.id)),
    );
    expect(line).toContain('lead-mail');
    expect(line).not.toContain('simulator');

    const second = await reserve({ dealerId: BOUNCING_STORE_ID });
    await awaitMail(FALLBACK, ({ text }) => text.includes(second.email));
    expect((await redeliver(failed.id)).status).toBe(202);
    await awaitMail(FALLBACK, ({ subject, text }) => subject.startsWith('Sent again') && text.includes(first.email));
    await awaitLead(BOUNCING_STORE_ID, first.receipt.number);
  });

  test('that a buyer called it spam: what was pending ends, and its link confirms nothing', async () => {
    const email = `complaint+${randomUUID().slice(0, 13)}@simulator.amazonses.com`;
    expect((await submit({ email })).status).toBe(202);
    const confirmToken = tokenIn(await awaitMail(email), 'confirm');
    await until('the complaint', async () =>
      readFileSync(logFile, 'utf8').includes('"outcome":"complained: failed"') ? true : undefined,
    );
    expect((await post('/v1/interests/confirm', { token: confirmToken })).status).toBe(404);
  });
});
