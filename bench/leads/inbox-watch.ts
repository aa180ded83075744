import { setTimeout as delay } from 'node:timers/promises';

/** How often the inbox is looked at: no mail is seen earlier than it came, and about so much later at most. */
export const LOOK_MILLISECONDS = 20;
const ARRIVES_WITHIN_MS = 180_000;
/** The inbox stamps mails with whole seconds. */
const LOOK_BACK_SECONDS = 2;
const BUYER = /buyer-\d{6}@mail\.example\.com/;

interface StoredMail {
  readonly messageId: string;
  readonly destination: { readonly to: readonly string[] };
  readonly body: { readonly text?: string };
}

/** Watches the local inbox: which mail about which buyer came when. */
export class InboxWatch {
  readonly #mailUrl: string;
  readonly #seen = new Set<string>();
  readonly #arrivals = new Map<string, number[]>();
  readonly #confirmTokens = new Map<string, string>();
  #stopped = false;
  readonly #watching: Promise<void>;

  constructor(mailUrl: string) {
    this.#mailUrl = mailUrl;
    this.#watching = this.#watch();
    // Told by whoever waits, or by stop.
    this.#watching.catch(() => {});
  }

  /** When the first, or so many-th, mail to an address about a buyer was seen, by `performance.now`; `undefined` until then. */
  arrivedAt(to: string, buyer: string, nth = 1): number | undefined {
    return this.#arrivals.get(`${to} ${buyer}`)?.[nth - 1];
  }

  /** The same, but waits. @throws Error when none comes within three minutes */
  async awaitMail(to: string, buyer: string, nth = 1): Promise<number> {
    const deadline = performance.now() + ARRIVES_WITHIN_MS;
    for (;;) {
      const at = this.arrivedAt(to, buyer, nth);
      if (at !== undefined) return at;
      if (performance.now() > deadline) throw new Error('a mail has not come within three minutes');
      await Promise.race([delay(LOOK_MILLISECONDS), this.#watching]);
    }
  }

  /** The token of the mail that asks a buyer to confirm. @throws Error as above */
  async awaitConfirmToken(buyer: string): Promise<string> {
    await this.awaitMail(buyer, buyer);
    const token = this.#confirmTokens.get(buyer);
    if (token === undefined) throw new Error('a first mail asks nobody to confirm');
    return token;
  }

  /** @throws Error when the inbox could not be looked at */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    let lookedAtSeconds = Math.floor(Date.now() / 1000);
    while (!this.#stopped) {
      const since = lookedAtSeconds - LOOK_BACK_SECONDS;
      lookedAtSeconds = Math.floor(Date.now() / 1000);
      const response = await fetch(`${this.#mailUrl}/store?since=${since}`);
      const { emails } = (await response.json()) as { emails: readonly StoredMail[] };
      for (const mail of emails) this.#note(mail);
      await delay(LOOK_MILLISECONDS);
    }
  }

  #note({ messageId, destination, body: { text = '' } }: StoredMail): void {
    if (this.#seen.has(messageId)) return;
    this.#seen.add(messageId);
    const [to = ''] = destination.to;
    // A buyer's own mails need not repeat the address.
    const buyer = BUYER.exec(to)?.[0] ?? BUYER.exec(text)?.[0];
    if (buyer === undefined) return;
    const token = /#confirm=([\w.-]+)/.exec(text)?.[1];
    if (token !== undefined) this.#confirmTokens.set(buyer, token);
    const name = `${to} ${buyer}`;
    this.#arrivals.set(name, [...(this.#arrivals.get(name) ?? []), performance.now()]);
  }
}
