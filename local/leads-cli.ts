import { parseArgs } from 'node:util';
import { LeadsAnswer } from '../shared/contract/leads.ts';
import { HostError } from './host-error.ts';
import { fetchIssuerToken } from './issuer-token.ts';
import { leadLines, summaryLines } from './lead-text.ts';
import { readPort } from './settings.ts';
import { fetchStack } from './stack-description.ts';

const USAGE = `npm run leads -- list [--status pending|delivered|failed|cancelled] [--dealer ID] [--all]
npm run leads -- redeliver ID    sends a lead again, on every channel of its store
npm run leads -- summary         how fast the stores take on their leads
  --api URL   another site than the stack on this machine, with a token in LOCATOR_TOKEN`;

const TOKEN_VARIABLE = 'LOCATOR_TOKEN';

interface Api {
  readonly origin: string;
  readonly token: string;
}

/** Operations' view of the ledger, over the same API as everyone's: it shows nothing of a customer. */
async function main(): Promise<void> {
  const { command, id, api: origin, ...filter } = commandLine();
  const api = origin === undefined ? await localApi() : remoteApi(origin);
  switch (command) {
    case 'list':
      return list(api, filter);
    case 'redeliver':
      await request(api, 'POST', `/v1/leads/${encodeURIComponent(id ?? '')}/redeliver`);
      console.log(`The lead ${id} is due again on every channel of its store.`);
      return;
    case 'summary': {
      const { summary } = await leadsOf(api, new URLSearchParams());
      if (summary !== null) print(summaryLines(summary));
    }
  }
}

interface CommandLine {
  readonly command: 'list' | 'redeliver' | 'summary';
  readonly id: string | undefined;
  readonly status: string | undefined;
  readonly dealer: string | undefined;
  readonly all: boolean;
  readonly api: string | undefined;
}

function commandLine(): CommandLine {
  const { values, positionals } = parsed();
  const [command, id, ...rest] = positionals;
  if (command !== 'list' && command !== 'redeliver' && command !== 'summary') throw new HostError(USAGE);
  const { status, dealer, all = false, api } = values;
  const isFiltered = status !== undefined || dealer !== undefined || all;
  const isRight =
    rest.length === 0 && (command === 'redeliver') === (id !== undefined) && (command === 'list' || !isFiltered);
  if (!isRight) throw new HostError(USAGE);
  return { command, id, status, dealer, all, api };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        status: { type: 'string' },
        dealer: { type: 'string' },
        all: { type: 'boolean' },
        api: { type: 'string' },
      },
    });
  } catch (error) {
    if (error instanceof TypeError) throw new HostError(`${error.message}\n${USAGE}`, { cause: error });
    throw error;
  }
}

async function localApi(): Promise<Api> {
  const port = readPort(process.env);
  const token = await fetchIssuerToken(await fetchStack(port), 'leads');
  return { origin: `http://127.0.0.1:${port}`, token };
}

function remoteApi(api: string): Api {
  const url = URL.canParse(api) ? new URL(api) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
  if (url === undefined || !isSafe) throw new HostError(`--api has to be an https:// address, not ${api}.`);
  const token = process.env[TOKEN_VARIABLE];
  if (token === undefined || token === '') {
    throw new HostError(`Put an access token with the scope leads into ${TOKEN_VARIABLE}: ${url.origin} wants one.`);
  }
  return { origin: url.origin, token };
}

async function list(api: Api, { status, dealer, all }: Pick<CommandLine, 'status' | 'dealer' | 'all'>): Promise<void> {
  const query = new URLSearchParams({
    ...(status !== undefined && { status }),
    ...(dealer !== undefined && { dealerId: dealer }),
  });
  const leads: LeadsAnswer['leads'] = [];
  let cursor: string | null = null;
  do {
    if (cursor !== null) query.set('cursor', cursor);
    const page: LeadsAnswer = await leadsOf(api, query);
    leads.push(...page.leads);
    ({ cursor } = page);
  } while (all && cursor !== null);
  if (leads.length > 0) print(leadLines(leads));
  if (cursor !== null) console.log(`These are the latest ${leads.length}: --all goes on to the first.`);
  else if (leads.length === 0) console.log('There are no such leads.');
}

async function leadsOf(api: Api, query: URLSearchParams): Promise<LeadsAnswer> {
  const answer = LeadsAnswer.safeParse(await request(api, 'GET', `/v1/leads?${query}`));
  if (!answer.success) throw new HostError(`What answers at ${api.origin} is not this version of the locator.`);
  return answer.data;
}

async function request({ origin, token }: Api, method: string, path: string): Promise<unknown> {
  const response = await fetch(origin + path, { method, headers: { authorization: `Bearer ${token}` } }).catch(
    (cause: unknown) => {
      throw new HostError(`${origin} does not answer.`, { cause });
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  if (response.status === 401) throw new HostError(`${origin} does not take the token: it may have expired.`);
  if (response.status === 403) throw new HostError(`The token lacks the scope leads.`);
  throw new HostError(sentenceOf(body) ?? `${origin} answered ${response.status}.`);
}

/** What a problem document (RFC 9457) says in words, with every bad field. */
function sentenceOf(problem: unknown): string | undefined {
  if (typeof problem !== 'object' || problem === null || !('detail' in problem)) return undefined;
  const errors = 'errors' in problem && Array.isArray(problem.errors) ? problem.errors : [];
  const fields = errors.map(({ pointer, detail }: Record<string, unknown>) => `${pointer} ${detail}`);
  return [String(problem.detail), ...fields].join(' ');
}

function print(lines: readonly string[]): void {
  console.log(lines.join('\n'));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
