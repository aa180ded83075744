import type { Functions } from '../aws/functions.ts';
import { HostError } from '../host-error.ts';
import type { Template } from '../template/template.ts';
import { createDistribution } from './distribution.ts';
import { type HttpHandler, headerOf } from './exchange.ts';
import { createHttpApi } from './http-api.ts';

export interface FrontDoor {
  readonly answer: HttpHandler;
  /** Names under which the template's HTTP APIs can be called around the distribution, by the `host` header. */
  readonly apiHosts: readonly string[];
}

/**
 * What answers at the site's address: the template's distribution, or its HTTP API where there is none. A request whose `host` is
 * the API's own name goes to it directly, as anyone can send one in AWS.
 *
 * @throws HostError when the template has several of them, or none
 */
export function createFrontDoor(
  template: Template,
  functions: Pick<Functions, 'invoke'>,
  repositoryDir: string,
  log: (text: string) => void,
): FrontDoor {
  const apis = new Map<string, HttpHandler>();
  for (const api of template.ofType('AWS::ApiGatewayV2::Api')) {
    const host = `${template.ref(api)}.execute-api.${api.stack.region}.amazonaws.com`;
    apis.set(host, createHttpApi(template, api, functions, log));
  }
  const [distribution, ...others] = template.ofType('AWS::CloudFront::Distribution');
  if (others.length > 0) throw new HostError('The template has several distributions: the local host serves one.');
  if (distribution !== undefined) {
    const site = createDistribution(template, distribution, apis, repositoryDir);
    return {
      answer: (request) => (apis.get(headerOf(request, 'host') ?? '') ?? site)(request),
      apiHosts: [...apis.keys()],
    };
  }
  const [api] = apis.values();
  if (api === undefined || apis.size > 1) {
    throw new HostError(`The template has ${apis.size} HTTP APIs and no distribution: there is nothing to serve.`);
  }
  return { answer: api, apiHosts: [...apis.keys()] };
}
