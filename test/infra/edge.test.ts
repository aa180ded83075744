import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { COUNTED_RULES } from '../../infra/edge-firewall.ts';
import { deployableStage, type StageConfig } from '../../infra/stage-config.ts';
import { ORIGIN_KEY_HEADER } from '../../shared/http/edge-only.ts';
import { SENDER_LIMIT } from '../../shared/limits/limit.ts';
import { resourcesOf, synthesize } from '../support/synthesized.ts';

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: { readonly Block: { readonly CustomResponse: { readonly ResponseCode: number } } };
  readonly Statement: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly VisibilityConfig: Readonly<Record<string, unknown>>;
}
interface Distribution {
  readonly Aliases?: readonly string[];
  readonly ViewerCertificate?: Readonly<Record<string, unknown>>;
  readonly WebACLId: unknown;
  readonly HttpVersion: string;
  readonly DefaultCacheBehavior: Readonly<Record<string, unknown>>;
  readonly CacheBehaviors: readonly Readonly<Record<string, unknown>>[];
  readonly Origins: readonly {
    readonly Id: string;
    readonly CustomOriginConfig?: Readonly<Record<string, unknown>>;
    readonly OriginCustomHeaders?: readonly { readonly HeaderName: string; readonly HeaderValue: unknown }[];
  }[];
}

let assembly: CloudAssembly;
beforeAll(() => {
  assembly = synthesize(deployableStage('prod'));
});

const only = (type: string, from = assembly) => {
  const found = Object.entries(resourcesOf(from, 'Edge')).filter(([, { Type }]) => Type === type);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`there are ${found.length} of ${type}`);
  return { logicalId: first[0], properties: first[1].Properties };
};
const distribution = (from = assembly) =>
  only('AWS::CloudFront::Distribution', from).properties['DistributionConfig'] as Distribution;
const rules = (): readonly Rule[] => only('AWS::WAFv2::WebACL').properties['Rules'] as Rule[];
const rule = (name: string): Rule => {
  const found = rules().find(({ Name }) => Name === name);
  if (found === undefined) throw new Error(`there is no rule ${name}`);
  return found;
};

describe('the firewall', () => {
  test('stands in front of the distribution, and lets through what no rule names', () => {
    const { logicalId, properties } = only('AWS::WAFv2::WebACL');
    expect(properties).toMatchObject({ Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } });
    expect(distribution().WebACLId).toEqual({ 'Fn::GetAtt': [logicalId, 'Arn'] });
  });

  test('keeps counts of what it sees, and no requests', () => {
    const { properties } = only('AWS::WAFv2::WebACL');
    for (const { SampledRequestsEnabled, CloudWatchMetricsEnabled } of [
      properties['VisibilityConfig'] as Rule['VisibilityConfig'],
      ...rules().map(({ VisibilityConfig }) => VisibilityConfig),
    ]) {
      expect([SampledRequestsEnabled, CloudWatchMetricsEnabled]).toEqual([false, true]);
    }
    const types = Object.values(resourcesOf(assembly, 'Edge')).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::WAFv2::LoggingConfiguration');
  });

  test('refuses bodies beyond what any form has, after the API would have said so itself', () => {
    const { Action, Statement } = rule('BodySize');
    expect(Action?.Block.CustomResponse.ResponseCode).toBe(413);
    const { ComparisonOperator, Size, FieldToMatch } = Statement['SizeConstraintStatement'] ?? {};
    expect([ComparisonOperator, FieldToMatch]).toEqual(['GT', { Body: { OversizeHandling: 'MATCH' } }]);
    expect(Size).toBeGreaterThan(8 * 1024);
    // What WAF sees of a body behind CloudFront, unless paid for.
    expect(Size).toBeLessThanOrEqual(16 * 1024);
  });

  test('limits what one address asks for, and forms more strictly, by the decoded path', () => {
    const reads = rule('RequestRate').Statement['RateBasedStatement'];
    const forms = rule('FormRate').Statement['RateBasedStatement'];
    for (const { Action } of [rule('RequestRate'), rule('FormRate')]) {
      expect(Action?.Block.CustomResponse).toMatchObject({
        ResponseCode: 429,
        ResponseHeaders: expect.arrayContaining([{ Name: 'retry-after', Value: '300' }]),
      });
    }
    expect(reads).not.toHaveProperty('ScopeDownStatement');
    expect(Number(forms?.['Limit'])).toBeLessThan(Number(reads?.['Limit']) / 10);
    // Whoever keeps to the API's own limit never meets this one.
    expect(Number(forms?.['Limit'])).toBeGreaterThan(2 * SENDER_LIMIT.most);
    expect(forms?.['ScopeDownStatement']).toMatchObject({
      AndStatement: {
        Statements: [
          { ByteMatchStatement: { FieldToMatch: { Method: {} }, SearchString: 'POST' } },
          {
            ByteMatchStatement: {
              FieldToMatch: { UriPath: {} },
              PositionalConstraint: 'STARTS_WITH',
              SearchString: '/v1/interests',
              TextTransformations: [
                { Priority: 0, Type: 'URL_DECODE' },
                { Priority: 1, Type: 'NORMALIZE_PATH' },
              ],
            },
          },
        ],
      },
    });
  });

  test('has AWS’s groups of rules in force, but for those that are counted for a reason', () => {
    const groups = rules().filter(({ Statement }) => 'ManagedRuleGroupStatement' in Statement);
    expect(groups.map(({ Name }) => Name)).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
    ]);
    const counted = groups.flatMap(
      ({ Statement }) =>
        (Statement['ManagedRuleGroupStatement']?.['RuleActionOverrides'] ?? []) as readonly { Name: string }[],
    );
    expect(counted.map(({ Name }) => Name)).toEqual(Object.keys(COUNTED_RULES));
    for (const reason of Object.values(COUNTED_RULES)) expect(reason.length).toBeGreaterThan(20);
  });

  test('costs what decision 32 says: $5, and $1 for each of its rules', () => {
    expect(rules()).toHaveLength(6);
    expect(rules().map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('the distribution', () => {
  test('answers over TLS alone, compressed, and by HTTP/3 for those who can', () => {
    const { HttpVersion, DefaultCacheBehavior, CacheBehaviors } = distribution();
    expect(HttpVersion).toBe('http2and3');
    for (const behavior of [DefaultCacheBehavior, ...CacheBehaviors]) {
      expect(behavior).toMatchObject({
        Compress: true,
        ViewerProtocolPolicy: expect.stringMatching(/^(https-only|redirect-to-https)$/),
      });
    }
  });

  test('shows the API the key by a dynamic reference to a version of it, under a name that CloudFront takes', () => {
    const origins = distribution().Origins.filter(({ CustomOriginConfig }) => CustomOriginConfig);
    expect(origins.length).toBeGreaterThan(0);
    // CloudFront developer guide, "Custom headers that CloudFront can't add to origin requests".
    expect(ORIGIN_KEY_HEADER).not.toMatch(/^x-(amz|edge)-/i);
    for (const { CustomOriginConfig, OriginCustomHeaders = [] } of origins) {
      expect(CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: 'https-only' });
      expect(OriginCustomHeaders.map(({ HeaderName }) => HeaderName)).toEqual([ORIGIN_KEY_HEADER]);
      expect(JSON.stringify(OriginCustomHeaders[0]?.HeaderValue)).toMatch(
        /^\{"Fn::Join":\["",\["\{\{resolve:secretsmanager:",\{"Fn::ImportValue":"[^"]*OriginKey[^"]*"\},":SecretString:secret::",\{"Ref":"OriginKeyVersion"\},"\}\}"\]\]\}$/,
      );
    }
  });

  test('has CloudFront’s own name without a domain of the stage', () => {
    expect(distribution()).not.toHaveProperty('Aliases');
    expect(distribution()).not.toHaveProperty('ViewerCertificate');
  });
});

describe('functions', () => {
  test('that answer requests know the hashes of the key and never the key, and no others know either', () => {
    const resources = Object.entries(resourcesOf(assembly, 'Api'));
    const integrated = JSON.stringify(resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Integration'));
    const functions = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(15);
    for (const [id, { Properties }] of functions) {
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      const hashes = integrated.includes(`"${id}"`) ? { Ref: 'OriginKeyHashes' } : undefined;
      expect(Variables['ORIGIN_KEY_HASHES'], id).toEqual(hashes);
    }
    expect(JSON.stringify(resources)).not.toContain('ExportsOutputRefOriginKey');
  });
});

describe('a domain of one’s own', () => {
  const withDomain = (domain: StageConfig['domain']) =>
    synthesize({ ...deployableStage('prod'), siteUrl: 'https://alpine.example.org', ...(domain && { domain }) });

  test('comes with a certificate that is there, and TLS 1.2 at the least', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/abc';
    const own = withDomain({ certificateArn });
    expect(distribution(own)).toMatchObject({
      Aliases: ['alpine.example.org'],
      ViewerCertificate: {
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2025',
        SslSupportMethod: 'sni-only',
      },
    });
    expect(Object.values(resourcesOf(own, 'Edge')).map(({ Type }) => Type)).not.toContain('AWS::Route53::RecordSet');
  });

  test('or in a zone, where certificate and addresses are made', () => {
    const own = withDomain({ hostedZoneId: 'Z0123456789', hostedZoneName: 'example.org' });
    const records = Object.values(resourcesOf(own, 'Edge')).filter(({ Type }) => Type === 'AWS::Route53::RecordSet');
    expect(records.map(({ Properties }) => [Properties['Name'], Properties['Type']]).toSorted()).toEqual([
      ['alpine.example.org.', 'A'],
      ['alpine.example.org.', 'AAAA'],
    ]);
    const { logicalId, properties } = only('AWS::CertificateManager::Certificate', own);
    expect(properties).toMatchObject({ DomainName: 'alpine.example.org', ValidationMethod: 'DNS' });
    expect(distribution(own).ViewerCertificate).toMatchObject({ AcmCertificateArn: { Ref: logicalId } });
  });
});
