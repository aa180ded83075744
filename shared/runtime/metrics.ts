import { METRIC_NAMESPACE_VARIABLE, optionalEnvironment } from './environment.ts';

/** What is counted and measured, by its CloudWatch name; the dashboard and the alarms use these too. None has a dimension. */
export const METRICS = {
  /** Searches that reached the API: the edge answers others from its cache. */
  searches: 'Searches',
  /** Of these, the ones with no store within the radius asked for. */
  searchesBeyondRadius: 'SearchesBeyondRadius',
  /** Steps of reservations, as committed: they go with the facts that marketing counts. */
  submitted: 'ReservationsSubmitted',
  confirmed: 'ReservationsConfirmed',
  withdrawn: 'ReservationsWithdrawn',
  /** Forms refused because too many came from one network address. */
  senderLimitHits: 'SenderLimitHits',
  /** Deliveries still due after a sweep, 1,000 at most. */
  deliveriesDue: 'DeliveriesDue',
  /** Seconds since the oldest of them became due; 0 when none is. Written with every sweep, so its absence says that none ran. */
  oldestDueSeconds: 'OldestDueSeconds',
  /** Mails that SES took and that bounced for good. */
  mailsBounced: 'MailsBounced',
  /** Mails whose recipient called them spam. */
  mailsComplained: 'MailsComplained',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];

const UNITS: Partial<Record<MetricName, 'Seconds'>> = { [METRICS.oldestDueSeconds]: 'Seconds' };

/**
 * Writes metrics as one line of the log, from which CloudWatch takes them ("Specification: Embedded metric format"): no call, no
 * permission. Where the template names no namespace nothing is written.
 */
export function measure(values: Partial<Record<MetricName, number>>): void {
  const namespace = optionalEnvironment(METRIC_NAMESPACE_VARIABLE);
  if (namespace === undefined) return;
  const metrics = (Object.keys(values) as MetricName[]).map((name) => ({ Name: name, Unit: UNITS[name] ?? 'Count' }));
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: metrics }],
    },
    ...values,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
