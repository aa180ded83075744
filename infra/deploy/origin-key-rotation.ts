import { randomBytes } from 'node:crypto';
import { ORIGIN_KEY_VERSION_PARAMETER, originKeyParameters } from '../origin-key.ts';
import { stackName } from '../stage-config.ts';
import type { AwsAccount } from './aws-account.ts';
import { Refusal } from './refusal.ts';

type Keys = Pick<AwsAccount, 'stack' | 'originKey' | 'putOriginKey'>;

/**
 * The stacks' parameters, by `<stack>:<parameter>`, for the origin key as it is, or for a new one.
 *
 * The second hash that functions take is that of the key which the edge sends at the moment: the functions' stack is deployed
 * first, so that no request of the edge is ever refused. When the edge sends the current one already, it is that of the key before.
 * @param rotate makes a new key first
 * @throws Refusal when the rotation before has not reached the edge: a third key would be one too many
 */
export async function originKeyFor(
  account: Keys,
  stage: string,
  secretId: string,
  rotate: boolean,
  newKey: () => string = () => randomBytes(48).toString('base64url'),
): Promise<Readonly<Record<string, string>>> {
  const edge = await account.stack(stackName(stage, 'Edge'));
  const sentId = edge?.parameters[ORIGIN_KEY_VERSION_PARAMETER];
  let current = await account.originKey(secretId, 'AWSCURRENT');
  if (current === undefined) throw new Refusal([`The secret ${secretId} has no current value: see docs/deploy.md.`]);
  if (rotate) {
    if (sentId !== undefined && sentId !== current.versionId) {
      throw new Refusal([
        'The last rotation of the origin key has not reached the edge: deploy without --rotate-origin-key first.',
      ]);
    }
    await account.putOriginKey(secretId, newKey());
    current = (await account.originKey(secretId, 'AWSCURRENT')) ?? current;
  }
  const previous =
    sentId === undefined || sentId === current.versionId
      ? await account.originKey(secretId, 'AWSPREVIOUS')
      : await account.originKey(secretId, { id: sentId });
  return Object.fromEntries(
    Object.entries(originKeyParameters(current, previous)).flatMap(([part, parameters]) =>
      Object.entries(parameters).map(([name, value]) => [`${stackName(stage, part as 'Api' | 'Edge')}:${name}`, value]),
    ),
  );
}
