import { Validations } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

/** What the API takes is 8 KiB, which it says itself (413); beyond this nobody has a form. WAF counts the first 16 KiB. */
const MAX_BODY_BYTES = 12 * 1024;
/** Requests of one address in five minutes: a page with type-ahead makes some 30 of them, and offices share an address. */
const MAX_REQUESTS = 3_000;
/** Forms and confirmations of one address in five minutes. The API counts forms itself, 30 an hour: this is against a flood. */
const MAX_FORMS = 100;
const WINDOW_SECONDS = 300;

/** Rules of AWS's groups that are counted instead of enforced, each with the reason. */
export const COUNTED_RULES: Readonly<Record<string, string>> = {
  SizeRestrictions_BODY: 'our own rule sets the size',
  NoUserAgent_HEADER: 'mailbox providers end a subscription (RFC 8058) with whatever client they like',
};

const MANAGED_GROUPS = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
] as const;

/**
 * The web ACL in front of everything. Of what it sees it keeps counts only: sampled requests and logs would hold addresses,
 * places and tokens.
 */
export class EdgeFirewall extends Construct {
  readonly webAclArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'WebAcl', {
      description: 'Alpine US locator',
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('WebAcl'),
      customResponseBodies: {
        tooLarge: problemBody(413, 'Content Too Large', 'A body has at most 8 KiB.'),
        tooMany: problemBody(429, 'Too Many Requests', 'Too many requests from one address. Please wait five minutes.'),
      },
      rules: inOrder([
        {
          name: 'BodySize',
          action: refuse(413, 'tooLarge'),
          statement: {
            sizeConstraintStatement: {
              fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
              comparisonOperator: 'GT',
              size: MAX_BODY_BYTES,
              textTransformations: [{ priority: 0, type: 'NONE' }],
            },
          },
        },
        {
          name: 'FormRate',
          action: refuse(429, 'tooMany'),
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: MAX_FORMS,
              evaluationWindowSec: WINDOW_SECONDS,
              scopeDownStatement: { andStatement: { statements: [methodIs('POST'), pathBeginsWith('/v1/interests')] } },
            },
          },
        },
        {
          name: 'RequestRate',
          action: refuse(429, 'tooMany'),
          statement: {
            rateBasedStatement: { aggregateKeyType: 'IP', limit: MAX_REQUESTS, evaluationWindowSec: WINDOW_SECONDS },
          },
        },
        ...MANAGED_GROUPS.map((name) => ({
          name,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: 'AWS',
              name,
              ...(name === 'AWSManagedRulesCommonRuleSet' && {
                ruleActionOverrides: Object.keys(COUNTED_RULES).map((rule) => ({
                  name: rule,
                  actionToUse: { count: {} },
                })),
              }),
            },
          },
        })),
      ]),
    });
    Validations.of(acl).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-WAFv2LoggingEnabled',
      reason: 'A log of requests would hold addresses, places and tokens; counts by rule say what is refused',
    });
    this.webAclArn = acl.attrArn;
  }
}

function inOrder(rules: readonly Omit<CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>[]) {
  return rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) }));
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}

function refuse(responseCode: 413 | 429, customResponseBodyKey: string): CfnWebACL.RuleActionProperty {
  return {
    block: {
      customResponse: {
        responseCode,
        customResponseBodyKey,
        responseHeaders: [
          { name: 'cache-control', value: 'no-store' },
          // The widget on another site may read why it is refused.
          { name: 'access-control-allow-origin', value: '*' },
          { name: 'access-control-expose-headers', value: 'retry-after' },
          ...(responseCode === 429 ? [{ name: 'retry-after', value: String(WINDOW_SECONDS) }] : []),
        ],
      },
    },
  };
}

/** In the members of RFC 9457; WAF knows no other media type than application/json. */
function problemBody(status: number, title: string, detail: string): CfnWebACL.CustomResponseBodyProperty {
  return {
    contentType: 'APPLICATION_JSON',
    content: JSON.stringify({ type: 'about:blank', title, status, detail }),
  };
}

function methodIs(method: string): CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: { method: {} },
      positionalConstraint: 'EXACTLY',
      searchString: method,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

/** API Gateway routes by the decoded path. */
function pathBeginsWith(path: string): CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: path,
      textTransformations: [
        { priority: 0, type: 'URL_DECODE' },
        { priority: 1, type: 'NORMALIZE_PATH' },
      ],
    },
  };
}
