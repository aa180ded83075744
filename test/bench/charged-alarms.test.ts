import { expect, test } from 'vitest';
import { chargedAlarms } from '../../bench/cost/charged-alarms.ts';

test('alarms are charged by the metrics that they read, expressions are free, and composed ones count by themselves', () => {
  const metric = { Id: 'a', MetricStat: {}, ReturnData: false };
  expect(
    chargedAlarms([
      { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors', Namespace: 'AWS/Lambda' } },
      {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { Metrics: [metric, { ...metric, Id: 'b' }, { Id: 'c', Expression: 'a / b' }] },
      },
      { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule: 'ALARM(x) OR ALARM(y)' } },
      { Type: 'AWS::CloudWatch::Dashboard', Properties: {} },
    ]),
  ).toEqual({ alarms: 2, metrics: 3, composite: 1 });
});
