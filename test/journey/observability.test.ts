import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { METRICS, type MetricName } from '../../shared/runtime/metrics.ts';
import { call } from '../support/api-call.ts';
import { interestBody, newAddress, newSender, post, reserve, submit, withToken } from '../support/buyer.ts';
import { awaitMail, tokenIn, until } from '../support/inbox.ts';
import { redeliver } from '../support/ledger.ts';
import { LEAD_STORE_ID } from '../support/locator.ts';
import { invoke } from '../support/operator.ts';
import { awaitLeadsDelivered } from '../support/stack-tables.ts';

type Line = Readonly<Record<string, unknown>>;

/** What the functions have logged so far, as JSON, each with its function's name. */
function lines(): Line[] {
  return readFileSync(inject('locator').logFile, 'utf8')
    .split('\n')
    .flatMap((text) => {
      const [source = ''] = text.split(' ', 1);
      const line = text.slice(source.length + 1);
      return line.startsWith('{"') ? [{ source, ...(JSON.parse(line) as Line) }] : [];
    });
}

/** The sum of all values of a metric that functions have written so far. */
const sumOf = (name: MetricName) =>
  lines().reduce((sum, line) => sum + ('_aws' in line ? Number(line[name] ?? 0) : 0), 0);

test('a delivery’s lines lead back to the request that caused it, and that to its answer’s header', async () => {
  const email = newAddress();
  await submit({ email, dealerId: LEAD_STORE_ID });
  const token = tokenIn(await awaitMail(email), 'confirm');
  const confirmed = await post('/v1/interests/confirm', { token });
  const { number } = confirmed.json as { number: string };
  await awaitLeadsDelivered(number);
  const requestId = confirmed.headers.get('apigw-requestid');
  const sent = await until('the lines', async () => {
    const found = lines().filter(({ causedBy }) => causedBy === requestId);
    return found.length >= 3 ? found : undefined;
  });
  expect(sent.map(({ message, channel, outcome }) => [message, channel, outcome]).toSorted()).toEqual([
    ['dispatched', 'adf-mail', 'delivered'],
    ['dispatched', 'lead-mail', 'delivered'],
    ['dispatched', 'receipt-mail', 'delivered'],
  ]);
  const answered = lines().find(({ message, requestId: id }) => message === 'answered' && id === requestId);
  expect(answered).toMatchObject({ route: 'POST /v1/interests/confirm', status: 200 });
  for (const line of [...sent, answered]) expect(line?.['invocationId']).toMatch(/^[0-9a-f-]{36}$/);

  const leadId = String(sent.find(({ channel }) => channel === 'lead-mail')?.['deliveryId']).slice('lead#'.length);
  const again = (await redeliver(leadId)).headers.get('apigw-requestid');
  await until('the lead, sent again', async () =>
    lines().some(({ causedBy, outcome }) => causedBy === again && outcome === 'delivered') ? true : undefined,
  );
});

test('a bounce leads back to the request, too', async () => {
  const submitted = await submit({ email: `bounce+${randomUUID().slice(0, 13)}@simulator.amazonses.com` });
  const requestId = submitted.headers.get('apigw-requestid');
  const line = await until('the line', async () =>
    lines().find(({ message, causedBy }) => message === 'mail feedback' && causedBy === requestId),
  );
  expect(line).toMatchObject({ source: 'notemailfeedback', channel: 'confirmation-mail', outcome: 'bounced: failed' });
  expect(sumOf(METRICS.mailsBounced)).toBeGreaterThanOrEqual(1);
});

test('searches, steps and limits are counted, and the outbox is measured with each sweep', async () => {
  const before = Object.fromEntries(Object.values(METRICS).map((name) => [name, sumOf(name)]));
  const more = (name: MetricName) => sumOf(name) - (before[name] ?? 0);
  await call('GET', '/v1/dealers?near=33324');
  await call('GET', '/v1/dealers?near=96799&radius=1');
  const { receipt } = await reserve();
  await call('DELETE', '/v1/reservation', withToken(receipt.manageToken));
  const [body, from] = [await interestBody(), newSender()];
  const statuses: number[] = [];
  while (!statuses.includes(429) && statuses.length < 100)
    statuses.push((await post('/v1/interests', { ...body, company: 'ACME' }, {}, from)).status);
  await invoke('sweep-outbox');

  // Other tests search and reserve at the same time.
  await until('the metrics', async () =>
    more(METRICS.withdrawn) > 0 && more(METRICS.senderLimitHits) > 0 ? true : undefined,
  );
  expect(more(METRICS.searches)).toBeGreaterThanOrEqual(2);
  expect(more(METRICS.searchesBeyondRadius)).toBeGreaterThanOrEqual(1);
  expect(more(METRICS.searches)).toBeGreaterThan(more(METRICS.searchesBeyondRadius));
  for (const name of [METRICS.submitted, METRICS.confirmed]) expect(more(name), name).toBeGreaterThanOrEqual(1);
  const sweeps = lines().filter((line) => METRICS.oldestDueSeconds in line);
  expect(sweeps.length).toBeGreaterThan(0);
  for (const { source, [METRICS.oldestDueSeconds]: age } of sweeps) {
    expect(source).toBe('sweepoutbox');
    expect(age).toBeGreaterThanOrEqual(0);
  }
});
