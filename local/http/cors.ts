import * as z from 'zod';
import { type HttpAnswer, type HttpRequest, headerOf } from './exchange.ts';

export const CorsConfiguration = z.strictObject({
  AllowCredentials: z.boolean().default(false),
  AllowHeaders: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowOrigins: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  MaxAge: z.number().optional(),
});
export type CorsConfiguration = z.infer<typeof CorsConfiguration>;

/** Whether the gateway answers this request itself, before any route. */
export function isPreflight(request: HttpRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.has('origin') &&
    request.headers.has('access-control-request-method')
  );
}

/** 204 in any case; a browser goes on only when the headers allow it. */
export function preflightAnswer(request: HttpRequest, cors: CorsConfiguration): HttpAnswer {
  const headers = new Map<string, readonly string[]>();
  const origin = allowedOrigin(request, cors);
  if (origin !== undefined) {
    headers.set('access-control-allow-origin', [origin]);
    if (cors.AllowHeaders.length > 0) headers.set('access-control-allow-headers', [cors.AllowHeaders.join(',')]);
    if (cors.AllowMethods.length > 0) headers.set('access-control-allow-methods', [cors.AllowMethods.join(',')]);
    if (cors.MaxAge !== undefined) headers.set('access-control-max-age', [String(cors.MaxAge)]);
    if (cors.AllowCredentials) headers.set('access-control-allow-credentials', ['true']);
  }
  return { status: 204, headers, body: Buffer.alloc(0) };
}

/** The gateway's CORS headers take the place of those that a function set. */
export function withCors(answer: HttpAnswer, request: HttpRequest, cors: CorsConfiguration): HttpAnswer {
  const headers = new Map([...answer.headers].filter(([name]) => !name.startsWith('access-control-')));
  const origin = allowedOrigin(request, cors);
  if (origin !== undefined) {
    headers.set('access-control-allow-origin', [origin]);
    if (cors.ExposeHeaders.length > 0) headers.set('access-control-expose-headers', [cors.ExposeHeaders.join(',')]);
    if (cors.AllowCredentials) headers.set('access-control-allow-credentials', ['true']);
  }
  return { ...answer, headers };
}

function allowedOrigin(request: HttpRequest, cors: CorsConfiguration): string | undefined {
  const origin = headerOf(request, 'origin');
  if (origin === undefined) return undefined;
  if (cors.AllowOrigins.includes(origin)) return origin;
  return cors.AllowOrigins.includes('*') ? '*' : undefined;
}
