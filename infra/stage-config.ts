import * as z from 'zod';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../shared/runtime/environment.ts';

const HttpsUrl = z.url({ protocol: /^https$/ }).transform((url) => url.replace(/\/$/, ''));

/** What differs between stages. Everything else is the same code and template. */
const StageConfig = z
  .strictObject({
    name: z.enum(['dev', 'prod', 'local']),
    /** Where buyers see the site; links in mails lead there. */
    siteUrl: z.union([HttpsUrl, z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ })]),
    /** Other sites that may embed the widget: exact origins. */
    widgetOrigins: z.array(HttpsUrl),
    /** The verified SES identity that mails come from. */
    senderEmail: z.email(),
    /** Takes the leads of stores that have no address of their own. */
    fallbackLeadEmail: z.email(),
    /** Takes word of leads that a store leaves for too long: the store group's. */
    escalationEmail: z.email(),
    /** Takes alarms; without it they are in CloudWatch and its topic alone. */
    alarmEmail: z.optional(z.email()),
    /** Where `docs/runbook.md` can be read: alarms lead to its sections. */
    runbookUrl: z.string().default('docs/runbook.md'),
    /** What the account may cost a month before someone is told. */
    monthlyBudgetDollars: z.int().positive().default(100),
    /** Hours until a store is reminded of a lead, and until the store group is told. */
    leadHours: z.prefault(
      z
        .strictObject({ reminder: z.number().positive().default(24), escalation: z.number().positive().default(48) })
        .refine(({ reminder, escalation }) => reminder < escalation, 'the reminder comes before the escalation'),
      {},
    ),
    /** What the account's SES allows (its "maximum send rate"); the outbox keeps to it. */
    mailsPerSecond: z.int().positive().default(14),
    /** Lets webhooks reach this machine itself: for tests on it. */
    webhookAllowLoopback: z.boolean().default(false),
    /** An OIDC issuer for marketing and operations; a Cognito user pool of our own when absent. */
    issuer: z.optional(z.strictObject({ url: z.url(), audience: z.string() })),
  })
  .refine(({ name, webhookAllowLoopback }) => name === 'local' || !webhookAllowLoopback, {
    path: ['webhookAllowLoopback'],
    error: 'is for this machine only: a deployed stage must not send webhooks into its own network',
  });
export type StageConfig = z.output<typeof StageConfig>;

/** The deployable stages. Addresses under example.com are to be replaced before a first deployment. */
const STAGES: Readonly<Record<'dev' | 'prod', StageConfig>> = {
  dev: StageConfig.parse({
    name: 'dev',
    siteUrl: 'https://dev.alpine.example.com',
    widgetOrigins: [],
    senderEmail: 'no-reply@dev.alpine.example.com',
    fallbackLeadEmail: 'leads@dev.alpine.example.com',
    escalationEmail: 'store-group@dev.alpine.example.com',
  }),
  prod: StageConfig.parse({
    name: 'prod',
    siteUrl: 'https://alpine.example.com',
    widgetOrigins: ['https://www.example.com'],
    senderEmail: 'no-reply@alpine.example.com',
    fallbackLeadEmail: 'leads@alpine.example.com',
    escalationEmail: 'store-group@alpine.example.com',
  }),
};

/**
 * @param environment of whoever deploys
 * @throws RangeError naming the stages there are, or a switch that is set and is no business of theirs
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
  return STAGES[name];
}

/** The audience that the local issuer's tokens are for. */
export const LOCAL_AUDIENCE = 'alpine-us-locator';

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
    webhookAllowLoopback: addresses.webhookAllowLoopback,
    issuer: { url: addresses.issuerUrl, audience: LOCAL_AUDIENCE },
  });
}

/** Where a stage's own metrics are. */
export function metricNamespace({ name }: Pick<StageConfig, 'name'>): string {
  return `AlpineLocator/${name}`;
}
