import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { deployableStage, parseStage, placeholderFaults, senderDomain } from '../../infra/stage-config.ts';

const RIGHT = {
  siteUrl: 'https://alpine.locator.internal',
  widgetOrigins: ['https://www.locator.internal'],
  senderEmail: 'no-reply@alpine.locator.internal',
  fallbackLeadEmail: 'leads@locator.internal',
  escalationEmail: 'store-group@locator.internal',
  accessEmail: 'access@locator.internal',
};

const ORIGIN = 'is no https:// origin, such as https://alpine.example.org, without path, query or fragment';

const faultsOf = (settings: object): string[] => {
  try {
    parseStage('prod', JSON.stringify(settings));
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message.split('\n');
  }
};

describe('a stage’s file', () => {
  test('is read as it stands, with what it leaves out', () => {
    const stage = parseStage('prod', JSON.stringify({ ...RIGHT, siteUrl: `${RIGHT.siteUrl}/` }));
    expect(stage).toMatchObject({ ...RIGHT, name: 'prod', senderIdentity: 'made', mailsPerSecond: 14 });
    expect(stage.domain).toBeUndefined();
    expect(senderDomain(stage)).toBe('alpine.locator.internal');
    expect(placeholderFaults(stage)).toEqual([]);
  });

  test('with several faults names all of them, each with the fix', () => {
    const { escalationEmail, ...others } = RIGHT;
    expect(
      faultsOf({
        ...others,
        siteUrl: 'http://alpine.locator.internal',
        widgetOrigins: ['https://www.locator.internal/page'],
        senderEmail: 'no-reply',
        leadHours: { reminder: 5, escalation: 5 },
        sitUrl: '',
      }),
    ).toEqual([
      `config/prod.json: siteUrl ${ORIGIN}`,
      `config/prod.json: widgetOrigins.0 ${ORIGIN}`,
      'config/prod.json: senderEmail is no e-mail address',
      'config/prod.json: escalationEmail is missing',
      'config/prod.json: leadHours the reminder comes before the escalation',
      'config/prod.json: sitUrl is not a setting: see infra/stage-config.ts',
    ]);
    expect(escalationEmail).toBeDefined();
  });

  test.each([
    ['no JSON', '{', /^config\/dev\.json is no JSON: /],
    ['a list', '[]', /^config\/dev\.json is no JSON object$/],
    ['a name of its own', '{"name":"prod"}', /leave it out$/],
  ])('that is %s says so', (_, text, message) => {
    expect(() => parseStage('dev', text)).toThrow(message);
  });

  test.each([
    [{ certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/abc' }],
    [{ hostedZoneId: 'Z1' }],
    [{ certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/abc', hostedZoneId: 'Z1' }],
  ])('with the domain %j says what a domain is', (domain) => {
    expect(faultsOf({ ...RIGHT, domain })).toEqual([
      expect.stringMatching(/certificateArn|hostedZoneId is not a setting/),
    ]);
  });

  test('with a domain for CloudFront’s own name is refused', () => {
    const domain = { hostedZoneId: 'Z1', hostedZoneName: 'locator.internal' };
    expect(faultsOf({ ...RIGHT, siteUrl: 'https://d111111abcdef8.cloudfront.net', domain })).toEqual([
      expect.stringContaining('config/prod.json: domain '),
    ]);
    expect(faultsOf({ ...RIGHT, domain })).toEqual([]);
  });
});

test('every placeholder of the committed files is named, and nothing else', () => {
  for (const name of ['dev', 'prod']) {
    const stage = deployableStage(name);
    const faults = placeholderFaults(stage);
    for (const setting of ['siteUrl', 'senderEmail', 'fallbackLeadEmail', 'escalationEmail', 'accessEmail']) {
      expect(faults.filter((fault) => fault.startsWith(`config/${name}.json: ${setting} `))).toHaveLength(1);
    }
  }
  const partly = parseStage('dev', JSON.stringify({ ...RIGHT, alarmEmail: 'x@sub.example.org' }));
  expect(placeholderFaults(partly)).toEqual([expect.stringContaining('alarmEmail is still the placeholder')]);
  const similar = parseStage('dev', JSON.stringify({ ...RIGHT, alarmEmail: 'x@notexample.com' }));
  expect(placeholderFaults(similar)).toEqual([]);
});

test.each(['local', 'staging', '', 'constructor'])('there is no stage %j to deploy', (name) => {
  expect(() => deployableStage(name)).toThrow(/use dev or prod$/);
});

test('`npm run synth` with an unknown stage says which there are', () => {
  const { status, stderr } = spawnSync(process.execPath, ['infra/synth.ts', 'staging'], { encoding: 'utf8' });
  expect([status, stderr.trim()]).toEqual([1, 'there is no stage "staging": use dev or prod']);
});
