import * as z from 'zod';
import type { Resource } from '../template/assembly.ts';
import type { Template } from '../template/template.ts';
import type { HttpAnswer, HttpRequest } from './exchange.ts';

const Override = { Override: z.boolean() };
const Cors = z.object({
  AccessControlAllowCredentials: z.boolean(),
  AccessControlAllowHeaders: z.object({ Items: z.array(z.string()) }),
  AccessControlAllowMethods: z.object({ Items: z.array(z.string()) }),
  AccessControlAllowOrigins: z.object({ Items: z.tuple([z.literal('*')]) }),
  AccessControlExposeHeaders: z.object({ Items: z.array(z.string()) }).optional(),
  AccessControlMaxAgeSec: z.number().optional(),
  OriginOverride: z.boolean(),
});
const Policy = z.object({
  ResponseHeadersPolicyConfig: z.strictObject({
    Comment: z.unknown().optional(),
    CorsConfig: Cors.optional(),
    Name: z.unknown().optional(),
    SecurityHeadersConfig: z
      .strictObject({
        ContentSecurityPolicy: z.object({ ContentSecurityPolicy: z.string(), ...Override }).optional(),
        ContentTypeOptions: z.object(Override).optional(),
        FrameOptions: z.object({ FrameOption: z.string(), ...Override }).optional(),
        ReferrerPolicy: z.object({ ReferrerPolicy: z.string(), ...Override }).optional(),
        StrictTransportSecurity: z
          .object({
            AccessControlMaxAgeSec: z.number(),
            IncludeSubdomains: z.boolean().default(false),
            Preload: z.boolean().default(false),
            ...Override,
          })
          .optional(),
      })
      .optional(),
  }),
});
type Config = z.infer<typeof Policy>['ResponseHeadersPolicyConfig'];

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  /** Replaces the origin's own. */
  readonly override: boolean;
}

/** Makes of an origin's answer what the viewer gets. */
export type FinishAnswer = (answer: HttpAnswer, request: HttpRequest) => HttpAnswer;

/** Sets the headers of an `AWS::CloudFront::ResponseHeadersPolicy` on an answer. */
export function readResponseHeaders(template: Template, resource: Resource): FinishAnswer {
  const { ResponseHeadersPolicyConfig: config } = template.properties(resource, Policy);
  const set = securityHeaders(config.SecurityHeadersConfig ?? {});
  const cors = corsHeaders(config.CorsConfig);
  return (answer, request) => {
    const headers = new Map(answer.headers);
    // CORS headers are for requests that name their origin.
    for (const { name, value, override } of request.headers.has('origin') ? [...set, ...cors] : set) {
      if (override || !headers.has(name)) headers.set(name, [value]);
    }
    return { ...answer, headers };
  };
}

/** Those of an answer to anything but a preflight. */
function corsHeaders(config: Config['CorsConfig']): PolicyHeader[] {
  if (config === undefined) return [];
  const { AccessControlAllowOrigins: origins, AccessControlExposeHeaders: exposed, OriginOverride: override } = config;
  return [
    { name: 'access-control-allow-origin', value: origins.Items[0], override },
    ...(exposed ? [{ name: 'access-control-expose-headers', value: exposed.Items.join(','), override }] : []),
    ...(config.AccessControlAllowCredentials
      ? [{ name: 'access-control-allow-credentials', value: 'true', override }]
      : []),
  ];
}

function securityHeaders(config: NonNullable<Config['SecurityHeadersConfig']>): PolicyHeader[] {
  const headers: PolicyHeader[] = [];
  const add = (name: string, value: string, override: boolean): void => void headers.push({ name, value, override });
  const { ContentSecurityPolicy: csp, FrameOptions, ReferrerPolicy, StrictTransportSecurity: sts } = config;
  if (csp) add('content-security-policy', csp.ContentSecurityPolicy, csp.Override);
  if (config.ContentTypeOptions) add('x-content-type-options', 'nosniff', config.ContentTypeOptions.Override);
  if (FrameOptions) add('x-frame-options', FrameOptions.FrameOption, FrameOptions.Override);
  if (ReferrerPolicy) add('referrer-policy', ReferrerPolicy.ReferrerPolicy, ReferrerPolicy.Override);
  if (sts) {
    const parts = [`max-age=${sts.AccessControlMaxAgeSec}`];
    if (sts.IncludeSubdomains) parts.push('includeSubDomains');
    if (sts.Preload) parts.push('preload');
    add('strict-transport-security', parts.join('; '), sts.Override);
  }
  return headers;
}
