import type { LeadsAnswer } from '../shared/contract/leads.ts';

type LeadRow = LeadsAnswer['leads'][number];
type DeliveryRow = LeadRow['deliveries'][number];
type Summary = NonNullable<LeadsAnswer['summary']>;

/** Leads for a terminal: a line each, and under it a line for each thing that is or was to be sent. */
export function leadLines(leads: readonly LeadRow[]): string[] {
  const heads = table(
    ['LEAD', 'STORE', 'RESERVATION', 'SINCE', 'STATUS', 'TAKEN ON'],
    leads.map(({ id, dealerId, reservationNumber, createdAt, status, acknowledgedAt }) => [
      id,
      dealerId,
      reservationNumber,
      shortTime(createdAt),
      status,
      acknowledgedAt === null ? 'no' : `after ${duration((Date.parse(acknowledgedAt) - Date.parse(createdAt)) / 1000)}`,
    ]),
  );
  const [names = '', ...rows] = heads;
  return [names, ...leads.flatMap((lead, index) => [rows[index] ?? '', ...lead.deliveries.map(deliveryLine)])];
}

function deliveryLine({ channel, status, attempts, lastError, deliveredAt, dueAt }: DeliveryRow): string {
  const tries = attempts === 1 ? '1 try' : `${attempts} tries`;
  const when =
    status === 'pending' && dueAt !== null
      ? `due ${shortTime(dueAt)}, ${tries} so far`
      : status === 'delivered' && deliveredAt !== null
        ? `${shortTime(deliveredAt)}, ${tries}`
        : tries;
  return `  ${channel.padEnd(19)} ${status.padEnd(9)} ${when}${lastError === null ? '' : `: ${lastError}`}`;
}

/** How fast each store takes on its leads. */
export function summaryLines({ since, stores }: Summary): string[] {
  if (stores.length === 0) return [`No leads since ${shortTime(since)}.`];
  return [
    `Leads since ${shortTime(since)}`,
    ...table(
      ['STORE', 'LEADS', 'TAKEN ON', 'MEDIAN RESPONSE'],
      stores.map(({ dealerId, leads, acknowledged, medianResponseSeconds }) => [
        dealerId,
        String(leads),
        String(acknowledged),
        medianResponseSeconds === null ? 'none' : duration(medianResponseSeconds),
      ]),
    ),
  ];
}

/** Columns as wide as their widest text. */
function table(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = names.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [names, ...rows].map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `2026-11-23 14:05Z` */
function shortTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)}Z`;
}

/** A length of time in its two largest units: `1 d 2 h`, `4 h 10 min`, `12 min 5 s`, `40 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
