import { inject } from 'vitest';

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const WITHIN_MS = 15_000;

/** All mails to an address so far. */
export async function mailsTo(address: string): Promise<ReceivedMail[]> {
  return (await mailsIn(inject('locator').mailUrl)).filter(({ to }) => to.includes(address));
}

/** All mails that an inbox has taken so far, in its order. */
export async function mailsIn(mailUrl: string): Promise<ReceivedMail[]> {
  const store = (await (await fetch(`${mailUrl}/store`)).json()) as {
    emails: {
      subject: string;
      destination: { to: string[] };
      body: { text: string; html?: string };
      headers?: { name: string; value: string }[];
    }[];
  };
  return store.emails.map(({ subject, destination, body, headers = [] }) => ({
    to: destination.to,
    subject,
    text: body.text,
    html: body.html,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
  }));
}

/** Waits for the first mail to an address that fits. @throws Error when none has come within 15 s */
export async function awaitMail(
  address: string,
  fits: (mail: ReceivedMail) => boolean = () => true,
): Promise<ReceivedMail> {
  return await until(`a mail to ${address}`, async () => (await mailsTo(address)).find(fits));
}

/** The token of the link in a mail. */
export function tokenIn(mail: ReceivedMail, purpose: 'confirm' | 'manage'): string {
  const token = new RegExp(`#${purpose}=([\\w.-]+)`).exec(mail.text)?.[1];
  if (token === undefined) throw new Error(`the mail has no ${purpose} link`);
  return token;
}

/** Asks again, a few times a second, until there is an answer. @throws Error when there is none within 15 s */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${WITHIN_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
