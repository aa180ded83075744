import { join } from 'node:path';
import * as z from 'zod';
import { CONTENT_METADATA } from '../../infra/bucket-content.ts';
import { HostError } from '../host-error.ts';
import type { Resource } from '../template/assembly.ts';
import type { Template } from '../template/template.ts';
import { createBucket } from './bucket.ts';
import { createEdgeFunction, type EdgeFunction } from './edge-function.ts';
import { type HttpAnswer, type HttpHandler, type HttpRequest, headerOf, messageAnswer } from './exchange.ts';
import { readForwarding } from './origin-forwarding.ts';
import { type FinishAnswer, readResponseHeaders } from './response-headers.ts';

const Behavior = z.strictObject({
  AllowedMethods: z.array(z.string()).default(['GET', 'HEAD']),
  CachePolicyId: z.string(),
  CachedMethods: z.unknown().optional(),
  Compress: z.unknown().optional(),
  FunctionAssociations: z
    .array(z.strictObject({ EventType: z.literal('viewer-request'), FunctionARN: z.string() }))
    .default([]),
  OriginRequestPolicyId: z.string().optional(),
  PathPattern: z.string().optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  SmoothStreaming: z.unknown().optional(),
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.unknown().optional(),
});
type Behavior = z.infer<typeof Behavior>;

const Origin = z.object({
  DomainName: z.string(),
  Id: z.string(),
  OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.string() })).default([]),
  OriginPath: z.string().default(''),
});
type Origin = z.infer<typeof Origin>;

/** Two origins: the second one is asked for what the first one answers with one of the statuses. */
const OriginGroup = z.object({
  FailoverCriteria: z.object({ StatusCodes: z.object({ Items: z.array(z.number()) }) }),
  Id: z.string(),
  Members: z.object({ Items: z.tuple([z.object({ OriginId: z.string() }), z.object({ OriginId: z.string() })]) }),
});

const DistributionProperties = z.object({
  DistributionConfig: z.object({
    CacheBehaviors: z.array(Behavior).default([]),
    // An error page would stand in the place of the API's errors too (decision 30).
    CustomErrorResponses: z.undefined().optional(),
    DefaultCacheBehavior: Behavior,
    DefaultRootObject: z.string().default(''),
    Enabled: z.literal(true),
    OriginGroups: z.object({ Items: z.array(OriginGroup) }).default({ Items: [] }),
    Origins: z.array(Origin),
  }),
});

/** One behaviour, ready to serve. */
interface ServedBehavior {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
  readonly edge: EdgeFunction | undefined;
  readonly origin: HttpHandler;
  readonly finish: FinishAnswer;
}

/**
 * Serves a CloudFront distribution in front of the template's HTTP APIs and buckets: behaviours in order, what they pass on,
 * functions at the viewer's request, response headers. It caches nothing and compresses nothing.
 *
 * @param apis the HTTP APIs by the host name of their endpoint
 * @throws HostError when an origin is none of the template's own
 */
export function createDistribution(
  template: Template,
  distribution: Resource,
  apis: ReadonlyMap<string, HttpHandler>,
  repositoryDir: string,
): HttpHandler {
  const { DistributionConfig: config } = template.properties(distribution, DistributionProperties);
  const hosts = new Map([...apis, ...bucketHosts(template, repositoryDir)]);
  const origins = new Map(config.Origins.map((origin) => [origin.Id, serveOrigin(origin, hosts)]));
  for (const group of config.OriginGroups.Items) origins.set(group.Id, serveGroup(group, origins));
  const fallback = serve(template, config.DefaultCacheBehavior, origins);
  const behaviors = config.CacheBehaviors.map((behavior) => serve(template, behavior, origins));

  const behaviorFor = (path: string): ServedBehavior => behaviors.find(({ pattern }) => pattern.test(path)) ?? fallback;

  return async (request) => {
    // Behaviours are chosen by the path as the viewer sent it, before any function runs.
    const behavior = behaviorFor(request.path);
    if (!behavior.methods.includes(request.method))
      return messageAnswer(403, 'This distribution does not allow the method.');
    const sent =
      request.path === '/' && config.DefaultRootObject !== '' ? `/${config.DefaultRootObject}` : request.path;
    const edited = (await behavior.edge?.({ ...request, path: sent })) ?? { ...request, path: sent };
    if ('status' in edited) return behavior.finish(edited, request);
    return behavior.finish(conditional(await behavior.origin(edited), request), request);
  };
}

/** A distribution answers for what it could have cached: 304 to whoever has this very version. */
function conditional(answer: HttpAnswer, request: HttpRequest): HttpAnswer {
  const etag = answer.headers.get('etag')?.[0];
  const known = headerOf(request, 'if-none-match')?.split(/, */) ?? [];
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || answer.status !== 200 || etag === undefined || !known.includes(etag)) return answer;
  return { ...answer, status: 304, body: Buffer.alloc(0) };
}

/** An origin, asked for what a behaviour's policies pass on of a request. */
type ServedOrigin = (request: HttpRequest, forward: ReturnType<typeof readForwarding>) => Promise<HttpAnswer>;

function serveOrigin(
  { DomainName, OriginCustomHeaders, OriginPath }: Origin,
  hosts: ReadonlyMap<string, HttpHandler>,
): ServedOrigin {
  const host = hosts.get(DomainName);
  if (host === undefined) {
    throw new HostError(`The distribution’s origin ${DomainName} is neither an HTTP API nor a bucket of the template.`);
  }
  const added = OriginCustomHeaders.map(({ HeaderName, HeaderValue }): [string, string[]] => [
    HeaderName.toLowerCase(),
    [HeaderValue],
  ]);
  return async (request, forward) => {
    const forwarded = forward(request, DomainName);
    // A policy that passes the viewer's own host on: neither API Gateway nor S3 knows itself by that name.
    if (headerOf(forwarded, 'host') !== DomainName) return messageAnswer(403, 'Forbidden');
    const headers = new Map([...forwarded.headers, ...added]);
    return await host({ ...forwarded, path: OriginPath + forwarded.path, headers });
  };
}

/** @throws HostError when it names an origin that is not there */
function serveGroup(
  { FailoverCriteria, Members }: z.infer<typeof OriginGroup>,
  origins: ReadonlyMap<string, ServedOrigin>,
): ServedOrigin {
  const [first, second] = Members.Items.map(({ OriginId }) => originOf(origins, OriginId)) as [
    ServedOrigin,
    ServedOrigin,
  ];
  return async (request, forward) => {
    const answer = await first(request, forward);
    return FailoverCriteria.StatusCodes.Items.includes(answer.status) ? await second(request, forward) : answer;
  };
}

function originOf(origins: ReadonlyMap<string, ServedOrigin>, id: string): ServedOrigin {
  const origin = origins.get(id);
  if (origin === undefined) throw new HostError(`The distribution names an origin ${id}, which it does not have.`);
  return origin;
}

function serve(template: Template, behavior: Behavior, origins: ReadonlyMap<string, ServedOrigin>): ServedBehavior {
  const origin = originOf(origins, behavior.TargetOriginId);
  const forward = readForwarding(
    template,
    [behavior.CachePolicyId, behavior.OriginRequestPolicyId].filter((id) => id !== undefined),
  );
  return {
    pattern: patternOf(behavior.PathPattern ?? '*'),
    methods: behavior.AllowedMethods,
    edge: edgeFunctionOf(template, behavior),
    origin: (request) => origin(request, forward),
    finish: responseHeadersOf(template, behavior),
  };
}

const FunctionProperties = z.object({ FunctionCode: z.string() });

function edgeFunctionOf(
  template: Template,
  { FunctionAssociations: [association] }: Behavior,
): EdgeFunction | undefined {
  if (association === undefined) return undefined;
  const resource = template.byRef('AWS::CloudFront::Function', association.FunctionARN);
  if (resource === undefined) throw new HostError(`The CloudFront function ${association.FunctionARN} is not there.`);
  return createEdgeFunction(resource.logicalId, template.properties(resource, FunctionProperties).FunctionCode);
}

function responseHeadersOf(template: Template, { ResponseHeadersPolicyId: id }: Behavior): FinishAnswer {
  if (id === undefined) return (answer) => answer;
  const resource = template.byRef('AWS::CloudFront::ResponseHeadersPolicy', id);
  if (resource !== undefined) return readResponseHeaders(template, resource);
  throw new HostError(`The distribution names the response headers policy ${id}, which the local host does not know.`);
}

/** Both names under which a distribution may address a bucket. */
function bucketHosts(template: Template, repositoryDir: string): [string, HttpHandler][] {
  return template.ofType('AWS::S3::Bucket').flatMap((bucket): [string, HttpHandler][] => {
    const content = bucket.metadata[CONTENT_METADATA];
    if (typeof content !== 'string') return [];
    const name = template.ref(bucket);
    const handler = createBucket(join(repositoryDir, content));
    return [
      [`${name}.s3.amazonaws.com`, handler],
      [`${name}.s3.${bucket.stack.region}.amazonaws.com`, handler],
    ];
  });
}

/** `*` is any number of characters, `?` is one; case counts; a leading slash may be left out. */
function patternOf(pathPattern: string): RegExp {
  const rooted = /^[/*]/.test(pathPattern) ? pathPattern : `/${pathPattern}`;
  const source = rooted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
