import * as z from 'zod';
import { HostError } from '../host-error.ts';
import type { Template } from '../template/template.ts';
import type { HttpRequest } from './exchange.ts';

/** Which of a viewer's headers, cookies and query parameters an origin gets to see. */
interface Selection {
  readonly headers: Choice;
  readonly cookies: Choice;
  readonly query: Choice;
}

type Choice = (name: string) => boolean;

const all: Choice = () => true;
const none: Choice = () => false;
const only = (names: readonly string[]): Choice => {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return (name) => wanted.has(name.toLowerCase());
};
const allBut = (names: readonly string[]): Choice => {
  const named = only(names);
  return (name) => !named(name);
};

const Headers = z.object({
  HeaderBehavior: z.enum(['none', 'whitelist', 'allViewer', 'allViewerAndWhitelistCloudFront', 'allExcept']),
  Headers: z.array(z.string()).default([]),
});
const Cookies = z.object({
  CookieBehavior: z.enum(['none', 'whitelist', 'allExcept', 'all']),
  Cookies: z.array(z.string()).default([]),
});
const QueryStrings = z.object({
  QueryStringBehavior: z.enum(['none', 'whitelist', 'allExcept', 'all']),
  QueryStrings: z.array(z.string()).default([]),
});
const CachePolicy = z.object({
  CachePolicyConfig: z.object({
    ParametersInCacheKeyAndForwardedToOrigin: z.object({
      CookiesConfig: Cookies,
      HeadersConfig: Headers,
      QueryStringsConfig: QueryStrings,
    }),
  }),
});
const OriginRequestPolicy = z.object({
  OriginRequestPolicyConfig: z.object({
    CookiesConfig: Cookies,
    HeadersConfig: Headers,
    QueryStringsConfig: QueryStrings,
  }),
});

/** Every header that the viewer sent; those that CloudFront makes have to be named. */
const viewerHeaders: Choice = (name) => !name.toLowerCase().startsWith('cloudfront-');

const NOTHING: Selection = { headers: none, cookies: none, query: none };

function viewerHeadersBut(names: readonly string[]): Choice {
  const others = allBut(names);
  return (name) => viewerHeaders(name) && others(name);
}

/** CloudFront's managed policies that we use, by the ids that templates carry. */
const MANAGED: Readonly<Record<string, Selection>> = {
  // CachingOptimized
  '658327ea-f89d-4fab-a63d-7e88639e58f6': NOTHING,
  // CachingDisabled
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': NOTHING,
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': { headers: viewerHeadersBut(['host']), cookies: all, query: all },
};

/** What CloudFront sends to an origin whatever the policies say. */
const ALWAYS: ReadonlySet<string> = new Set([
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
]);

/** Headers that CloudFront makes itself; a policy has to ask for them. */
const MADE: Readonly<Record<string, (request: HttpRequest) => string>> = {
  'cloudfront-viewer-address': (request) => `${request.sourceIp}:${request.sourcePort}`,
  'cloudfront-viewer-http-version': () => '1.1',
  'cloudfront-forwarded-proto': () => 'http',
};

/**
 * Cuts a viewer's request down to what a behaviour's cache policy and origin request policy pass on. CloudFront passes on what
 * they name and nothing else, which is how a header that works without CloudFront gets lost behind it.
 *
 * @param policyIds ids of managed policies, or refs of the template's own
 * @throws HostError for a managed policy that is not known here
 */
export function readForwarding(
  template: Template,
  policyIds: readonly string[],
): (request: HttpRequest, originHost: string) => HttpRequest {
  const selections = policyIds.map((id) => readPolicy(template, id));
  const some = (part: keyof Selection) => (name: string) => selections.some((selection) => selection[part](name));
  return (request, originHost) => {
    const headers = new Map([...request.headers].filter(([name]) => isForwarded(name, some('headers'))));
    for (const [name, make] of Object.entries(MADE)) {
      if (some('headers')(name)) headers.set(name, [make(request)]);
    }
    if (!some('headers')('host')) headers.set('host', [originHost]);
    if (!headers.has('user-agent')) headers.set('user-agent', ['Amazon CloudFront']);
    headers.set('x-forwarded-for', [...(request.headers.get('x-forwarded-for') ?? []), request.sourceIp]);
    const cookies = (request.headers.get('cookie') ?? [])
      .flatMap((header) => header.split(/; */))
      .filter((cookie) => some('cookies')(cookie.split('=')[0] ?? ''));
    if (cookies.length > 0) headers.set('cookie', [cookies.join('; ')]);
    const query = request.query.split('&').filter((part) => some('query')(part.split('=')[0] ?? ''));
    return { ...request, headers, query: query.join('&') };
  };
}

function isForwarded(name: string, chosen: Choice): boolean {
  if (name === 'cookie' || name.startsWith('cloudfront-')) return false;
  return ALWAYS.has(name) || chosen(name);
}

function readPolicy(template: Template, id: string): Selection {
  const managed = MANAGED[id];
  if (managed !== undefined) return managed;
  const cachePolicy = template.byRef('AWS::CloudFront::CachePolicy', id);
  if (cachePolicy !== undefined) {
    const { CachePolicyConfig } = template.properties(cachePolicy, CachePolicy);
    return selectionOf(CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin);
  }
  const originPolicy = template.byRef('AWS::CloudFront::OriginRequestPolicy', id);
  if (originPolicy !== undefined) {
    return selectionOf(template.properties(originPolicy, OriginRequestPolicy).OriginRequestPolicyConfig);
  }
  throw new HostError(`The distribution names the policy ${id}, which the local host does not know.`);
}

function selectionOf(config: {
  CookiesConfig: z.infer<typeof Cookies>;
  HeadersConfig: z.infer<typeof Headers>;
  QueryStringsConfig: z.infer<typeof QueryStrings>;
}): Selection {
  const { CookiesConfig, HeadersConfig, QueryStringsConfig } = config;
  return {
    headers: headersChoice(HeadersConfig),
    cookies: choice(CookiesConfig.CookieBehavior, CookiesConfig.Cookies),
    query: choice(QueryStringsConfig.QueryStringBehavior, QueryStringsConfig.QueryStrings),
  };
}

function headersChoice({ HeaderBehavior, Headers: names }: z.infer<typeof Headers>): Choice {
  const named = only(names);
  switch (HeaderBehavior) {
    case 'none':
      return none;
    case 'whitelist':
      return named;
    case 'allViewer':
      return viewerHeaders;
    case 'allExcept':
      return viewerHeadersBut(names);
    case 'allViewerAndWhitelistCloudFront':
      return (name) => viewerHeaders(name) || named(name);
  }
}

function choice(behavior: 'none' | 'whitelist' | 'allExcept' | 'all', names: readonly string[]): Choice {
  switch (behavior) {
    case 'none':
      return none;
    case 'all':
      return all;
    case 'whitelist':
      return only(names);
    case 'allExcept':
      return allBut(names);
  }
}
