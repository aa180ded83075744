/**
 * List prices of us-east-1 in US dollars, without free tiers, savings plans and volume discounts: what the first million costs.
 * As publicly listed in 2026; `docs/cost.md` names the pages. Whoever deploys checks them once.
 */
export const PRICES = {
  cloudFront: { perRequest: 1.0e-6, perGigabyteOut: 0.085, perFunctionRun: 0.1e-6 },
  waf: { perRequest: 0.6e-6, perWebAclMonth: 5, perRuleMonth: 1 },
  httpApi: { perRequest: 1.0e-6 },
  /** arm64. */
  lambda: { perRequest: 0.2e-6, perGigabyteSecond: 1.33334e-5 },
  /** On demand. */
  dynamoDb: { perWriteUnit: 0.625e-6, perReadUnit: 0.125e-6, perGigabyteMonth: 0.25, perGigabyteMonthBackup: 0.2 },
  logs: { perGigabyteIn: 0.5, perGigabyteMonth: 0.03 },
  xRay: { perTrace: 5e-6 },
  cloudWatch: { perAlarmMetricMonth: 0.1, perCompositeAlarmMonth: 0.5, perMetricMonth: 0.3, perDashboardMonth: 3 },
  secretsManager: { perSecretMonth: 0.4 },
  kms: { perKeyMonth: 1 },
  ses: { perMail: 0.1e-3 },
} as const;

/** X-Ray's default rule records the first request of a second and this share of the others. */
export const TRACED_SHARE = 0.05;

export const GIGABYTE = 1e9;
