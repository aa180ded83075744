import { type Delivery, type DeliveryStatus, LEAD_CHANNELS } from '../outbox/delivery.ts';

/**
 * The status of a lead: `failed` when a channel gave up, else `pending` while one is not done, else `delivered` when one has
 * it, else `cancelled`. Mails about the lead, such as reminders, do not count.
 */
export function leadStatus(deliveries: readonly Pick<Delivery, 'channel' | 'status'>[]): DeliveryStatus {
  const channels: readonly string[] = LEAD_CHANNELS;
  const statuses = new Set(deliveries.filter(({ channel }) => channels.includes(channel)).map(({ status }) => status));
  for (const status of ['failed', 'pending', 'delivered'] as const) if (statuses.has(status)) return status;
  return 'cancelled';
}

/** What the ledger knows of a lead for the summary. */
export interface Responded {
  readonly dealerId: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly acknowledgedAt?: string;
}

export interface StoreResponse {
  readonly dealerId: string;
  readonly leads: number;
  readonly acknowledged: number;
  /** Seconds from the lead to its acknowledgement; null when none was acknowledged. */
  readonly medianResponseSeconds: number | null;
}

/** How fast each store takes on its leads, by store id. */
export function responseByStore(leads: Iterable<Responded>): readonly StoreResponse[] {
  const byStore = new Map<string, { leads: number; seconds: number[] }>();
  for (const { dealerId, createdAt, acknowledgedAt } of leads) {
    const store = byStore.get(dealerId) ?? { leads: 0, seconds: [] };
    byStore.set(dealerId, store);
    store.leads += 1;
    if (acknowledgedAt !== undefined) store.seconds.push((Date.parse(acknowledgedAt) - Date.parse(createdAt)) / 1000);
  }
  return [...byStore]
    .map(([dealerId, { leads: count, seconds }]) => ({
      dealerId,
      leads: count,
      acknowledged: seconds.length,
      medianResponseSeconds: median(seconds),
    }))
    .sort((a, b) => (a.dealerId < b.dealerId ? -1 : 1));
}

/** The middle value; of an even number the mean of the two in the middle. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
