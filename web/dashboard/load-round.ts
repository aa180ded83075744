import type { CountName, GroupKey, InterestCounts, SearchCounts } from './counts.ts';
import { type DashboardClient, type LeadSummary, pathOf } from './dashboard-client.ts';
import { type DayRange, daysOf } from './day-range.ts';
import type { View } from './view.ts';

/** `standing`: all days up to the range's end, so that `active` is what stands. `during`: the range's days alone. */
export type Span = 'standing' | 'during';

/** What of the API a round asks. */
export type CountsSource = Pick<DashboardClient, 'countInterests' | 'countSearches' | 'summarizeLeads'>;

/** One look at the counts: every picture of it is asked for with the same view, and what two ask for is fetched once. */
export class LoadRound {
  readonly view: View;
  /** UTC, at the round's beginning. */
  readonly today: string;
  readonly signal: AbortSignal;
  readonly #client: CountsSource;
  readonly #answers = new Map<string, Promise<InterestCounts>>();
  #asOf: string | undefined;

  constructor(view: View, today: string, signal: AbortSignal, client: CountsSource) {
    this.view = view;
    this.today = today;
    this.signal = signal;
    this.#client = client;
  }

  /** The same round with nothing fetched yet. */
  again(): LoadRound {
    return new LoadRound(this.view, this.today, this.signal, this.#client);
  }

  /** The range's days. */
  get days(): DayRange {
    return daysOf(this.view.range, this.today);
  }

  /** The earliest `asOf` of all answers so far: everything committed before is in each of them. */
  get asOf(): string | undefined {
    return this.#asOf;
  }

  /** What the chosen measure covers: reservations that stand, or events of the range. */
  get span(): Span {
    return this.view.measure === 'active' ? 'standing' : 'during';
  }

  get measure(): CountName {
    return this.view.measure;
  }

  /** The address of a count, as the view filters it. */
  countsPath(by: readonly GroupKey[], span: Span, days: DayRange = this.days): string {
    return pathOf('/v1/interest-counts', this.#query(by, span, days));
  }

  /** Likewise of searches, which know nothing but days and state. */
  searchesPath(by: readonly ('state' | 'distance-band')[]): string {
    return pathOf('/v1/search-counts', this.#searchQuery(by));
  }

  countInterests(by: readonly GroupKey[], span: Span, days: DayRange = this.days): Promise<InterestCounts> {
    const query = this.#query(by, span, days);
    const key = query.toString();
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#client.countInterests(query, this.signal).then((counts) => this.#note(counts));
      this.#answers.set(key, answer);
    }
    return answer;
  }

  async countSearches(by: readonly ('state' | 'distance-band')[]): Promise<SearchCounts> {
    return this.#note(await this.#client.countSearches(this.#searchQuery(by), this.signal));
  }

  summarizeLeads(): Promise<LeadSummary> {
    return this.#client.summarizeLeads(this.signal);
  }

  #query(by: readonly GroupKey[], span: Span, { from, to }: DayRange): URLSearchParams {
    const query = new URLSearchParams();
    if (by.length > 0) query.set('by', by.join(','));
    if (from !== undefined && span === 'during') query.set('from', from);
    if (to !== undefined) query.set('to', to);
    for (const [name, value] of Object.entries(this.view.filters)) query.set(name, value);
    return query;
  }

  #searchQuery(by: readonly string[]): URLSearchParams {
    const query = new URLSearchParams({ by: by.join(',') });
    const { from, to } = this.days;
    if (from !== undefined) query.set('from', from);
    if (to !== undefined) query.set('to', to);
    if (this.view.filters.state !== undefined) query.set('state', this.view.filters.state);
    return query;
  }

  #note<Answer extends { readonly asOf: string }>(answer: Answer): Answer {
    if (this.#asOf === undefined || answer.asOf < this.#asOf) this.#asOf = answer.asOf;
    return answer;
  }
}
