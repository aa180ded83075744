import { backoffSeconds, type Delivery, type DeliveryKey } from '../../shared/outbox/delivery.ts';
import type { OutboxTable } from '../../shared/outbox/outbox-table.ts';

const LEASE_SECONDS = 120;

export interface MemoryOutbox extends OutboxTable {
  rows(): readonly Delivery[];
}

/** What the outbox table does for those who send, at once and in memory: for runs of many thousands. */
export function memoryOutbox(deliveries: readonly Delivery[]): MemoryOutbox {
  const nameOf = ({ group, channel }: DeliveryKey) => `${group} ${channel}`;
  const rows = new Map(deliveries.map((delivery) => [nameOf(delivery), delivery]));
  const dueAt = (now: number) =>
    [...rows.values()].filter(({ status, dueAtSeconds }) => status === 'pending' && dueAtSeconds <= now / 1000);
  const unused = () => {
    throw new Error('is not for this outbox');
  };
  return {
    rows: () => [...rows.values()],
    async claim(key, now) {
      const row = rows.get(nameOf(key));
      const nowSeconds = Math.floor(now / 1000);
      if (row === undefined || row.status !== 'pending' || row.dueAtSeconds > nowSeconds) return undefined;
      const taken = { ...row, attempts: row.attempts + 1, dueAtSeconds: nowSeconds + LEASE_SECONDS };
      rows.set(nameOf(key), taken);
      return { ...taken, claimedAtMilliseconds: now };
    },
    async settle(claimed, outcome, now) {
      const row = rows.get(nameOf(claimed));
      if (row === undefined || row.status !== 'pending' || row.attempts !== claimed.attempts) return 'superseded';
      const scheduled = outcome.kind === 'retry' ? backoffSeconds(claimed.attempts) : undefined;
      const wait = outcome.kind === 'retry' && scheduled !== undefined ? (outcome.waitSeconds ?? scheduled) : undefined;
      const status = outcome.kind === 'retry' ? (wait === undefined ? 'failed' : 'pending') : outcome.kind;
      rows.set(nameOf(claimed), { ...row, status, dueAtSeconds: Math.floor(now / 1000) + (wait ?? 0) });
      return status;
    },
    listDue: async (now, limit) => dueAt(now).slice(0, limit),
    async *duePages(now) {
      const due = dueAt(now);
      for (let at = 0; at < due.length; at += 1_000) yield due.slice(at, at + 1_000);
    },
    blockOf: async () => undefined,
    block: unused,
    additions: unused,
    renewals: unused,
    renew: unused,
    backlog: unused,
    findLead: unused,
    listDeliveries: unused,
    reachOf: unused,
  };
}
