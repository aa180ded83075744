import { appendFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { inject } from 'vitest';
import { dataOfAnswer, dataOfRequest, type SentDatum } from './sent-data.ts';

interface Media {
  readonly schema: object;
}
interface Described {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: object;
}

export interface CallParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** This machine's own address that the call comes from, 127.0.0.1 unless told: what limits count. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

let document: Promise<OpenApi> | undefined;
const validators = new Map<string, ValidateFunction>();
const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

/**
 * Calls the running API, and holds every answer against the OpenAPI document that it publishes itself: an undocumented status,
 * media type or member fails the test. What it sends of people is noted; the run fails at its end when a log repeats it.
 */
export async function call(method: string, path: string, parts: CallParts = {}): Promise<Answer> {
  const { siteUrl } = inject('locator');
  document ??= fetch(`${siteUrl}/v1/openapi.json`).then((response) => response.json() as Promise<OpenApi>);
  const url = new URL(path, siteUrl);
  const { headers = {}, body, from } = parts;
  noteSent(dataOfRequest({ query: url.searchParams, headers, body, from }));
  const { status, headers: answered, text } = await send(method, url, parts);
  const mediaType = answered.get('content-type')?.split(';')[0];
  const json: unknown = mediaType?.endsWith('json') && text !== '' ? JSON.parse(text) : undefined;
  noteSent(dataOfAnswer(json));
  const described = describedOperation(await document, method, path);
  if (described !== undefined) {
    const value = mediaType?.endsWith('json') ? json : text;
    check(await document, described, { key: `${method} ${described.path}`, status, mediaType, value });
  }
  return { status, headers: answered, text, json };
}

/** Notes what no log may repeat. `call` does so by itself; a browser's visitor cannot. */
export function noteSent(data: readonly SentDatum[]): void {
  if (data.length === 0) return;
  appendFileSync(inject('locator').sentFile, data.map((datum) => `${JSON.stringify(datum)}\n`).join(''));
}

/** `fetch` cannot choose the address that it comes from. */
async function send(method: string, url: URL, { headers = {}, body, from }: CallParts): Promise<Omit<Answer, 'json'>> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // A connection of its own for every other address: nobody would use it again.
  const own = from === undefined ? {} : { localAddress: from, agent: false as const };
  const request = httpRequest(url, { method, headers, ...own }, resolve);
  request.on('error', (error) => {
    const isMissing = 'code' in error && error.code === 'EADDRNOTAVAIL';
    reject(
      isMissing
        ? new Error(`this system lacks ${from}; on macOS: sudo ifconfig lo0 alias ${from}`, { cause: error })
        : error,
    );
  });
  request.end(body);
  const response = await promise;
  const answered = new Headers();
  for (const [name, values = []] of Object.entries(response.headersDistinct)) {
    for (const value of values) answered.append(name, value);
  }
  return { status: response.statusCode ?? 0, headers: answered, text: await textOf(response) };
}

function describedOperation(openApi: OpenApi, method: string, path: string) {
  const [pathname = ''] = path.split('?');
  for (const [template, methods] of Object.entries(openApi.paths)) {
    const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const operation = methods[method.toLowerCase()];
    if (operation !== undefined && pattern.test(pathname)) return { path: template, operation };
  }
  return undefined;
}

function check(
  openApi: OpenApi,
  { operation }: { operation: Described },
  answer: { key: string; status: number; mediaType: string | undefined; value: unknown },
): void {
  const { key, status, mediaType, value } = answer;
  const described = operation.responses[status] ?? (status >= 500 ? operation.responses['default'] : undefined);
  if (described === undefined) throw new Error(`${key} answered ${status}, which its document does not name`);
  // The gateway's own 401 and 403 have a body of its own.
  if (described.content === undefined || (mediaType === 'application/json' && (status === 401 || status === 403)))
    return;
  const media = mediaType === undefined ? undefined : described.content[mediaType];
  if (media === undefined)
    throw new Error(`${key} answered ${status} as ${mediaType}, which its document does not name`);
  const id = `${key} ${status} ${mediaType}`;
  const validate = validators.get(id) ?? ajv.compile({ ...media.schema, components: openApi.components });
  validators.set(id, validate);
  if (!validate(value)) throw new Error(`${id}: ${ajv.errorsText(validate.errors)}`);
}
