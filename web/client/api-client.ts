import type * as z from 'zod/mini';
import type { DealerAnswer, DealersAnswer, PlacesAnswer } from '../../shared/contract/dealers.ts';
import type { FormAnswer, InterestBody } from '../../shared/contract/interests.ts';
import type { Problem } from '../../shared/contract/problem.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { RequestFailure } from './failure.ts';

export type DealersFound = z.output<typeof DealersAnswer>;
export type FoundDealer = DealersFound['dealers'][number];
export type Place = z.output<typeof PlacesAnswer>['places'][number];
export type InterestForm = z.output<typeof FormAnswer>;

/** What `GET /v1/dealers` is asked. */
export interface DealerSearch {
  /** A ZIP, `lat,lng` or `City, ST`. */
  readonly near: string;
  /** 1 to 500, in `unit`. */
  readonly radius: number;
  readonly unit: 'mi' | 'km';
  readonly model?: string;
}

/** Every request must be answered in whole within this; a phone on a weak signal takes seconds. */
const TIMEOUT_MILLISECONDS = 20_000;

/** From then on the person who waits is told that it is slow. */
export const SLOW_MILLISECONDS = 4_000;

/** As many stores as a list shows; when so many come, there may be more. */
export const MOST_STORES = 10;

/**
 * The API as the browser calls it. Answers are taken as the contract types them, unchecked here: the schemas would weigh
 * more than the widget, and the API's own tests hold its answers against them.
 *
 * Every method throws RequestFailure, or the signal's reason when the caller gave it up.
 */
export class ApiClient {
  readonly #base: string;

  /** @param base where the API lives, e.g. `https://alpine.example`; a path behind it is kept */
  constructor(base: string) {
    this.#base = base.replace(/\/+$/, '');
  }

  findDealers(search: DealerSearch, signal: AbortSignal): Promise<DealersFound> {
    const query = new URLSearchParams({ near: search.near, radius: String(search.radius), unit: search.unit });
    query.set('limit', String(MOST_STORES));
    if (search.model !== undefined) query.set('model', search.model);
    return this.answer(`/v1/dealers?${query}`, { signal });
  }

  async findPlaces(text: string, signal: AbortSignal): Promise<readonly Place[]> {
    const query = new URLSearchParams({ q: text });
    const { places } = await this.answer<z.output<typeof PlacesAnswer>>(`/v1/places?${query}`, { signal });
    return places;
  }

  /** A store by its id; `undefined` when it is not listed, or not any more. */
  async getDealer(dealerId: string): Promise<z.output<typeof DealerAnswer> | undefined> {
    try {
      return await this.answer(`/v1/dealers/${encodeURIComponent(dealerId)}`, {});
    } catch (error) {
      if (error instanceof RequestFailure && error.problem?.status === 404) return undefined;
      throw error;
    }
  }

  getForm(locale: Locale, signal?: AbortSignal): Promise<InterestForm> {
    return this.answer(`/v1/form?locale=${locale}`, signal === undefined ? {} : { signal });
  }

  /** @param idempotencyKey the same for every try of the same content: the API then acts once */
  async submitInterest(body: InterestBody, idempotencyKey: string): Promise<void> {
    await this.request('/v1/interests', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(body),
    });
  }

  protected async answer<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const response = await this.request(path, init);
    const answer: Answer = await response.json().catch(() => {
      throw new RequestFailure('unreachable');
    });
    return answer;
  }

  protected async request(path: string, init: RequestInit): Promise<Response> {
    const response = await fetchWhole(this.#base + path, { ...init, credentials: 'omit' });
    if (response.ok) return response;
    const problem = await problemOf(response);
    throw new RequestFailure(kindOfStatus(response.status) ?? (problem ? 'refused' : 'server'), problem, response);
  }
}

/**
 * Fetches an answer to its last byte, within the time that every request has.
 *
 * @throws RequestFailure `unreachable`, `slow`; the signal's reason when the caller gave it up
 */
export async function fetchWhole(url: string | URL, init: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  try {
    const response = await fetch(url, { ...init, signal });
    // To read a copy brings the body in; the answer itself can still be read.
    await response.clone().arrayBuffer();
    return response;
  } catch {
    init.signal?.throwIfAborted();
    throw new RequestFailure(timeout.aborted ? 'slow' : 'unreachable');
  }
}

/** What a status tells of itself, whoever gave it: `undefined` when it needs the API's own words. */
export function kindOfStatus(status: number): 'busy' | 'server' | undefined {
  if (status === 429) return 'busy';
  return status >= 500 ? 'server' : undefined;
}

/** What the API said, when the answer is its own and whole, and not some proxy's page. */
async function problemOf(response: Response): Promise<Problem | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  const problem: Problem | undefined = await response.json().catch(() => undefined);
  return problem;
}
