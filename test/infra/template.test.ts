import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../infra/app.ts';
import { bundleFunctions } from '../../infra/bundle.ts';
import { DASHBOARD_CONFIG_OUTPUT, dashboardConfigFile } from '../../infra/dashboard-config.ts';
import { FUNCTIONS } from '../../infra/functions.ts';
import { deployableStage } from '../../infra/stage-config.ts';
import { OPERATIONS } from '../../shared/contract/operations.ts';
import { PAGE_ROUTES } from '../../shared/contract/pages.ts';
import { SEARCHED_LINES } from '../../shared/counts/searched-lines.ts';
import { LIMIT_TABLE } from '../../shared/limits/limit-table.ts';
import { NEW_DELIVERY_FILTER } from '../../shared/outbox/outbox-table.ts';

/** What an HTTP API waits when nothing is said. */
const GATEWAY_MILLISECONDS = 30_000;

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

interface NagReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly unknown[];
    readonly suppressedViolations?: readonly { readonly reason: string }[];
  }[];
}

let assembly: CloudAssembly;

/** All stacks' resources of a type. */
function resources(type: string): Resource[] {
  return assembly.stacks.flatMap((stack) =>
    Object.values((stack.template as { Resources: Record<string, Resource> }).Resources).filter(
      ({ Type }) => Type === type,
    ),
  );
}

function tablesById(): [string, Resource][] {
  return Object.entries(template('Data').findResources('AWS::DynamoDB::GlobalTable')) as [string, Resource][];
}

function template(part: string): Template {
  const stack = assembly.stacks.find(({ stackName }) => stackName.endsWith(part));
  if (stack === undefined) throw new Error(`there is no stack ${part}`);
  return Template.fromJSON(stack.template as Record<string, unknown>);
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'template-'));
  await bundleFunctions(join(folder, 'functions'));
  // cdk-nag and CloudFormation's own rules are part of the synthesis: a finding that nobody acknowledged throws here.
  assembly = buildApp(deployableStage('prod'), join(folder, 'cdk.out'), join(folder, 'functions')).synth();
});

test('three packs of cdk-nag find nothing that is not acknowledged with a reason', () => {
  const report = JSON.parse(readFileSync(join(assembly.directory, 'validation-report.json'), 'utf8')) as NagReport;
  const packs = report.pluginReports.map(({ pluginName }) => pluginName);
  expect(packs).toEqual(expect.arrayContaining(['AwsSolutions', 'Serverless', 'NIST.800.53.R5']));
  expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  const acknowledged = report.pluginReports.flatMap(({ suppressedViolations = [] }) => suppressedViolations);
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter(({ reason }) => reason.length < 20)).toEqual([]);
});

describe('tables', () => {
  test('can be neither deleted nor lost: protected, retained, encrypted, recoverable to any second', () => {
    const tables = tablesById().filter(([id]) => !id.startsWith('Limits'));
    expect(tables).toHaveLength(6);
    for (const [id, { Properties, DeletionPolicy, UpdateReplacePolicy }] of tables) {
      expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(['Retain', 'Retain']);
      expect(Properties, id).toMatchObject({
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      });
    }
  });

  test('but for the limits’ counters, which are encrypted, expire and are kept nowhere else', () => {
    const limits = tablesById().filter(([id]) => id.startsWith('Limits'));
    expect(limits).toHaveLength(1);
    for (const [, { Properties, DeletionPolicy }] of limits) {
      expect(DeletionPolicy).toBe('Delete');
      expect(Properties).toMatchObject({
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        TimeToLiveSpecification: { AttributeName: LIMIT_TABLE.timeToLive, Enabled: true },
        Replicas: [
          {
            DeletionProtectionEnabled: false,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          },
        ],
      });
      expect(Properties).not.toHaveProperty('StreamSpecification');
    }
  });

  test('of people have a key of their own, and no other table has it', () => {
    const withKey = resources('AWS::DynamoDB::GlobalTable').filter(({ Properties }) =>
      JSON.stringify(Properties).includes('KMSMasterKeyId'),
    );
    expect(withKey).toHaveLength(1);
    expect(resources('AWS::KMS::Key')[0]).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    });
  });
});

describe('functions', () => {
  test('run on Node 24 and arm64, from the bundles', () => {
    const functions = resources('AWS::Lambda::Function');
    expect(functions).toHaveLength(Object.keys(FUNCTIONS).length);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
    }
  });
});

describe('routes', () => {
  test('wait longer than their functions run: what is answered with a time-out has ended, and nothing is done after it', () => {
    const seconds = new Map(
      Object.entries(template('Api').findResources('AWS::Lambda::Function')).map(([id, { Properties }]) => [
        id,
        Number(Properties.Timeout),
      ]),
    );
    const integrations = resources('AWS::ApiGatewayV2::Integration');
    expect(integrations.length).toBeGreaterThan(10);
    for (const { Properties } of integrations) {
      const { IntegrationUri, TimeoutInMillis } = Properties as {
        IntegrationUri: { 'Fn::GetAtt': [string, string] };
        TimeoutInMillis?: number;
      };
      const [id] = IntegrationUri['Fn::GetAtt'];
      expect((seconds.get(id) ?? Number.NaN) * 1_000, id).toBeLessThan(TimeoutInMillis ?? GATEWAY_MILLISECONDS);
    }
  });

  test('are those of the contract, with its scopes, those of pages, and the one for everything else', () => {
    const routes = resources('AWS::ApiGatewayV2::Route').map(({ Properties }) => ({
      key: String(Properties['RouteKey']),
      scopes: Properties['AuthorizationScopes'] ?? [],
    }));
    const keys = routes.map(({ key }) => key).filter((key) => !key.startsWith('HEAD '));
    expect(keys.toSorted()).toEqual([...Object.keys(OPERATIONS), ...PAGE_ROUTES, '$default'].toSorted());
    for (const route of PAGE_ROUTES) {
      const [, path] = route.split(' ');
      const found = routes.filter(({ key }) => key === route || key === `HEAD ${path}`);
      expect(
        found.map(({ scopes }) => scopes),
        route,
      ).toEqual([[], []]);
    }
    for (const [route, { security }] of Object.entries(OPERATIONS)) {
      const scope = /^oidc-(\w+)$/.exec(security)?.[1];
      const [, path] = route.split(' ');
      const found = routes.filter(({ key }) => key === route || (route.startsWith('GET ') && key === `HEAD ${path}`));
      expect(
        found.map(({ scopes }) => scopes),
        route,
      ).toEqual(found.map(() => (scope ? [`locator/${scope}`] : [])));
    }
  });

  test('are answered by the function whose operation they are', async () => {
    for (const [name, { trigger }] of Object.entries(FUNCTIONS)) {
      if (!('route' in trigger) || trigger.route === '$default') continue;
      const source = readFileSync(new URL(`../../functions/${name}.ts`, import.meta.url), 'utf8');
      const [, exported = '', module = ''] =
        /(\w+) as operation\b[^}]*\} from '\.\.\/shared\/contract\/([\w-]+)\.ts'/.exec(source) ?? [];
      const contract: Record<string, unknown> = await import(`../../shared/contract/${module}.ts`);
      expect(contract[exported], name).toBe(OPERATIONS[trigger.route]);
    }
  });

  test('answer no origin but those named, and never with credentials', () => {
    const [api] = resources('AWS::ApiGatewayV2::Api');
    expect(api?.Properties['CorsConfiguration']).toMatchObject({
      AllowOrigins: ['https://alpine.example.com', 'https://www.example.com'],
    });
    const allowed = resources('AWS::ApiGatewayV2::Api').flatMap(
      ({ Properties }) => (Properties['CorsConfiguration'] as { AllowMethods: string[] }).AllowMethods,
    );
    const methods = new Set(Object.keys(OPERATIONS).map((route) => route.split(' ')[0]));
    expect(allowed.toSorted()).toEqual([...methods].toSorted());
    expect(JSON.stringify(api)).not.toContain('AllowCredentials');
  });
});

test('the outbox is read as a stream, and swept every minute in case the stream fails', () => {
  template('Api').hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
  });
  const [mapping] = resources('AWS::Lambda::EventSourceMapping');
  expect(mapping?.Properties['FilterCriteria']).toEqual({
    Filters: [{ Pattern: JSON.stringify(NEW_DELIVERY_FILTER) }],
  });
  template('Api').hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
});

test('the counts are rolled up every quarter of an hour, and audited every night', () => {
  template('Api').hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' });
  template('Api').hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'cron(20 8 * * ? *)' });
});

test('the searches answered are handed from the search’s log to their counter, by this log alone, and kept when it fails', () => {
  const [filter, ...others] = Object.values(template('Api').findResources('AWS::Logs::SubscriptionFilter'));
  expect(others).toEqual([]);
  const { LogGroupName, DestinationArn, FilterPattern } = filter?.['Properties'] ?? {};
  expect(FilterPattern).toBe(SEARCHED_LINES);
  const logGroup: string = LogGroupName.Ref;
  const counter: string = DestinationArn['Fn::GetAtt'][0];
  expect([logGroup, counter]).toEqual([
    expect.stringMatching(/^finddealersLog/),
    expect.stringMatching(/^countsearchesFunction/),
  ]);
  template('Api').hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: logGroup } } });
  const permissions = Object.values(template('Api').findResources('AWS::Lambda::Permission')).filter(({ Properties }) =>
    JSON.stringify(Properties.FunctionName).includes(counter),
  );
  expect(permissions.map(({ Properties }) => Properties)).toEqual([
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [counter, 'Arn'] },
      Principal: 'logs.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [logGroup, 'Arn'] },
    },
  ]);
  template('Api').hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: counter },
    MaximumRetryAttempts: 2,
    DestinationConfig: {
      OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^countsearchesfeedDeadLetters'), 'Arn'] } },
    },
  });
});

describe('the user pool', () => {
  test('lets its client sign in with a code alone, from and to the dashboard', () => {
    template('Identity').hasResourceProperties('AWS::Cognito::UserPoolClient', {
      AllowedOAuthFlows: ['code'],
      CallbackURLs: ['https://alpine.example.com/dashboard/'],
      LogoutURLs: ['https://alpine.example.com/dashboard/'],
      GenerateSecret: false,
      EnableTokenRevocation: true,
    });
  });

  test('is where the dashboard’s configuration sends people, with its scopes as the pool spells them', () => {
    const [output] = Object.values(template('Edge').findOutputs(DASHBOARD_CONFIG_OUTPUT));
    const parts = output?.['Value']['Fn::Join'][1] as unknown[];
    // What only the account knows is an import; the rest is there as it is.
    const config = dashboardConfigFile(parts.map((part) => (typeof part === 'string' ? part : 'known-later')).join(''));
    expect(JSON.parse(config ?? '')).toEqual({
      issuerUrl: 'https://cognito-idp.us-east-1.amazonaws.com/known-later',
      clientId: 'known-later',
      scopes: { counts: 'locator/counts', leads: 'locator/leads' },
      signOutUrl:
        'https://known-later.auth.us-east-1.amazoncognito.com/logout?client_id=known-later&logout_uri=https%3A%2F%2Falpine.example.com%2Fdashboard%2F',
      accessEmail: 'locator@alpine.example.com',
    });
  });
});
