import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { inject } from 'vitest';

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
 * media type or member fails the test.
 */
export async function call(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const { siteUrl } = inject('locator');
  document ??= fetch(`${siteUrl}/v1/openapi.json`).then((response) => response.json() as Promise<OpenApi>);
  const response = await fetch(`${siteUrl}${path}`, { ...init, method });
  const text = await response.text();
  const mediaType = response.headers.get('content-type')?.split(';')[0];
  const json: unknown = mediaType?.endsWith('json') && text !== '' ? JSON.parse(text) : undefined;
  const described = describedOperation(await document, method, path);
  if (described !== undefined && response.status !== 304) {
    check(await document, described, { key: `${method} ${described.path}`, status: response.status, mediaType, json });
  }
  return { status: response.status, headers: response.headers, text, json };
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
  answer: { key: string; status: number; mediaType: string | undefined; json: unknown },
): void {
  const { key, status, mediaType, json } = answer;
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
  if (!validate(json)) throw new Error(`${id}: ${ajv.errorsText(validate.errors)}`);
}
