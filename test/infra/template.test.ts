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
import { pagePolicy } from '../../shared/http/page-policy.ts';
import { LIMIT_TABLE } from '../../shared/limits/limit-table.ts';
import { NEW_DELIVERY_FILTER } from '../../shared/outbox/outbox-table.ts';

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

interface Behavior {
  readonly PathPattern: string;
  readonly AllowedMethods: readonly string[];
  readonly FunctionAssociations?: readonly {
    readonly EventType: string;
    readonly FunctionARN: { readonly 'Fn::GetAtt': readonly string[] };
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

/** The statements of a function's own policy. */
function statementsOf(functionName: string): { Action: string | string[]; Resource: unknown; Condition?: unknown }[] {
  return Object.entries(template('Api').findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(functionName.replaceAll('-', '')))
    .flatMap(([, policy]) => policy['Properties'].PolicyDocument.Statement);
}

const actionsOf = (functionName: string) => statementsOf(functionName).flatMap(({ Action }) => Action);

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

  /** Actions that AWS lets nobody narrow to a resource (service authorization reference). */
  const ON_ANYTHING: Readonly<Record<string, string>> = {
    'xray:PutTraceSegments': 'a trace has no resource',
    'xray:PutTelemetryRecords': 'nor have the records of its daemon',
  };

  test('and whoever else has a policy are granted named actions on named resources, but where AWS knows no name', () => {
    const documents = resources('AWS::IAM::Policy').map(({ Properties }) => Properties['PolicyDocument']);
    const inline = resources('AWS::IAM::Role').flatMap(({ Properties }) => Properties['Policies'] ?? []);
    expect(documents.length).toBeGreaterThanOrEqual(Object.keys(FUNCTIONS).length);
    expect(inline).toEqual([]);
    expect(resources('AWS::IAM::ManagedPolicy')).toEqual([]);
    expect(resources('AWS::IAM::Role').filter(({ Properties }) => 'ManagedPolicyArns' in Properties)).toEqual([]);
    const unnamed = documents
      .flatMap((document) => (document as { Statement: Parameters<typeof wildcardsOf>[0][] }).Statement)
      .flatMap(wildcardsOf);
    expect([...new Set(unnamed)].toSorted()).toEqual(Object.keys(ON_ANYTHING).toSorted());
  });

  /** The actions of a statement that have a wildcard in them, or in a resource. */
  function wildcardsOf({ Action, Resource }: { Action: string | string[]; Resource: unknown }): string[] {
    const actions = [Action].flat();
    return actions.filter((action) => action.includes('*') || JSON.stringify(Resource).includes('*'));
  }

  test('that count or roll up see no table of people and no secret', () => {
    for (const name of ['count-interests', 'roll-up-counts']) {
      const reaching = actionsOf(name).filter((action) => /^(dynamodb|secretsmanager|kms):/.test(action));
      expect(new Set(reaching)).toEqual(
        new Set([
          'dynamodb:GetItem',
          'dynamodb:Query',
          ...(name === 'roll-up-counts' ? ['dynamodb:PutItem', 'dynamodb:BatchWriteItem'] : []),
        ]),
      );
      expect(JSON.stringify(statementsOf(name))).not.toMatch(/Reservations|Outbox|Limits/);
    }
    const ofStores = statementsOf('count-interests').filter(({ Resource }) => /Dealers/.test(JSON.stringify(Resource)));
    expect(ofStores.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['store', 'index'] } },
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['index'] } },
    ]);
  });

  test('that audit the counts see of people’s rows their keys, status and dimensions, and change nothing', () => {
    const statements = statementsOf('audit-counts');
    const [people] = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('Reservations'));
    expect(people).toMatchObject({
      Action: 'dynamodb:Scan',
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'status', 'dimensions'] },
        StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    });
    expect(JSON.stringify(statements)).not.toMatch(
      /Outbox|Limits|PutItem|UpdateItem|DeleteItem|BatchWrite|secretsmanager|kms:Encrypt/,
    );
    template('Api').hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'cron(20 8 * * ? *)' });
    template('Api').hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' });
  });

  test('that count searches see their counters and nothing else, and the search itself writes none', () => {
    const tablesOf = (name: string) =>
      statementsOf(name)
        .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('dynamodb:')))
        .map(({ Action, Resource }) => [
          [Action].flat(),
          /Output\w*?(Dealers|Searches)/.exec(JSON.stringify(Resource))?.[1],
        ]);
    expect(tablesOf('count-searches')).toEqual([[['dynamodb:PutItem', 'dynamodb:UpdateItem'], 'Searches']]);
    expect(tablesOf('get-search-counts')).toEqual([[['dynamodb:Query'], 'Searches']]);
    expect(tablesOf('find-dealers')).toEqual([
      [['dynamodb:Query'], 'Dealers'],
      [['dynamodb:GetItem'], 'Dealers'],
    ]);
  });

  test('that search read neither the stores’ routing nor anything else', () => {
    const [statement] = statementsOf('find-dealers').filter(({ Action }) =>
      JSON.stringify(Action).includes('dynamodb'),
    );
    expect(statement?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['store', 'index'] },
    });
    expect(JSON.stringify(statementsOf('find-dealers'))).not.toContain('routing');
  });

  test('count limits only where forms are taken and mails sent, and read no counter', () => {
    const counting = Object.keys(FUNCTIONS).filter((name) =>
      statementsOf(name).some(({ Resource }) => JSON.stringify(Resource).includes('Limits')),
    );
    expect(counting).toEqual(['submit-interest', 'deliver-outbox', 'sweep-outbox']);
    for (const name of counting) {
      const [statement] = statementsOf(name).filter(({ Resource }) => JSON.stringify(Resource).includes('Limits'));
      expect(statement?.Action).toBe('dynamodb:UpdateItem');
    }
  });

  test('that unsubscribe or read can delete nothing, and none but those that erase can', () => {
    const deleting = Object.keys(FUNCTIONS).filter((name) => actionsOf(name).includes('dynamodb:DeleteItem'));
    expect(deleting).toEqual(['submit-interest', 'change-reservation', 'withdraw-reservation']);
    expect(
      actionsOf('get-reservation')
        .filter((action) => action.startsWith('dynamodb:'))
        .toSorted(),
    ).toEqual(['dynamodb:GetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Query']);
  });

  test('that answer without data are granted nothing but their log and trace', () => {
    for (const name of ['get-health', 'get-openapi', 'answer-unknown-route', 'find-places']) {
      expect(actionsOf(name).filter((action) => !/^(logs|xray):/.test(action))).toEqual([]);
    }
  });
});

describe('routes', () => {
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

test('whoever changes or sends anything passes the edge’s function that names their address', () => {
  const behaviors = resources('AWS::CloudFront::Distribution').flatMap(
    ({ Properties }) => (Properties['DistributionConfig'] as { CacheBehaviors: Behavior[] }).CacheBehaviors,
  );
  const routes = Object.keys(OPERATIONS).filter((route) => !route.startsWith('GET '));
  expect(routes.length).toBeGreaterThan(4);
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    // The first one whose pattern fits serves a path.
    const behavior = behaviors.find(({ PathPattern }) =>
      new RegExp(`^${PathPattern.replaceAll('*', '.*')}$`).test(path),
    );
    expect(behavior?.AllowedMethods, route).toContain(method);
    const [association] = behavior?.FunctionAssociations ?? [];
    expect(association?.EventType, route).toBe('viewer-request');
    const [id = ''] = association?.FunctionARN['Fn::GetAtt'] ?? [];
    const code = template('Edge').findResources('AWS::CloudFront::Function')[id]?.['Properties'].FunctionCode;
    expect(code, route).toBe(readFileSync(new URL('../../infra/edge/viewer-address.js', import.meta.url), 'utf8'));
  }
});

test('files and pages have one policy but for the dashboard, which allows nothing of anyone else and nothing inline', () => {
  const policy = pagePolicy(deployableStage('prod').siteUrl);
  expect(JSON.stringify(resources('AWS::CloudFront::ResponseHeadersPolicy'))).toContain(policy);
  const directives = new Map(policy.split('; ').map((directive) => directive.split(/ (.*)/) as [string, string]));
  expect([...directives.values()].join(' ')).not.toContain('unsafe');
  const { siteUrl } = deployableStage('prod');
  expect(directives.get('form-action')).toBe(`${siteUrl}/find ${siteUrl}/es/find`);
  directives.delete('form-action');
  expect(new Set(directives.values())).toEqual(new Set(["'none'", "'self'"]));
});

describe('pages that functions make', () => {
  test('come from the API through the edge, which passes on nothing of a visitor but a search', () => {
    const behaviors = resources('AWS::CloudFront::Distribution').flatMap(
      ({ Properties }) =>
        (Properties['DistributionConfig'] as { CacheBehaviors: (Behavior & { CachePolicyId: { Ref: string } })[] })
          .CacheBehaviors,
    );
    for (const route of PAGE_ROUTES) {
      const [, path = ''] = route.split(' ');
      const behavior = behaviors.find(({ PathPattern }) =>
        new RegExp(`^${PathPattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(path),
      );
      expect(behavior, route).not.toHaveProperty('OriginRequestPolicyId');
      const policy = template('Edge').findResources('AWS::CloudFront::CachePolicy')[behavior?.CachePolicyId.Ref ?? ''];
      expect(policy?.['Properties'].CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin, route).toMatchObject({
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: { HeaderBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['near', 'model'] },
      });
    }
  });

  test('stand in for files that the bucket lacks, and no error page stands in for the API’s errors', () => {
    const [distribution] = resources('AWS::CloudFront::Distribution');
    expect(distribution?.Properties['DistributionConfig']).toMatchObject({
      OriginGroups: { Items: [{ FailoverCriteria: { StatusCodes: { Items: [403, 404] } } }] },
    });
    expect(distribution?.Properties['DistributionConfig']).not.toHaveProperty('CustomErrorResponses');
  });

  test('read no store’s routing, and nothing of people', () => {
    for (const name of ['show-search', 'show-store', 'list-stores', 'guide-crawlers']) {
      expect(
        actionsOf(name)
          .filter((action) => !/^(logs|xray):/.test(action))
          .toSorted(),
        name,
      ).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
      expect(JSON.stringify(statementsOf(name))).not.toMatch(/routing|Reservations|Outbox|Facts/);
    }
  });
});

test('pages are served over TLS with a policy that allows nothing of anyone else', () => {
  const policies = template('Edge').findResources('AWS::CloudFront::ResponseHeadersPolicy');
  expect(Object.keys(policies)).toHaveLength(2);
  const connections = Object.entries(policies).map(([id, policy]) => {
    const text = JSON.stringify(policy);
    expect(text, id).toContain("default-src 'none'; script-src 'self'");
    expect(text, id).not.toContain('unsafe');
    return text.match(/connect-src 'self'([^;]*);/)?.[1];
  });
  // The dashboard's script alone talks to someone else: to the issuer, where it is asked for and where it answers.
  const [dashboard = ''] = connections.filter((others) => others !== '');
  expect(connections.filter((others) => others === '')).toHaveLength(1);
  expect(dashboard).toMatch(/^ https:\/\/cognito-idp\.us-east-1\.amazonaws\.com https:\/\//);
  expect(dashboard).toMatch(/\.auth\.us-east-1\.amazoncognito\.com$/);
  const behaviors = resources('AWS::CloudFront::Distribution').flatMap(
    ({ Properties }) => (Properties['DistributionConfig'] as { CacheBehaviors: Behavior[] }).CacheBehaviors,
  );
  expect(behaviors.find(({ PathPattern }) => PathPattern === '/dashboard/*')).toMatchObject({
    ResponseHeadersPolicyId: { Ref: expect.stringMatching(/^DashboardHeaders/) },
    ViewerProtocolPolicy: 'redirect-to-https',
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
