import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { stopServer, urlOf } from '../../local/loopback-server.ts';
import { deliveryOfTags } from '../../shared/mail-feedback/delivery-tags.ts';

/** A mail that was taken, whether or not its sender learned it. */
export interface TakenMail {
  readonly to: string;
  readonly text: string;
  /** By the tags that SES would tell with a bounce: `lead#<id>/<channel>` or `mail#<id>/<channel>`. */
  readonly delivery: string;
}

/** As much of SES's SendEmail as is read here. */
interface SentEmail {
  readonly Destination: { readonly ToAddresses: readonly string[] };
  readonly EmailTags: readonly { readonly Name: string; readonly Value: string }[];
  readonly Content: { readonly Simple: { readonly Body: { readonly Text: { readonly Data: string } } } };
}

/**
 * Stands in for SES and for a store's CRM: takes, refuses and breaks off, and keeps what it took, which no restart of the stack
 * makes it forget.
 */
export class MailTaker {
  readonly mailUrl: string;
  readonly webhookUrl: string;
  readonly mails: TakenMail[] = [];
  /** Ids of webhooks that were taken. */
  readonly webhooks: string[] = [];
  refusals = 0;
  /** Of all mails and webhooks. */
  faultShare = 0;
  readonly #servers: readonly Server[];
  readonly #random: () => number;

  private constructor(mail: Server, crm: Server, random: () => number) {
    this.#servers = [mail, crm];
    this.#random = random;
    this.mailUrl = urlOf(mail);
    this.webhookUrl = `${urlOf(crm)}/leads`;
    mail.on('request', async (request, response) => {
      const email = (await json(request)) as SentEmail;
      this.#decide(response, 'TooManyRequestsException', () => this.#take(email));
    });
    crm.on('request', async (request, response) => {
      await text(request);
      this.#decide(response, 'Busy', () => {
        this.webhooks.push(String(request.headers['webhook-id']));
      });
    });
  }

  static async start(random: () => number): Promise<MailTaker> {
    const servers = [createServer().listen(0, '127.0.0.1'), createServer().listen(0, '127.0.0.1')] as const;
    await Promise.all(servers.map((server) => once(server, 'listening')));
    return new MailTaker(servers[0], servers[1], random);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map(stopServer));
  }

  /** Of the links to confirm that were mailed to an address, the newest first. */
  confirmTokensTo(address: string): readonly string[] {
    return this.mails
      .filter(({ to }) => to === address)
      .flatMap(({ text: words }) => /#confirm=([\w.-]+)/.exec(words)?.[1] ?? [])
      .toReversed();
  }

  #take({ Destination, EmailTags, Content }: SentEmail): void {
    const [to = ''] = Destination.ToAddresses;
    const named = deliveryOfTags(Object.fromEntries(EmailTags.map(({ Name, Value }) => [Name, [Value]])));
    const delivery = named === undefined ? 'none' : `${named.group}/${named.channel}`;
    this.mails.push({ to, text: Content.Simple.Body.Text.Data, delivery });
  }

  #decide(response: ServerResponse, refusal: string, take: () => void): void {
    const headers = { 'content-type': 'application/json' };
    const isFault = this.#random() < this.faultShare;
    if (isFault) this.refusals += 1;
    const kind = isFault ? Math.floor(this.#random() * 4) : undefined;
    if (kind === 0) response.writeHead(429, { ...headers, 'x-amzn-errortype': refusal }).end('{}');
    else if (kind === 1) response.writeHead(500, { ...headers, 'x-amzn-errortype': 'InternalFailure' }).end('{}');
    else if (kind === 2) response.destroy();
    else {
      take();
      if (kind === 3) response.destroy();
      else response.writeHead(200, headers).end(JSON.stringify({ MessageId: randomUUID() }));
    }
  }
}
