import type { Locale } from '../../shared/launch/launch.ts';
import type { ApiClient, InterestForm } from './api-client.ts';

/** The API takes a form back for 24 hours; one that has half of them left is good for a person to fill in. */
const FRESH_MILLISECONDS = 12 * 3_600_000;

/** The form with its models, wording and token, asked for once for all who need it. */
export class FormSource {
  readonly #client: ApiClient;
  readonly #locale: Locale;
  #form: Promise<InterestForm> | undefined;
  #since = 0;

  constructor(client: ApiClient, locale: Locale) {
    this.#client = client;
    this.#locale = locale;
  }

  /** The form that is there, or a new one. @throws RequestFailure; the next call tries again */
  get(): Promise<InterestForm> {
    if (this.#form !== undefined && this.ageMilliseconds < FRESH_MILLISECONDS) return this.#form;
    return this.renew();
  }

  /** A new form. @throws RequestFailure; the next call tries again */
  async renew(): Promise<InterestForm> {
    this.#since = performance.now();
    const form = this.#client.getForm(this.#locale);
    this.#form = form;
    try {
      const answer = await form;
      this.#since = performance.now();
      return answer;
    } catch (error) {
      if (this.#form === form) this.#form = undefined;
      throw error;
    }
  }

  /** How long ago the form came. */
  get ageMilliseconds(): number {
    return performance.now() - this.#since;
  }
}
