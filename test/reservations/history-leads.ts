import assert from 'node:assert/strict';
import type { Lead } from '../../shared/outbox/delivery.ts';
import type { History } from './fault-history.ts';
import type { HistoryRecord, Judged } from './history-record.ts';

const LEAD_CHANNELS = ['adf-mail', 'lead-mail'];
const CLOSED = ['lead-closed-mail', 'lead-closed-webhook'];

/**
 * Stores are served: one lead for each time one is handed somebody, sent as the reservation stands; who loses a lead that it was
 * sent is told once, and who never got it is not.
 */
export function expectStoresServed(history: History, record: HistoryRecord): void {
  const steps = record.attempts.filter(({ committed }) => committed === true);
  const leads: Lead[] = [];
  for (const { transition } of steps) {
    const { from, to, lead } = transition;
    const before = from?.status === 'confirmed' ? from.dealerId : null;
    const isHanded = to.status === 'confirmed' && to.dealerId !== null && to.dealerId !== before;
    assert.equal(lead?.dealerId, isHanded ? to.dealerId : undefined, 'a lead for each time a store is handed somebody');
    if (lead !== undefined) leads.push(lead);
  }
  const [current, lost] = [true, false].map((isHeld) =>
    leads.filter(({ id }) => record.confirmed.some(({ leadId }) => leadId === id) === isHeld),
  );
  for (const lead of current ?? []) expectSent(lead, record);
  for (const lead of lost ?? []) expectClosed(lead, leads, history, record);
  expectSentOnce(history, record.attempts, leads);
}

/** The store that has the lead was sent it on every channel, as the reservation stands. */
function expectSent(lead: Lead, { confirmed, deliveries }: HistoryRecord): void {
  const state = confirmed.find(({ leadId }) => leadId === lead.id);
  assert.equal(state?.dealerId, lead.dealerId);
  for (const channel of CLOSED) assert.equal(deliveries.get(`lead#${lead.id}/${channel}`), undefined);
  for (const channel of channelsOf(lead)) {
    const row = deliveries.get(`lead#${lead.id}/${channel}`);
    assert.deepEqual(
      [row?.status, row?.reservationVersion],
      ['delivered', state?.version],
      `the store has no ${channel} of how it stands`,
    );
  }
}

function expectClosed(lead: Lead, leads: readonly Lead[], history: History, { deliveries }: HistoryRecord): void {
  const sent = (id: string, channels: readonly string[]) =>
    history.inbox.flatMap(({ key }, at) => (channels.some((channel) => key === `lead#${id}/${channel}`) ? [at] : []));
  const row = deliveries.get(`lead#${lead.id}/lead-closed-mail`);
  assert.equal(row?.dealerId, lead.dealerId, 'a lost lead is closed');
  const mails = sent(lead.id, LEAD_CHANNELS);
  const closings = sent(lead.id, ['lead-closed-mail']);
  if (row?.status === 'cancelled') {
    // A later lead of the same buyer at the same store was sent instead.
    const isBack = leads
      .slice(leads.indexOf(lead) + 1)
      .some(
        ({ id, dealerId, reservationId }) =>
          dealerId === lead.dealerId && reservationId === lead.reservationId && sent(id, LEAD_CHANNELS).length > 0,
      );
    assert.ok(mails.length === 0 || isBack, 'a store that was sent the lead was not told');
    const unclean = history.uncleanTries.get(`lead#${lead.id}/lead-closed-mail`) ?? 0;
    assert.ok(closings.length <= unclean, 'told, and noted as not told');
    return;
  }
  // Whoever claimed it and was not heard of again may have sent it. A claim that is sent twice refuses itself.
  const isUnclear = channelsOf(lead).some((channel) => {
    const key = `lead#${lead.id}/${channel}`;
    const claims = deliveries.get(key)?.['openClaims'];
    return history.uncleanTries.has(key) || (claims instanceof Set && claims.size > 0);
  });
  assert.ok(mails.length > 0 || isUnclear, 'a store was told of a lead that it never got');
  assert.ok(closings.length > 0);
  assert.ok((mails.at(-1) ?? -1) < (closings[0] ?? 0), 'the lead came after its end');
}

/** Nothing leaves twice, unless nobody could tell that it had left, or it was renewed; and every lead goes to its own store. */
function expectSentOnce({ inbox, uncleanTries }: History, attempts: readonly Judged[], leads: readonly Lead[]): void {
  const renewals = attempts.flatMap(({ committed, transition }) => (committed === false ? [] : transition.renewals));
  for (const [key, mails] of Map.groupBy(inbox, (mail) => mail.key)) {
    const renewed = renewals.filter(({ group, channel }) => `${group}/${channel}` === key).length;
    const most = 1 + renewed + (uncleanTries.get(key) ?? 0);
    assert.ok(mails.length <= most, `${mails.length} mails of one delivery, at most ${most} expected`);
    const lead = leads.find(({ id }) => key.startsWith(`lead#${id}/`));
    if (lead === undefined || ['lead-closed-mail', 'escalation-mail'].some((other) => key.endsWith(`/${other}`)))
      continue;
    for (const { to } of mails) assert.ok(to.endsWith(`@${lead.dealerId}.example`), 'a lead went to another store');
  }
}

/** The first store of a history has both addresses, the second the CRM's alone. */
function channelsOf({ dealerId }: Lead): readonly string[] {
  return dealerId.startsWith('north') ? LEAD_CHANNELS : ['adf-mail'];
}
