import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { walkCanary } from '../shared/canary/walk-canary.ts';
import { canaryPorts } from '../shared/runtime/canary-ports.ts';
import { HostError } from './host-error.ts';
import { readPort } from './settings.ts';
import { fetchStack } from './stack-description.ts';

const USAGE = `npm run canary                 walks the buyer’s way through the stack on this machine, with a reservation
npm run canary -- --url URL    through another site, as far as nothing is left behind
  --inbox URL   where the site’s mails can be read, as on this machine: then with a reservation, which is withdrawn`;

const MAIL_WITHIN_MS = 15_000;
const Store = z.object({
  emails: z.array(
    z.object({ destination: z.object({ to: z.array(z.string()) }), body: z.object({ text: z.string() }) }),
  ),
});

try {
  const { url, inbox } = await target();
  const steps = await walkCanary({
    ...canaryPorts(url),
    ...(inbox !== undefined && { awaitConfirmToken: (address: string) => confirmTokenTo(address, inbox) }),
  });
  for (const { step, milliseconds, fault } of steps) {
    console.log(`${step.padEnd(10)} ${String(milliseconds).padStart(6)} ms  ${fault ?? 'ok'}`);
  }
  if (steps.at(-1)?.fault !== undefined) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function target(): Promise<{ url: string; inbox: string | undefined }> {
  const { url, inbox } = options();
  for (const given of [url, inbox]) if (given !== undefined && !URL.canParse(given)) throw new HostError(USAGE);
  if (url !== undefined) return { url, inbox };
  if (inbox !== undefined) throw new HostError(USAGE);
  const port = readPort(process.env);
  const { mailUrl } = await fetchStack(port);
  return { url: `http://127.0.0.1:${port}`, inbox: mailUrl };
}

function options(): { url?: string | undefined; inbox?: string | undefined } {
  try {
    return parseArgs({ options: { url: { type: 'string' }, inbox: { type: 'string' } } }).values;
  } catch (error) {
    throw new HostError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

async function confirmTokenTo(address: string, inbox: string): Promise<string> {
  const deadline = Date.now() + MAIL_WITHIN_MS;
  while (Date.now() < deadline) {
    const { emails } = Store.parse(await (await fetch(new URL('/store', inbox))).json());
    const mail = emails.find(({ destination }) => destination.to.includes(address));
    const token = /#confirm=([\w.-]+)/.exec(mail?.body.text ?? '')?.[1];
    if (token !== undefined) return token;
    await delay(200);
  }
  throw new HostError(`no mail came within ${MAIL_WITHIN_MS / 1000} s`);
}
