import {
  type Delivery,
  type DeliveryChannel,
  type DeliveryKey,
  isMail,
  LEAD_CHANNELS,
  type Lead,
} from '../../shared/outbox/delivery.ts';
import type { ActiveReservation, ConfirmedReservation, Reservation } from '../../shared/reservations/reservation.ts';
import type { ChaosScene, Row } from './chaos-scene.ts';

const CLOSINGS = ['lead-closed-mail', 'lead-closed-webhook'] as const;

type Mail = ChaosScene['taker']['mails'][number];

/** Whatever a reservation causes is sent to whom it is for, and nothing in the outbox belongs to nobody. */
export function faultsOfDeliveries(
  scene: ChaosScene,
  states: readonly Reservation[],
  outbox: readonly Row[],
): readonly string[] {
  const leads = outbox.filter(({ sk }) => sk === 'lead') as unknown as readonly Lead[];
  const deliveries = outbox.filter(({ sk }) => String(sk).startsWith('delivery#')) as unknown as readonly Delivery[];
  const sent = new Sent(scene.taker, deliveries);
  return [
    ...faultsOfOutbox(deliveries, leads, states),
    ...deliveries
      .filter((row) => row.status === 'delivered' && !sent.wasTaken(row))
      .map((row) => `${nameOf(row)} is marked as sent, and nobody got it`),
    ...deliveries
      .filter(({ status }) => status === 'failed')
      .map((row) => `${nameOf(row)} was given up: ${row.lastError}`),
    ...deliveries
      .filter(({ status, lastError }) => status === 'cancelled' && typeof lastError !== 'string')
      .map((row) => `${nameOf(row)} is cancelled, and nothing says why`),
    ...states.flatMap((state) => (state.status === 'withdrawn' ? [] : faultsOfBuyerMails(state, deliveries, sent))),
    ...states.flatMap((state) => (state.status === 'confirmed' ? faultsOfLead(state, leads, { scene, sent }) : [])),
    ...leads.flatMap((lead) => faultsOfLostLead(lead, leads, { scene, sent, states })),
    ...faultsOfAcknowledgements(scene, leads),
  ];
}

/** Nothing is left to be sent, and nothing there belongs to nobody. */
function faultsOfOutbox(
  deliveries: readonly Delivery[],
  leads: readonly Lead[],
  states: readonly Reservation[],
): readonly string[] {
  const ids = new Set(states.map(({ id }) => id));
  const groups = new Set(leads.map(({ id }) => `lead#${id}`));
  // One that is not settled is to be sent, in the index of what is due or lost to it.
  const unsettled = deliveries.filter((row) => 'due' in row || row.status === 'pending');
  const ownerless = deliveries.filter(({ reservationId }) => !ids.has(reservationId));
  const leadless = deliveries.filter(({ group }) => group.startsWith('lead#') && !groups.has(group));
  const orphans = leads.filter(({ reservationId }) => !ids.has(reservationId));
  return [
    ...(unsettled.length > 0
      ? [
          `${unsettled.length} deliveries are still to be sent: ${[...new Set(unsettled.map(({ channel }) => channel))]}`,
        ]
      : []),
    ...(ownerless.length > 0 ? [`${ownerless.length} deliveries are of no reservation`] : []),
    ...(leadless.length > 0 ? [`${leadless.length} deliveries are of no lead`] : []),
    ...(orphans.length > 0 ? [`${orphans.length} leads are of no reservation`] : []),
  ];
}

/** What was taken, whoever learned it. */
class Sent {
  readonly #mails: ReadonlyMap<string, readonly Mail[]>;
  readonly #webhooks: ReadonlySet<string>;
  readonly #deliveries: ReadonlyMap<string, Delivery>;

  constructor({ mails, webhooks }: ChaosScene['taker'], deliveries: readonly Delivery[]) {
    this.#mails = Map.groupBy(mails, ({ delivery }) => delivery);
    this.#webhooks = new Set(webhooks);
    this.#deliveries = new Map(deliveries.map((row) => [keyOf(row), row]));
  }

  row(key: DeliveryKey): Delivery | undefined {
    return this.#deliveries.get(keyOf(key));
  }

  mails(key: DeliveryKey): readonly Mail[] {
    return this.#mails.get(keyOf(key)) ?? [];
  }

  /** A webhook as it was made due last: each renewal has an id of its own. */
  wasTaken(row: Delivery): boolean {
    if (isMail(row.channel)) return this.mails(row).length > 0;
    const id = `${row.leadId}-${Date.parse(row.createdAt)}`;
    return this.#webhooks.has(row.channel === 'lead-closed-webhook' ? `${id}-closed` : id);
  }

  /** Whether a store has got a lead, in any way. */
  hasReached(leadId: string): boolean {
    return (
      LEAD_CHANNELS.some((channel) => this.mails({ group: `lead#${leadId}`, channel }).length > 0) ||
      [...this.#webhooks].some((id) => id.startsWith(`${leadId}-`) && !id.endsWith('-closed'))
    );
  }
}

/** Whoever waits for a link has one that confirms; whoever is confirmed has the receipt, and the last change if there was one. */
function faultsOfBuyerMails(state: ActiveReservation, deliveries: readonly Delivery[], sent: Sent): readonly string[] {
  const { id, person, history, version } = state;
  const own = deliveries.filter(({ reservationId, leadId }) => reservationId === id && leadId === null);
  const gotten = (channel: DeliveryChannel, fits: (row: Delivery) => boolean = () => true) =>
    own
      .filter((row) => row.channel === channel && row.status === 'delivered' && fits(row))
      .flatMap((row) => sent.mails(row).filter(({ to }) => to === person.email));
  const astray = own.filter((row) => sent.mails(row).some(({ to }) => to !== person.email));
  const faults = astray.map((row) => `${nameOf(row)} went to somebody else`);
  if (state.status === 'pending') {
    const isGood = gotten('confirmation-mail').some(({ text }) => {
      const [, payload = ''] = /#confirm=[\w-]+\.([\w-]+)/.exec(text) ?? [];
      const [subject, of] = JSON.parse(Buffer.from(payload, 'base64url').toString() || '[]') as readonly unknown[];
      return subject === id && of === version;
    });
    return isGood ? faults : [...faults, `${person.email} waits for a link, and has none that confirms`];
  }
  if (gotten('receipt-mail').length === 0) faults.push(`${person.email} has no receipt`);
  // A version is an entry of the history.
  const changed = history.findLastIndex(({ event }) => event === 'changed') + 1;
  if (changed > 0 && gotten('change-mail', (row) => row.reservationVersion === changed).length === 0)
    faults.push(`${person.email} was sent no mail of the last change`);
  return faults;
}

/** A confirmed reservation with a store has its lead, and the store was sent it on every channel, as it stands. */
function faultsOfLead(
  { id, dealerId, leadId, number, person }: ConfirmedReservation,
  leads: readonly Lead[],
  { scene, sent }: { readonly scene: ChaosScene; readonly sent: Sent },
): readonly string[] {
  if (dealerId === null) return leadId === null ? [] : [`${person.email} has no store and a lead`];
  const lead = leads.find((row) => row.id === leadId);
  const isTheirs = lead?.dealerId === dealerId && lead.reservationId === id && lead.reservationNumber === number;
  if (!isTheirs) return [`${person.email} has a store and no lead for it`];
  return scene.channelsOf(dealerId).flatMap((channel) => {
    const row = sent.row({ group: `lead#${leadId}`, channel });
    if (row?.status !== 'delivered') return [`the ${channel} of lead ${leadId} is ${row?.status ?? 'missing'}`];
    // A webhook's id says which renewal it was; a mail says it in words.
    const isAsItStands = !isMail(row.channel) || sent.mails(row).some(({ text }) => text.includes(person.zip));
    return isAsItStands ? [] : [`the ${channel} of lead ${leadId} tells another ZIP than it has now`];
  });
}

/** A store that got a lead and is not to have it any more is told so, unless the buyer came back and it got that. */
function faultsOfLostLead(
  { id, dealerId, reservationId }: Lead,
  leads: readonly Lead[],
  { scene, sent, states }: { readonly scene: ChaosScene; readonly sent: Sent; readonly states: readonly Reservation[] },
): readonly string[] {
  const state = states.find((one) => one.id === reservationId);
  if (state?.status === 'confirmed' && state.leadId === id) {
    return CLOSINGS.filter((channel) => sent.row({ group: `lead#${id}`, channel }) !== undefined).map(
      (channel) => `the lead ${id} stands, and has a ${channel}`,
    );
  }
  if (!sent.hasReached(id)) return [];
  const others = leads.filter(
    (other) => other.id !== id && other.reservationId === reservationId && other.dealerId === dealerId,
  );
  const hasWebhook = scene.channelsOf(dealerId).includes('webhook');
  return CLOSINGS.filter((channel) => channel === 'lead-closed-mail' || hasWebhook).flatMap((channel) => {
    const statusOf = (leadId: string) => sent.row({ group: `lead#${leadId}`, channel })?.status;
    const status = statusOf(id);
    const cameBack = others.some((other) => sent.hasReached(other.id) || statusOf(other.id) === 'delivered');
    const isRight = status === 'delivered' || (status === 'cancelled' && cameBack);
    return isRight ? [] : [`the ${channel} of lead ${id}, which the store has got, is ${status ?? 'missing'}`];
  });
}

/** A store that was told that it has taken on a lead has. */
function faultsOfAcknowledgements({ acknowledged }: ChaosScene, leads: readonly Lead[]): readonly string[] {
  const noted = new Set(leads.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).map(({ id }) => id));
  return [...acknowledged]
    .filter((id) => !noted.has(id))
    .map((id) => `the lead ${id} was taken on, and nothing says so`);
}

function keyOf({ group, channel }: DeliveryKey): string {
  return `${group}/${channel}`;
}

function nameOf({ group, channel }: DeliveryKey): string {
  return `the ${channel} of ${group}`;
}
