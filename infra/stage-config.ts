import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../shared/runtime/environment.ts';

/** A message for what is wrong, and another for what is not there. */
const orMissing = (wrong: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? 'is missing' : wrong;

/** `https://host`, with nothing behind it but a slash that is taken off. */
const HttpsOrigin = origin((url) => isOrigin(url, 'https:'));
/** On this machine there is no TLS. */
const SiteUrl = origin((url) => isOrigin(url, 'https:') || /^http:\/\/127\.0\.0\.1(:\d+)?$/.test(url));
const Email = z.email({ error: orMissing('is no e-mail address') });

/** Under which name the site is reached, when it is not CloudFront's own: the host of `siteUrl`. */
const Domain = z.union(
  [
    /** A certificate of ACM in us-east-1, and DNS records made elsewhere. */
    z.strictObject({
      certificateArn: z.string().regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/),
    }),
    /** A public zone of Route 53: certificate and records are made in it. */
    z.strictObject({ hostedZoneId: z.string().regex(/^Z[A-Z0-9]+$/), hostedZoneName: z.hostname() }),
  ],
  'is either { "certificateArn": … } of ACM in us-east-1, or { "hostedZoneId": …, "hostedZoneName": … }',
);

/** When a store is reminded of a lead, and the store group told, in stages that say nothing else. */
export const USUAL_LEAD_HOURS = { reminder: 24, escalation: 48 } as const;

/** What differs between stages. Everything else is the same code and template. */
const StageConfig = z
  .strictObject({
    name: z.enum(['dev', 'prod', 'local']),
    /** Where buyers see the site; links in mails lead there. */
    siteUrl: SiteUrl,
    /** Without it the site is reached under CloudFront's own name. */
    domain: z.optional(Domain),
    /** Other sites that may embed the widget: exact origins. */
    widgetOrigins: z.array(HttpsOrigin),
    /** What mails come from. Its domain is the SES identity. */
    senderEmail: Email,
    /** Whether a deployment makes that identity, or the account has it already. */
    senderIdentity: z.enum(['made', 'given']).default('made'),
    /** Takes the leads of stores that have no address of their own. */
    fallbackLeadEmail: Email,
    /** Takes word of leads that a store leaves for too long: the store group's. */
    escalationEmail: Email,
    /** Whom a colleague is told to ask for a permission on the dashboard. */
    accessEmail: Email,
    /** Takes alarms; without it they are in CloudWatch and its topic alone. */
    alarmEmail: z.optional(Email),
    /** Where `docs/runbook.md` can be read: alarms lead to its sections. */
    runbookUrl: z.string().default('docs/runbook.md'),
    /** What the account may cost a month before someone is told. */
    monthlyBudgetDollars: z.int().positive().default(100),
    /** Hours until a store is reminded of a lead, and until the store group is told. */
    leadHours: z.prefault(
      z
        .strictObject({
          reminder: z.number().positive().default(USUAL_LEAD_HOURS.reminder),
          escalation: z.number().positive().default(USUAL_LEAD_HOURS.escalation),
        })
        .refine(({ reminder, escalation }) => reminder < escalation, 'the reminder comes before the escalation'),
      {},
    ),
    /** What the account's SES allows (its "maximum send rate"); the outbox keeps to it. */
    mailsPerSecond: z.int().positive().default(14),
    /** Counts of interests below it are left out of answers, with those from which they could be told; none when absent. */
    smallestCount: z.optional(z.int().min(2).max(1_000)),
    /** Lets webhooks reach this machine itself: for tests on it. */
    webhookAllowLoopback: z.boolean().default(false),
    /** An OIDC issuer for marketing and operations; a Cognito user pool of our own when absent. */
    issuer: z.optional(
      z.strictObject({
        url: z.url(),
        audience: z.string(),
        /** The dashboard's public client (authorization code with PKCE, back to `<siteUrl>/dashboard/`). */
        clientId: z.string(),
        /** Origins of its endpoints beside its own, where it has any. */
        otherOrigins: z.array(HttpsOrigin).default([]),
      }),
    ),
  })
  .refine(({ name, webhookAllowLoopback }) => name === 'local' || !webhookAllowLoopback, {
    path: ['webhookAllowLoopback'],
    error: 'is for this machine only: a deployed stage must not send webhooks into its own network',
  })
  .refine(({ siteUrl, domain }) => domain === undefined || !isCloudFrontName(siteUrl), {
    path: ['domain'],
    error: 'is for a name of one’s own, and siteUrl has CloudFront’s: change one of them',
  });
export type StageConfig = z.output<typeof StageConfig>;

type DeployableName = 'dev' | 'prod';

const CONFIG_DIR = join(import.meta.dirname, '..', 'config');

/**
 * The configuration of a stage, from `config/<name>.json`.
 * @param environment of whoever deploys
 * @throws RangeError naming the stages there are, everything in the file that is not right, or a switch that is set and is no
 *   business of theirs
 */
export function deployableStage(name: string, environment: NodeJS.ProcessEnv = {}): StageConfig {
  if (name !== 'dev' && name !== 'prod') {
    throw new RangeError(`there is no stage ${JSON.stringify(name)}: use dev or prod`);
  }
  if (environment[WEBHOOK_ALLOW_LOOPBACK_VARIABLE] === '1') {
    throw new RangeError(
      `${WEBHOOK_ALLOW_LOOPBACK_VARIABLE} is for tests on this machine: a deployed stage must not send webhooks into its own network, so unset it`,
    );
  }
  return parseStage(name, readFileSync(join(CONFIG_DIR, `${name}.json`), 'utf8'));
}

/**
 * @param text the stage's file
 * @throws RangeError with a line for everything that is not right
 */
export function parseStage(name: DeployableName, text: string): StageConfig {
  const file = `config/${name}.json`;
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch (error) {
    throw new RangeError(`${file} is no JSON: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  if (typeof members !== 'object' || members === null || Array.isArray(members)) {
    throw new RangeError(`${file} is no JSON object`);
  }
  if ('name' in members) throw new RangeError(`${file}: name is the file’s own: leave it out`);
  const parsed = StageConfig.safeParse({ ...members, name });
  if (parsed.success) return parsed.data;
  throw new RangeError(parsed.error.issues.flatMap((issue) => issueLines(file, issue)).join('\n'));
}

function issueLines(file: string, issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${file}: ${[path, key].filter(Boolean).join('.')} is not a setting: see infra/stage-config.ts`,
    );
  }
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [`${file}: ${path} ${missing ? 'is missing' : issue.message}`];
}

/**
 * What stands in the way of deploying a stage: addresses that are nobody's (RFC 2606), one sentence each.
 * The templates are the same with them, so synthesis and tests go without a deployer's own.
 */
export function placeholderFaults(stage: StageConfig): string[] {
  const given = {
    siteUrl: [stage.siteUrl],
    widgetOrigins: stage.widgetOrigins,
    senderEmail: [stage.senderEmail],
    fallbackLeadEmail: [stage.fallbackLeadEmail],
    escalationEmail: [stage.escalationEmail],
    accessEmail: [stage.accessEmail],
    alarmEmail: stage.alarmEmail === undefined ? [] : [stage.alarmEmail],
  };
  return Object.entries(given).flatMap(([setting, values]) =>
    values
      .filter((value) => /[@./](example\.(com|org|net)|[\w-]+\.(example|invalid|test))$/i.test(value))
      .map((value) => `config/${stage.name}.json: ${setting} is still the placeholder ${value}: put your own there`),
  );
}

/** The SES identity that mails come from. */
export function senderDomain({ senderEmail }: StageConfig): string {
  return senderEmail.slice(senderEmail.lastIndexOf('@') + 1);
}

function origin(isRight: (url: string) => boolean) {
  return z
    .string({ error: orMissing('is no text') })
    .transform((url) => url.replace(/\/$/, ''))
    .refine(isRight, 'is no https:// origin, such as https://alpine.example.org, without path, query or fragment');
}

function isOrigin(url: string, protocol: string): boolean {
  return URL.canParse(url) && new URL(url).origin === url && new URL(url).protocol === protocol;
}

function isCloudFrontName(siteUrl: string): boolean {
  return siteUrl.endsWith('.cloudfront.net');
}

/** The audience that the local issuer's tokens are for. */
const LOCAL_AUDIENCE = 'alpine-us-locator';
const LOCAL_CLIENT_ID = 'dashboard';

/** This machine's stage: the same template, with its own addresses. */
export function localStage(addresses: {
  readonly siteUrl: string;
  readonly issuerUrl: string;
  readonly webhookAllowLoopback: boolean;
}): StageConfig {
  return StageConfig.parse({
    name: 'local',
    siteUrl: addresses.siteUrl,
    widgetOrigins: [],
    senderEmail: 'no-reply@alpine-locator.example',
    fallbackLeadEmail: 'leads-fallback@alpine-locator.example',
    escalationEmail: 'store-group@alpine-locator.example',
    accessEmail: 'locator@alpine-locator.example',
    webhookAllowLoopback: addresses.webhookAllowLoopback,
    issuer: { url: addresses.issuerUrl, audience: LOCAL_AUDIENCE, clientId: LOCAL_CLIENT_ID },
  });
}

/** A stage's stacks by their part. `Identity` is absent where a stage has an issuer of its own. */
export type StackPart = 'Data' | 'Identity' | 'Api' | 'Edge' | 'Alarms';

/** @returns e.g. `AlpineLocator-prod-Edge` */
export function stackName(stage: string, part: StackPart): string {
  return `AlpineLocator-${stage}-${part}`;
}

/** Where a stage's own metrics are. */
export function metricNamespace({ name }: Pick<StageConfig, 'name'>): string {
  return `AlpineLocator/${name}`;
}
