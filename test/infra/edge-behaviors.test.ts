import { readFileSync } from 'node:fs';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { deployableStage } from '../../infra/stage-config.ts';
import { OPERATIONS } from '../../shared/contract/operations.ts';
import { PAGE_ROUTES } from '../../shared/contract/pages.ts';
import { pagePolicy } from '../../shared/http/page-policy.ts';
import { resourcesOf, synthesize } from '../support/synthesized.ts';

interface Behavior {
  readonly PathPattern: string;
  readonly AllowedMethods: readonly string[];
  readonly CachePolicyId: { readonly Ref: string };
  readonly FunctionAssociations?: readonly {
    readonly EventType: string;
    readonly FunctionARN: { readonly 'Fn::GetAtt': readonly string[] };
  }[];
}

let assembly: CloudAssembly;
beforeAll(() => {
  assembly = synthesize(deployableStage('prod'));
});

const ofType = (type: string) => Object.entries(resourcesOf(assembly, 'Edge')).filter(([, { Type }]) => Type === type);
const propertiesOf = (id: string) => resourcesOf(assembly, 'Edge')[id]?.Properties;
const distribution = () =>
  ofType('AWS::CloudFront::Distribution')[0]?.[1].Properties['DistributionConfig'] as { CacheBehaviors: Behavior[] };

/** The first one whose pattern fits serves a path. */
const behaviorOf = (path: string): Behavior | undefined =>
  distribution().CacheBehaviors.find(({ PathPattern }) =>
    new RegExp(`^${PathPattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(path),
  );

test('whoever changes or sends anything passes the edge’s function that names their address', () => {
  const routes = Object.keys(OPERATIONS).filter((route) => !route.startsWith('GET '));
  expect(routes.length).toBeGreaterThan(4);
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    const behavior = behaviorOf(path);
    expect(behavior?.AllowedMethods, route).toContain(method);
    const [association] = behavior?.FunctionAssociations ?? [];
    expect(association?.EventType, route).toBe('viewer-request');
    const [id = ''] = association?.FunctionARN['Fn::GetAtt'] ?? [];
    const code = readFileSync(new URL('../../infra/edge/viewer-address.js', import.meta.url), 'utf8');
    expect(propertiesOf(id)?.['FunctionCode'], route).toBe(code);
  }
});

test('files and pages have one policy but for the dashboard, which allows nothing of anyone else and nothing inline', () => {
  const { siteUrl } = deployableStage('prod');
  const policy = pagePolicy(siteUrl);
  expect(JSON.stringify(ofType('AWS::CloudFront::ResponseHeadersPolicy'))).toContain(policy);
  const directives = new Map(policy.split('; ').map((directive) => directive.split(/ (.*)/) as [string, string]));
  expect([...directives.values()].join(' ')).not.toContain('unsafe');
  expect(directives.get('form-action')).toBe(`${siteUrl}/find ${siteUrl}/es/find`);
  directives.delete('form-action');
  expect(new Set(directives.values())).toEqual(new Set(["'none'", "'self'"]));
});

describe('pages that functions make', () => {
  test('come from the API through the edge, which passes on nothing of a visitor but a search', () => {
    for (const route of PAGE_ROUTES) {
      const [, path = ''] = route.split(' ');
      const behavior = behaviorOf(path);
      expect(behavior, route).not.toHaveProperty('OriginRequestPolicyId');
      expect(propertiesOf(behavior?.CachePolicyId.Ref ?? ''), route).toMatchObject({
        CachePolicyConfig: {
          ParametersInCacheKeyAndForwardedToOrigin: {
            CookiesConfig: { CookieBehavior: 'none' },
            HeadersConfig: { HeaderBehavior: 'none' },
            QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['near', 'model'] },
          },
        },
      });
    }
  });

  test('stand in for files that the bucket lacks, and no error page stands in for the API’s errors', () => {
    expect(distribution()).toMatchObject({
      OriginGroups: { Items: [{ FailoverCriteria: { StatusCodes: { Items: [403, 404] } } }] },
    });
    expect(distribution()).not.toHaveProperty('CustomErrorResponses');
  });
});

test('pages are served over TLS with a policy that allows nothing of anyone else', () => {
  const policies = ofType('AWS::CloudFront::ResponseHeadersPolicy');
  expect(policies).toHaveLength(2);
  const connections = policies.map(([id, policy]) => {
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
  expect(behaviorOf('/dashboard/')).toMatchObject({
    PathPattern: '/dashboard/*',
    ResponseHeadersPolicyId: { Ref: expect.stringMatching(/^DashboardHeaders/) },
    ViewerProtocolPolicy: 'redirect-to-https',
  });
});
