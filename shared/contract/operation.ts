import type * as z from 'zod/mini';

/** The credential an operation asks for. */
export type Security = 'public' | 'manage-token' | 'oidc-counts' | 'oidc-leads';

/** One operation of the API: what it takes and what it answers. */
export interface Operation {
  readonly summary: string;
  readonly security: Security;
  /** Without one, every query parameter is refused. */
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  /** The body is a form, in either of its media types; JSON unless told. */
  readonly form?: true;
  /** Name of the one path parameter. */
  readonly pathParameter?: string;
  readonly idempotencyKey?: true;
  /** What may be told to shared caches, and is answered 304 to whoever has it already; everything else is `no-store`. */
  readonly cache?: 'public';
  /** Status of success, and its schema by media type; the first one is the default. Empty: no body. */
  readonly success: { readonly status: 200 | 202 | 204; readonly content: Readonly<Record<string, z.ZodMiniType>> };
  /** The refusals it can answer with, besides 405, 500 and 503, which any can. */
  readonly refusals: readonly (400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429)[];
}

export const json = <S extends z.ZodMiniType>(schema: S) => ({ 'application/json': schema });
