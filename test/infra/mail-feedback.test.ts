import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../infra/app.ts';
import { FUNCTION_SPECS } from '../../infra/functions.ts';
import { deployableStage, type StageConfig } from '../../infra/stage-config.ts';
import { compileFilter } from '../../local/aws/event-filter.ts';
import { DELIVERY_GIVEN_UP, STORE_ADDRESS_BOUNCED } from '../../shared/mail-feedback/alarm-lines.ts';
import { MAIL_CONFIGURATION_SET_VARIABLE, WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../../shared/runtime/environment.ts';
import { sesEvent } from '../mail-feedback/ses-events.ts';

/** Which function a template's resource is of, by how CDK begins its logical id. */
const idOf = (functionName: string) => functionName.replaceAll('-', '');

let api: Template;
let alarms: Template;
const ALARM_EMAIL = 'operations@alpine.example';

function templatesOf(stage: StageConfig): { api: Template; alarms: Template } {
  const folder = mkdtempSync(join(tmpdir(), 'mail-feedback-'));
  for (const [name] of FUNCTION_SPECS) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'index.mjs'), '');
  }
  const { stacks } = buildApp(stage, join(folder, 'cdk.out'), folder).synth();
  const template = (part: string) => {
    const stack = stacks.find(({ stackName }) => stackName.endsWith(part));
    return Template.fromJSON(stack?.template as Record<string, unknown>);
  };
  return { api: template('Api'), alarms: template('Alarms') };
}

beforeAll(() => {
  ({ api, alarms } = templatesOf({ ...deployableStage('dev'), alarmEmail: ALARM_EMAIL }));
});

const only = (template: Template, type: string, idBegins = ''): [string, Record<string, unknown>] => {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idBegins));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`there are ${found.length} of ${type}`);
  return [first[0], first[1]['Properties'] as Record<string, unknown>];
};

describe('what mails are sent under', () => {
  test('wants TLS, keeps off addresses that bounced or complained, and counts both', () => {
    expect(only(api, 'AWS::SES::ConfigurationSet')[1]).toEqual({
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      Tags: expect.anything(),
    });
  });

  test('is named to every function that sends, and to no other, with leave to send under it', () => {
    const [id] = only(api, 'AWS::SES::ConfigurationSet');
    const senders = FUNCTION_SPECS.filter(([, { sendsMail }]) => sendsMail).map(([name]) => idOf(name));
    const named = Object.entries(api.findResources('AWS::Lambda::Function')).filter(
      ([, { Properties }]) => Properties.Environment?.Variables?.[MAIL_CONFIGURATION_SET_VARIABLE]?.Ref === id,
    );
    expect(named.map(([name]) => name.replace(/Function[0-9A-F]{8}$/, '')).toSorted()).toEqual(senders.toSorted());
    const allowed = Object.entries(api.findResources('AWS::IAM::Policy')).filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('ses:SendEmail'),
    );
    expect(allowed).toHaveLength(senders.length);
    for (const [, { Properties }] of allowed) {
      expect(JSON.stringify(Properties)).toContain(`:configuration-set/",{"Ref":"${id}"}`);
    }
  });
});

describe('what SES says of a mail', () => {
  test('goes to the default bus, and by a rule to the function that notes it', () => {
    const [, { EventDestination: destination }] = only(api, 'AWS::SES::ConfigurationSetEventDestination');
    expect(destination).toMatchObject({
      Enabled: true,
      EventBridgeDestination: { EventBusArn: { 'Fn::Join': ['', expect.arrayContaining([':event-bus/default'])] } },
      MatchingEventTypes: ['bounce', 'complaint', 'reject', 'renderingFailure'],
    });
    api.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ source: ['aws.ses'] }),
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^notemailfeedback'), 'Arn'] },
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 6 * 3600 },
        },
      ],
    });
  });

  test('of each kind fits the rule, when it is about a mail of this stage', () => {
    const [rule] = Object.values(api.findResources('AWS::Events::Rule')).filter(
      ({ Properties }) => Properties.EventPattern !== undefined,
    );
    const [id] = only(api, 'AWS::SES::ConfigurationSet');
    const text = JSON.stringify(rule?.['Properties'].EventPattern).replace(JSON.stringify({ Ref: id }), '"ours"');
    const fits = compileFilter(text);
    const parts = { group: 'lead#1', channel: 'lead-mail', to: 'x@y.example', sentAt: '2026-11-23T14:05:11.012Z' };
    for (const eventType of ['Bounce', 'Complaint', 'Reject', 'Rendering Failure'] as const) {
      const event = sesEvent({ ...parts, eventType });
      expect(fits(event), eventType).toBe(true);
      const { mail } = event.detail;
      const theirs = { ...mail, tags: { ...mail.tags, 'ses:configuration-set': ['theirs'] } };
      expect(fits({ ...event, detail: { ...event.detail, mail: theirs } }), eventType).toBe(false);
      expect(fits({ ...event, 'detail-type': 'Email Opened' }), eventType).toBe(false);
    }
  });

  test('and nobody could use is kept, encrypted, after two more tries', () => {
    const [queue, properties] = only(api, 'AWS::SQS::Queue', 'MailFeedback');
    expect(properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 7 * 24 * 3600 });
    api.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^notemailfeedback') },
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
    });
  });
});

describe('alarms', () => {
  test('reach whoever the stage names, and nobody without a name', () => {
    alarms.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: ALARM_EMAIL });
    const [topic] = only(alarms, 'AWS::SNS::Topic');
    for (const [id, { Properties }] of Object.entries(alarms.findResources('AWS::CloudWatch::Alarm'))) {
      // A window rings through the alarm that it is a part of.
      if (!Properties.AlarmDescription.startsWith('A part of')) {
        expect(Properties.AlarmActions, id).toEqual([{ Ref: topic }]);
      }
      expect(Properties.AlarmDescription.length, id).toBeGreaterThan(60);
    }
    templatesOf(deployableStage('dev')).alarms.resourceCountIs('AWS::SNS::Subscription', 0);
  });

  test.each([
    ['DeliveryGivenUp', DELIVERY_GIVEN_UP],
    ['StoreAddressBounced', STORE_ADDRESS_BOUNCED],
  ])('sound at the first line of %s, in the log of every function that settles deliveries', (metricName, message) => {
    const filters = Object.values(alarms.findResources('AWS::Logs::MetricFilter')).filter(
      ({ Properties }) => Properties.MetricTransformations[0].MetricName === metricName,
    );
    const logs = filters.map(({ Properties }) => JSON.stringify(Properties.LogGroupName));
    for (const name of ['deliver-outbox', 'sweep-outbox', 'note-mail-feedback']) {
      expect(
        logs.filter((log) => log.includes(idOf(name))),
        name,
      ).toHaveLength(1);
    }
    for (const { Properties } of filters) {
      expect(Properties.FilterPattern).toBe(`{ $.message = "${message}" }`);
      const [{ MetricNamespace }] = Properties.MetricTransformations;
      alarms.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: metricName,
        Namespace: MetricNamespace,
        Statistic: 'Sum',
        Threshold: 1,
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      });
    }
  });

  test('sound when a function that settles deliveries keeps failing, and when an event lies unread', () => {
    for (const name of ['deliver-outbox', 'sweep-outbox', 'note-mail-feedback']) {
      const watching = Object.values(alarms.findResources('AWS::CloudWatch::Alarm')).filter(
        ({ Properties }) => Properties.MetricName === 'Errors' && JSON.stringify(Properties).includes(idOf(name)),
      );
      expect(watching, name).toHaveLength(1);
    }
    alarms.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Namespace: 'AWS/SQS',
      Threshold: 1,
    });
  });
});

describe('the switch that lets webhooks reach this machine', () => {
  test.each(['dev', 'prod'])('is refused for the stage %s', (name) => {
    expect(() => deployableStage(name, { [WEBHOOK_ALLOW_LOOPBACK_VARIABLE]: '1' })).toThrow(RangeError);
    expect(deployableStage(name, {}).webhookAllowLoopback).toBe(false);
    const functions = JSON.stringify(api.findResources('AWS::Lambda::Function'));
    expect(functions).not.toContain(WEBHOOK_ALLOW_LOOPBACK_VARIABLE);
  });

  test('stops `npm run synth` with one sentence, before anything is built', () => {
    const root = new URL('../../', import.meta.url);
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    expect(scripts.synth).toBe('node infra/synth.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/synth.ts', 'dev'], {
      cwd: root,
      env: { ...process.env, [WEBHOOK_ALLOW_LOOPBACK_VARIABLE]: '1' },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(WEBHOOK_ALLOW_LOOPBACK_VARIABLE);
  });
});
