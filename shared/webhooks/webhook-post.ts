/** A webhook as it is posted. */
export interface WebhookPost {
  readonly url: string;
  /** Those of `webhookHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  /** Sent in UTF-8. */
  readonly body: string;
}

/**
 * How a post ended. Only 2xx is `delivered`. `gone`: 410, the endpoint wants no more. `failed`: its address is one that is never
 * connected to; nothing was sent. All else is `retry`: Standard Webhooks tells no failure that lasts from one that passes.
 * `reason` is of our own words: never the address, the URL or a word of the answer but its status.
 */
export type WebhookResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      /** Set when it was sent, and nobody knows whether the endpoint has taken it. */
      readonly unanswered?: true;
      /** What the endpoint asked for, 1 to 86,400; wait at least so long. */
      readonly retryAfterSeconds?: number;
    };
