import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type ChainOptions, httpHandler } from '../../shared/http/api.ts';
import { problemJson } from '../../shared/http/middleware.ts';
import { pagePolicy } from '../../shared/http/page-policy.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { localeOfPath } from './page-address.ts';
import { layOutPage, type Page, type PageSite } from './page-layout.ts';
import { type Missing, problemPage } from './problem-page.ts';

export interface PageRequest {
  readonly locale: Locale;
  /** The store's id in the path, decoded; empty when the route has none. */
  readonly dealerId: string;
  /** Parameters that are not ours are passed over: links are shared with all sorts of them. */
  readonly query: URLSearchParams;
}

const HTML = 'text/html; charset=utf-8';

/** A page, which may be a refusal all the same: a search for a place that nobody knows. */
type PageAnswer = Page & { readonly status?: 200 | 400 | 404 };

/**
 * The handler of a page: the chain of the API's answers, with the policy of pages, and with errors as pages.
 * @param missing what a 404 speaks of
 */
export function pageHandler(
  site: PageSite,
  answer: (request: PageRequest) => Promise<PageAnswer>,
  missing: Missing = 'page',
) {
  return httpHandler(
    async (event) => {
      const page = await answer({
        locale: localeOfPath(event.rawPath),
        dealerId: event.pathParameters?.['dealerId'] ?? '',
        query: new URLSearchParams(event.rawQueryString),
      });
      return { statusCode: page.status ?? 200, headers: { 'content-type': HTML }, body: layOutPage(page, site) };
    },
    pageChain(site, missing),
  );
}

/** The handler of a text for search engines. */
export function crawlerHandler(
  site: PageSite,
  answer: (path: string) => Promise<{ readonly contentType: string; readonly body: string }>,
) {
  return httpHandler(
    async (event) => {
      const { contentType, body } = await answer(event.rawPath);
      return { statusCode: 200, headers: { 'content-type': contentType }, body };
    },
    pageChain(site, 'page'),
  );
}

/** What is common to all pages of a site. */
export function pageChain(site: PageSite, missing: Missing): ChainOptions {
  return {
    cache: 'public',
    contentSecurityPolicy: pagePolicy(site.origin),
    tellProblem: (problem, event) =>
      isApiPath(event)
        ? problemJson(problem, event)
        : {
            contentType: HTML,
            body: layOutPage(
              problemPage(problem.status, missing, event.requestContext.requestId, localeOfPath(event.rawPath)),
              site,
            ),
          },
  };
}

/** Whether a program asked, not a person. */
function isApiPath({ rawPath }: APIGatewayProxyEventV2): boolean {
  return rawPath === '/v1' || rawPath.startsWith('/v1/');
}
