import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Call, CallAnswer, CallPlan, CallReplies } from './load-client.ts';

if (parentPort === null) throw new Error('load-client-worker.ts runs in a worker thread only');
const { siteUrl, calls, atOnce, pauseMilliseconds, firstSender, callsPerSender }: CallPlan = workerData;
const agent = new Agent({ keepAlive: true });
let senders = 0;

/** From one address of the loopback network to the site. */
function send({ method, path, headers, body }: Call, localAddress: string): Promise<CallAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<CallAnswer>();
  const startedAt = performance.now();
  const request = httpRequest(`${siteUrl}${path}`, { method, headers, agent, localAddress }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', reject);
    response.once('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.rawHeaders.filter((_, at) => at % 2 === 0),
        body: Buffer.concat(chunks).toString(),
        milliseconds: performance.now() - startedAt,
      }),
    );
  });
  request.once('error', reject);
  request.end(body);
  return promise;
}

/** The next address of 127.0.0.0/8 after 127.1.0.0, with a connection that is open. */
async function newSender(): Promise<string> {
  const number = firstSender + senders++;
  const address = `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  await send({ method: 'GET', path: '/v1/health', headers: {} }, address);
  return address;
}

let next = 0;
const answers: CallAnswer[] = [];

async function lane(firstAddress: string): Promise<void> {
  let address = firstAddress;
  for (let sent = 0; next < calls.length; sent++) {
    const at = next++;
    const call = calls[at];
    if (call === undefined) return;
    if (sent > 0 && sent % callsPerSender === 0) address = await newSender();
    if (pauseMilliseconds > 0) await delay(pauseMilliseconds);
    answers[at] = await send(call, address);
  }
}

const addresses = await Promise.all(Array.from({ length: atOnce }, newSender));
const startedAt = performance.now();
await Promise.all(addresses.map(lane));
const reply: CallReplies = { answers, milliseconds: performance.now() - startedAt, senders };
agent.destroy();
parentPort.postMessage(reply);
