import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startMail } from '../../local/mail.ts';
import { MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { sesMailer } from '../../shared/runtime/mailer.ts';
import { everyMail } from './sample-mails.ts';

const closing: (() => unknown)[] = [];
beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

const TAGS = { group: 'mail_2f0c', channel: 'receipt-mail' };
const mailer = (answerMilliseconds = 10_000) =>
  sesMailer({ from: 'from@alpine.example', configurationSet: 'locator-mail', answerMilliseconds });

const receipt = everyMail().get('receipt en-US');
if (receipt === undefined) throw new Error('no receipt');

/** A stand-in for SES that answers as told, and never is asked more than once. */
async function answering(
  answer: (response: ServerResponse) => void,
): Promise<{ asked(): number; readonly bodies: Record<string, unknown>[] }> {
  let asked = 0;
  const bodies: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    asked += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { asked: () => asked, bodies };
}

async function refusalOf(answerMilliseconds?: number): Promise<MailRefused> {
  const refusal = await mailer(answerMilliseconds)(
    'buyer@example.com',
    receipt ?? { subject: '', text: '' },
    TAGS,
  ).catch((error) => error);
  if (!(refusal instanceof MailRefused)) throw new Error(`must be refused, not ${refusal}`);
  return refusal;
}

test('a mail arrives with its headers, subject and both bodies as they were made', async () => {
  const mail = await startMail(0);
  closing.push(() => mail.stop());
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', mail.url);
  await mailer()('buyer@example.com', receipt, TAGS);
  const { emails } = (await (await fetch(`${mail.url}/store`)).json()) as { emails: Record<string, unknown>[] };
  expect(emails).toMatchObject([
    {
      from: 'from@alpine.example',
      destination: { to: ['buyer@example.com'], cc: [], bcc: [] },
      subject: receipt.subject,
      body: { text: receipt.text, html: receipt.html },
      headers: Object.entries(receipt.headers ?? {}).map(([name, value]) => ({ name, value })),
    },
  ]);
  expect(Object.keys(receipt.headers ?? {})).toEqual(['Auto-Submitted', 'List-Unsubscribe', 'List-Unsubscribe-Post']);
});

test('a mail tells SES which delivery it is and under which configuration set, and no more', async () => {
  const ses = await answering((response) => response.end(JSON.stringify({ MessageId: 'm' })));
  await mailer()('buyer@example.com', receipt, TAGS);
  expect(ses.bodies).toMatchObject([
    {
      ConfigurationSetName: 'locator-mail',
      EmailTags: [
        { Name: 'group', Value: 'mail_2f0c' },
        { Name: 'channel', Value: 'receipt-mail' },
      ],
    },
  ]);
});

describe('a refusal of SES', () => {
  const says = (status: number, type: string) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
    response.end(JSON.stringify({ message: 'buyer@example.com is on the list' }));
  };

  test.each([
    [400, 'BadRequestException', true],
    [400, 'MessageRejected', true],
    [429, 'TooManyRequestsException', false],
    [400, 'SendingPausedException', false],
  ])('%i %s is known for one: nothing was sent', async (status, type, lasting) => {
    const ses = await answering(says(status, type));
    const refusal = await refusalOf();
    expect(refusal).toMatchObject({ reason: type, lasting, answered: true });
    expect(refusal.message).not.toContain('buyer@');
    expect(ses.asked()).toBe(1);
  });

  test.each([
    [500, 'InternalFailure'],
    [503, 'ServiceUnavailable'],
  ])('is not what %i %s is, a fault within it: the mail may have been taken', async (status, type) => {
    await answering(says(status, type));
    expect(await refusalOf()).toMatchObject({ reason: type, lasting: false, answered: false });
  });

  test('is not what a connection that ends without an answer is: the mail may have been taken', async () => {
    await answering((response) => response.destroy());
    expect(await refusalOf()).toMatchObject({ lasting: false, answered: false });
  });

  test.each([
    ['no answer', () => {}],
    [
      'an answer that stops half-way',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"MessageId":');
      },
    ],
    [
      'an answer that comes letter by letter',
      (response: ServerResponse) => {
        const { socket } = response;
        socket?.write('HTTP/1.1 200 OK\r\nx-drip: ');
        const dripping = setInterval(() => socket?.write('a'), 50);
        socket?.on('error', () => {}).on('close', () => clearInterval(dripping));
      },
    ],
  ])('nor is %s: it is not waited for without end', async (_, answer) => {
    const ses = await answering(answer);
    expect(await refusalOf(300)).toMatchObject({ lasting: false, answered: false });
    expect(ses.asked()).toBe(1);
  });
});
