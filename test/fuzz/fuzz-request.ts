import type { Route } from '../../shared/contract/operations.ts';

/** What an answer has to be, beyond what every answer has to be. */
export interface Expectation {
  /** One of these; any that the operation's document names unless told. */
  readonly statuses?: readonly number[];
  /** Pointer of the field that a 400 has to name: `?radius`, `#/email`. */
  readonly names?: string;
  /** What is in front of the operations may answer by itself, as HTTP servers do: it is no HTTP, or no path of ours. */
  readonly outside?: true;
}

/** A request byte by byte, as the generators make it, and what may come of it. */
export interface FuzzRequest {
  readonly route: Route;
  /** What is odd about it, in a few words. */
  readonly label: string;
  readonly method: string;
  /** As it stands on the request line. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer;
  /** When it is not the body's: the sender goes away in the middle. */
  readonly contentLength?: number;
  readonly expects: Expectation;
}

/** A command that sends the same bytes again. */
export function curlOf({ method, target, headers, body }: FuzzRequest, siteUrl: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = [
    'curl -isS --path-as-is',
    `-X ${quoted(method)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : ['--data-binary @-']),
    quoted(`${siteUrl}${target}`),
  ];
  const curl = parts.join(' ');
  return body === undefined ? curl : `base64 -d <<< ${body.toString('base64')} | ${curl}`;
}
