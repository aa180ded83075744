import * as z from 'zod';

const HttpsUrl = z.url({ protocol: /^https$/ }).transform((url) => url.replace(/\/$/, ''));

/** What differs between stages. Everything else is the same code and template. */
const StageConfig = z.strictObject({
  name: z.enum(['dev', 'prod', 'local']),
  /** Where buyers see the site; links in mails lead there. */
  siteUrl: z.union([HttpsUrl, z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ })]),
  /** Other sites that may embed the widget: exact origins. */
  widgetOrigins: z.array(HttpsUrl),
  /** The verified SES identity that mails come from. */
  senderEmail: z.email(),
  /** Takes the leads of stores that have no address of their own. */
  fallbackLeadEmail: z.email(),
  /** An OIDC issuer for marketing and operations; a Cognito user pool of our own when absent. */
  issuer: z.optional(z.strictObject({ url: z.url(), audience: z.string() })),
});
export type StageConfig = z.infer<typeof StageConfig>;

/** The deployable stages. Addresses under example.com are to be replaced before a first deployment. */
const STAGES: Readonly<Record<'dev' | 'prod', StageConfig>> = {
  dev: StageConfig.parse({
    name: 'dev',
    siteUrl: 'https://dev.alpine.example.com',
    widgetOrigins: [],
    senderEmail: 'no-reply@dev.alpine.example.com',
    fallbackLeadEmail: 'leads@dev.alpine.example.com',
  }),
  prod: StageConfig.parse({
    name: 'prod',
    siteUrl: 'https://alpine.example.com',
    widgetOrigins: ['https://www.example.com'],
    senderEmail: 'no-reply@alpine.example.com',
    fallbackLeadEmail: 'leads@alpine.example.com',
  }),
};

/** @throws RangeError naming the stages there are */
export function deployableStage(name: string): StageConfig {
  if (name !== 'dev' && name !== 'prod') {
    throw new RangeError(`there is no stage ${JSON.stringify(name)}: use dev or prod`);
  }
  return STAGES[name];
}

/** The audience that the local issuer's tokens are for. */
export const LOCAL_AUDIENCE = 'alpine-us-locator';

/** This machine's stage: the same template, with its own addresses. */
export function localStage(addresses: { readonly siteUrl: string; readonly issuerUrl: string }): StageConfig {
  return StageConfig.parse({
    name: 'local',
    siteUrl: addresses.siteUrl,
    widgetOrigins: [],
    senderEmail: 'no-reply@alpine-locator.example',
    fallbackLeadEmail: 'leads-fallback@alpine-locator.example',
    issuer: { url: addresses.issuerUrl, audience: LOCAL_AUDIENCE },
  });
}
