import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DASHBOARD_CONFIG_OUTPUT, DASHBOARD_CONFIG_PATH, dashboardConfigFile } from '../infra/dashboard-config.ts';
import { startAwsEndpoint } from './aws/aws-endpoint.ts';
import { startMailEndpoint } from './aws/mail-endpoint.ts';
import { openSecrets } from './aws/secrets.ts';
import { openDataFolder } from './data-folder.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { HostError } from './host-error.ts';
import { type Access, createAccess } from './iam/access.ts';
import { startDynamoDbGate } from './iam/dynamodb-gate.ts';
import { ISSUER_PATH, openIssuer } from './issuer.ts';
import { createLifetime, type Lifetime } from './lifetime.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from './local-account.ts';
import { startMail } from './mail.ts';
import { prepareRun, type Run, type Surroundings } from './run.ts';
import { startSite } from './site.ts';
import { STACK_PATH, type StackDescription } from './stack-description.ts';

/** What a function, or the host itself, says. `source` is the function's name or `host`. */
export interface LogLine {
  readonly source: string;
  readonly text: string;
}

export interface SiteUrls {
  /** Where pages and API are served, e.g. `http://127.0.0.1:3000`. */
  readonly siteUrl: string;
  /** The local token issuer. */
  readonly issuerUrl: string;
}

export interface HostOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** 0 lets the system choose. */
  readonly mailPort: number;
  /** Folder that keeps tables, secrets, keys and stream positions; `undefined` keeps nothing. */
  readonly dataDir: string | undefined;
  /**
   * Writes the cloud assembly for these addresses into the folder `assemblyDir`. Called again at every reload.
   *
   * @param signal given when nobody waits for it any more
   */
  build(urls: SiteUrls, assemblyDir: string, signal: AbortSignal): Promise<void>;
  log(line: LogLine): void;
  /** Told of each run of a function, by the source of its lines. */
  onRun?(source: string, milliseconds: number): void;
}

/** A running stack. */
export interface Host extends SiteUrls {
  /** The inbox page; `GET <mailUrl>/store` gives the mails as JSON. */
  readonly mailUrl: string;
  readonly dynamoDbEndpoint: string;
  readonly region: string;
  /** The functions' variables that name tables, e.g. `DEALER_TABLE_NAME`. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * An access token of the local issuer for the audience that the template's authorizer asks for.
   *
   * @param scope space-separated
   */
  issueToken(scope: string): Promise<string>;
  /**
   * Runs a function as `aws lambda invoke` would.
   *
   * @param functionName the physical name, or the construct's id, e.g. `sweep-outbox`
   * @throws FunctionError when the function fails
   */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** What the functions' policies grant, how often each grant was made use of since the start, and what was refused. */
  readonly access: Pick<Access, 'report'>;
  /** Builds again and replaces functions, routes, mappings and schedules; when that fails, the old ones keep running. */
  reload(): Promise<void>;
  /** Settles when the database has ended although nobody asked it to: nothing works any more. */
  readonly databaseEnded: Promise<void>;
  /** Ends everything that the host started, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Paths in the template's metadata are relative to it. */
const REPOSITORY_DIR = resolve(import.meta.dirname, '..');

/**
 * Runs a synthesized CDK app on this machine: its tables on DynamoDB Local, its functions in worker threads, its HTTP API,
 * distribution, stream mappings, schedules, rules and secrets, with a mail inbox and a token issuer beside them. What is not in
 * the template does not run.
 *
 * @throws HostError, with nothing left running, when a port is taken, Java is missing, the data folder cannot be used or the
 *   template holds what the host does not know
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const lifetime = createLifetime();
  try {
    return await start(options, lifetime);
  } catch (error) {
    await lifetime.end();
    throw error;
  }
}

async function start(options: HostOptions, lifetime: Lifetime): Promise<Host> {
  const log = (source: string, text: string): void => options.log({ source, text });
  /** Of an error that may quote what was sent, its name alone. */
  const faultOf = (what: string) => (error: unknown) =>
    log('host', `${what} was not handed on: ${error instanceof Error ? error.name : typeof error}`);
  const folder = await lifetime.keep(openDataFolder(options.dataDir));
  const site = await lifetime.keep(
    startSite(options.port, (error) => log('host', `a request failed: ${String(error)}`)),
  );
  const urls: SiteUrls = { siteUrl: site.url, issuerUrl: `${site.url}${ISSUER_PATH}` };
  const secrets = openSecrets(folder, () => Math.floor(Date.now() / 1000));
  const access = createAccess((text) => log('host', text));
  const builder = createBuilder(options, urls, folder.assembliesDir, lifetime.signal);

  const [database, mail, awsEndpoint, issuer, assemblyDir] = await Promise.all([
    lifetime.keep(startDynamoDbLocal(folder.tablesDir)),
    lifetime.keep(startMail(options.mailPort)),
    lifetime.keep(startAwsEndpoint(secrets, access, faultOf('a call of a secret'))),
    openIssuer(folder, urls.issuerUrl),
    lifetime.await(builder.build()),
  ]);
  const [mailEndpoint, gate] = await Promise.all([
    lifetime.keep(startMailEndpoint(mail.url, access, faultOf('a mail'))),
    lifetime.keep(startDynamoDbGate(database.endpoint, access, faultOf('a call of the database'))),
  ]);
  const client = {
    endpoint: database.endpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  };
  const surroundings: Surroundings = {
    dynamoDb: new DynamoDBClient(client),
    streams: new DynamoDBStreamsClient(client),
    endpoints: {
      dynamoDb: gate.url,
      mail: mailEndpoint.url,
      secretsManager: awsEndpoint.url,
      anyOther: awsEndpoint.url,
    },
    access,
    folder,
    secrets,
    repositoryDir: REPOSITORY_DIR,
    onRun: options.onRun?.bind(options),
    log,
  };

  let run = await prepareRun(assemblyDir, surroundings);
  const put = (next: Run): void => {
    run = next;
    if (next.audience !== undefined) issuer.setDefaultAudience(next.audience);
    site.serve(next.frontDoor.answer);
    mailEndpoint.use(next.mailSending);
    gate.use(next.tableFacts);
    access.use(next.roles);
    for (const { functionName, requests } of next.serviceRequests) access.judgeFor(functionName, requests);
    next.start();
  };
  const describe = (): StackDescription => ({
    dynamoDbEndpoint: database.endpoint,
    region: LOCAL_REGION,
    environment: tableNames(run.functions.environment),
    issuerUrl: urls.issuerUrl,
    audience: run.audience,
    mailUrl: mail.url,
    apiHosts: [...run.frontDoor.apiHosts],
  });
  site.mount(ISSUER_PATH, issuer.handle);
  site.mount(STACK_PATH, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(describe()));
  });
  site.mount(DASHBOARD_CONFIG_PATH, (_, response) => {
    const config = dashboardConfigFile(run.template.output(DASHBOARD_CONFIG_OUTPUT));
    response.writeHead(config === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(config);
  });
  put(run);

  let reloading: Promise<void> = Promise.resolve();
  async function reload(): Promise<void> {
    const next = await prepareRun(await builder.build(), surroundings);
    const old = run;
    // One mapping at a time reads a stream: the old ones have to be done before the new ones begin.
    site.serve(next.frontDoor.answer);
    await old.stop();
    put(next);
    await builder.removeOld();
  }

  return {
    ...urls,
    databaseEnded: database.ended,
    mailUrl: mail.url,
    dynamoDbEndpoint: database.endpoint,
    region: LOCAL_REGION,
    get environment() {
      return describe().environment;
    },
    async issueToken(scope) {
      if (run.audience === undefined) throw new HostError('The template has no authorizer, so there is no audience.');
      return await issuer.issueToken(scope, run.audience);
    },
    access,
    invoke: (functionName, event) => run.functions.invoke(functionName, event),
    reload() {
      reloading = reloading.catch(() => {}).then(reload);
      return reloading;
    },
    async stop() {
      // A reload that waits for its build is not waited for; one that swaps is.
      builder.stop();
      await reloading.catch(() => {});
      await run.stop();
      surroundings.dynamoDb.destroy();
      surroundings.streams.destroy();
      await lifetime.end();
    },
  };
}

/** Builds each assembly into a folder of its own: functions of the one before may still run. */
function createBuilder(options: HostOptions, urls: SiteUrls, assembliesDir: string, signal: AbortSignal) {
  const stopping = new AbortController();
  const made: string[] = [];
  let count = 0;
  return {
    async build(): Promise<string> {
      const dir = join(assembliesDir, String(++count));
      mkdirSync(dir, { recursive: true });
      await options.build(urls, dir, AbortSignal.any([signal, stopping.signal]));
      made.push(dir);
      return dir;
    },
    async removeOld(): Promise<void> {
      for (const dir of made.splice(0, made.length - 1)) await rm(dir, { recursive: true, force: true });
    },
    stop: () => stopping.abort(),
  };
}

function tableNames(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.endsWith('_TABLE_NAME')));
}
