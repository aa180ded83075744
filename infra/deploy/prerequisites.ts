import { placeholderFaults, type StageConfig } from '../stage-config.ts';
import type { AwsAccount } from './aws-account.ts';

/** The stack of `cdk bootstrap`, and the one region that everything is in. */
const BOOTSTRAP_STACK = 'CDKToolkit';
export const REGION = 'us-east-1';

export type Readiness =
  | { readonly accountId: string; readonly faults?: never }
  | { readonly accountId?: never; readonly faults: readonly string[] };

/** What has to be there before anything is deployed: all that is missing at once, each with what to do. */
export async function checkPrerequisites(
  account: Pick<AwsAccount, 'accountId' | 'stack'>,
  stage: StageConfig,
): Promise<Readiness> {
  const faults = placeholderFaults(stage);
  const accountId = await account.accountId().catch((error: unknown) => {
    faults.push(credentialsFault(error));
    return undefined;
  });
  if (accountId !== undefined && (await account.stack(BOOTSTRAP_STACK)) === undefined) {
    faults.push(
      `The account ${accountId} is not bootstrapped in ${REGION}: run \`npx cdk bootstrap aws://${accountId}/${REGION}\` once.`,
    );
  }
  return faults.length > 0 || accountId === undefined ? { faults } : { accountId };
}

function credentialsFault(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'CredentialsProviderError') {
    return 'There are no AWS credentials: sign in (`aws sso login`, then AWS_PROFILE), or set AWS_ACCESS_KEY_ID and its kin.';
  }
  if (/^(ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient)/.test(name)) {
    return `AWS does not take the credentials (${name}): sign in again.`;
  }
  return `AWS cannot be asked who we are (${name || String(error)}): is there a way to the network?`;
}
