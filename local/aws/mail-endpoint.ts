import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import type { Access } from '../iam/access.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { MailSending } from './mail-sending.ts';

export interface MailEndpoint extends LoopbackServer {
  /** From now on, mails are sent under these configuration sets. */
  use(sending: MailSending): void;
}

/** What the inbox drops, or does not check, of `SendEmail`. */
const SendEmail = z.object({
  ConfigurationSetName: z.string().optional(),
  Content: z.object({ Simple: z.object({ Subject: z.object({ Data: z.string() }) }).optional() }).default({}),
  Destination: z.object({ ToAddresses: z.array(z.string()).default([]) }).prefault({}),
  EmailTags: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  FromEmailAddress: z.string().default(''),
});
type SendEmail = z.infer<typeof SendEmail>;
const Taken = z.object({ MessageId: z.string() });

const SEND_PATH = '/v2/email/outbound-emails';
/** SES API reference, MessageTag. */
const TAG_TEXT = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * The functions' way to SES: every request goes on to the inbox. On the way it does what the inbox leaves out: policies have to grant it,
 * configuration sets have to exist, tags have to be ones that SES allows, and what is mailed to SES's mailbox simulator has its consequences.
 *
 * @param inboxUrl of the local stand-in for SES
 */
export async function startMailEndpoint(
  inboxUrl: string,
  access: Pick<Access, 'judge'>,
  onFault: (error: unknown) => void,
): Promise<MailEndpoint> {
  let sending: MailSending | undefined;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const body = await buffer(request);
    const email = request.method === 'POST' && path === SEND_PATH ? sendEmailOf(body) : undefined;
    const refusal = email && (accessRefusalOf(email, request.headers.authorization) ?? refusalOf(email));
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'content-type': 'application/json', 'x-amzn-errortype': refusal.type });
      response.end(JSON.stringify({ message: refusal.message }));
      return;
    }
    const takenAtMilliseconds = Date.now();
    const answer = await fetch(new URL(path, inboxUrl), {
      method: request.method ?? 'GET',
      headers: headersOf(request),
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(text);
    if (email?.ConfigurationSetName === undefined || !answer.ok) return;
    sending?.took({
      messageId: Taken.parse(JSON.parse(text)).MessageId,
      from: email.FromEmailAddress,
      to: email.Destination.ToAddresses,
      subject: email.Content.Simple?.Subject.Data ?? '',
      configurationSet: email.ConfigurationSetName,
      tags: email.EmailTags.map(({ Name, Value }) => ({ name: Name, value: Value })),
      takenAtMilliseconds,
    });
  }

  function accessRefusalOf({ FromEmailAddress, ConfigurationSetName }: SendEmail, authorization: string | undefined) {
    if (sending === undefined) return undefined;
    const requests = sending.accessRequests(FromEmailAddress, ConfigurationSetName);
    const refusal = access.judge(authorization, requests);
    return refusal && { status: 403, type: 'AccessDeniedException', message: refusal.message };
  }

  function refusalOf({ ConfigurationSetName: name, EmailTags }: SendEmail) {
    if (name !== undefined && sending?.knows(name) !== true) {
      return { status: 404, type: 'NotFoundException', message: `Configuration set <${name}> does not exist.` };
    }
    const isBad = EmailTags.some(({ Name, Value }) => !TAG_TEXT.test(Name) || !TAG_TEXT.test(Value));
    if (!isBad) return undefined;
    return { status: 400, type: 'BadRequestException', message: 'A tag holds a character that SES does not allow.' };
  }

  return {
    ...(await startLoopbackServer(serve, onFault)),
    use(next) {
      sending = next;
    },
  };
}

/** Those that the inbox looks at: it takes signed requests only. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const { authorization, 'content-type': contentType } = headers;
  return {
    ...(authorization !== undefined && { authorization }),
    ...(contentType !== undefined && { 'content-type': contentType }),
  };
}

/** What the inbox itself refuses is let through to it. */
function sendEmailOf(body: Buffer): SendEmail | undefined {
  try {
    return SendEmail.safeParse(JSON.parse(body.toString())).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
