/** What CloudWatch charges alarms by. */
export interface ChargedAlarms {
  readonly alarms: number;
  /** Of all of them: one that computes with metrics costs as many as it reads, and its expressions nothing. */
  readonly metrics: number;
  /** Each has a price of its own, whatever it is composed of. */
  readonly composite: number;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** @param resources of templates, those of other types among them */
export function chargedAlarms(resources: readonly Resource[]): ChargedAlarms {
  const alarms = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  return {
    alarms: alarms.length,
    metrics: alarms.reduce((sum, { Properties }) => sum + metricsOf(Properties['Metrics']), 0),
    composite: resources.filter(({ Type }) => Type === 'AWS::CloudWatch::CompositeAlarm').length,
  };
}

function metricsOf(metrics: unknown): number {
  if (metrics === undefined) return 1;
  return (metrics as readonly { readonly MetricStat?: object }[]).filter(({ MetricStat }) => MetricStat).length;
}
