import type { LeadsAnswer } from '../../shared/contract/leads.ts';
import { ApiClient } from '../client/api-client.ts';
import { RequestFailure } from '../client/failure.ts';
import type { InterestCounts, SearchCounts } from './counts.ts';
import { type OidcSession, SessionEnded } from './oidc-session.ts';

export type LeadSummary = NonNullable<LeadsAnswer['summary']>;

/** A file to be saved. */
export interface CsvFile {
  readonly name: string;
  readonly contents: Blob;
}

/**
 * The API as the dashboard calls it: with the token of whoever is signed in, renewed once when the API says that it has
 * ended. Every method throws RequestFailure or SessionEnded, or the signal's reason.
 */
export class DashboardClient extends ApiClient {
  readonly #session: OidcSession;

  constructor(base: string, session: OidcSession) {
    super(base);
    this.#session = session;
  }

  countInterests(query: URLSearchParams, signal: AbortSignal): Promise<InterestCounts> {
    return this.answer(pathOf('/v1/interest-counts', query), { signal });
  }

  countSearches(query: URLSearchParams, signal: AbortSignal): Promise<SearchCounts> {
    return this.answer(pathOf('/v1/search-counts', query), { signal });
  }

  /** The last 30 days by store. */
  async summarizeLeads(signal: AbortSignal): Promise<LeadSummary> {
    const { summary } = await this.answer<LeadsAnswer>('/v1/leads', { signal });
    if (summary === null) throw new RequestFailure('server');
    return summary;
  }

  /** The names of the models, by id. */
  async nameModels(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { models } = await this.getForm('en-US', signal);
    return Object.fromEntries(models.map(({ id, name }) => [id, name]));
  }

  /** The rows of a count as a file that a spreadsheet opens with its leading zeros. @param path with its query */
  async fetchCsv(path: string): Promise<CsvFile> {
    const response = await this.request(path, { headers: { accept: 'text/csv;dialect=spreadsheet' } });
    // An API that knows no CSV answers as if nothing had been asked.
    if (!response.headers.get('content-type')?.startsWith('text/csv')) {
      throw new RequestFailure('server', undefined, response);
    }
    const contents = await response.blob();
    const named = /filename="?([^";]+)"?/.exec(response.headers.get('content-disposition') ?? '')?.[1];
    return { name: named ?? `${path.replace(/^\/v1\//, '').replace(/\?.*$/, '')}.csv`, contents };
  }

  protected override async request(path: string, init: RequestInit): Promise<Response> {
    // The form is everyone's.
    if (path.startsWith('/v1/form')) return super.request(path, init);
    try {
      return await super.request(path, authorized(init, await this.#session.accessToken()));
    } catch (error) {
      if (!(error instanceof RequestFailure) || error.status !== 401) throw error;
    }
    try {
      return await super.request(path, authorized(init, await this.#session.renew()));
    } catch (error) {
      if (!(error instanceof RequestFailure) || error.status !== 401) throw error;
      // A token that is new and yet refused: another sign-in is the person's to decide on.
      throw new SessionEnded({ cause: error });
    }
  }
}

/** @returns the path of a count, as it is asked for */
export function pathOf(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function authorized(init: RequestInit, token: string): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` } };
}
