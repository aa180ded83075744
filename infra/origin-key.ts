import { createHash } from 'node:crypto';

// The origin key tells the API that a request has come through the edge. It is a secret of the data stack; the edge sends one of
// its versions, and the functions know the hashes of two. A template cannot compute these: whoever deploys gives them as parameters.

/** Member of the secret's JSON that is the key. */
export const ORIGIN_KEY_MEMBER = 'secret';
/** Output of the data stack: where the key is kept. */
export const ORIGIN_KEY_OUTPUT = 'OriginKeySecretArn';
/** Parameter of the API's stack: SHA-256 of the keys that count, in hex, separated by a comma. */
export const ORIGIN_KEY_HASHES_PARAMETER = 'OriginKeyHashes';
/** Parameter of the edge's stack: id of the version of the key that is sent. */
export const ORIGIN_KEY_VERSION_PARAMETER = 'OriginKeyVersion';

export interface OriginKeyVersion {
  readonly versionId: string;
  readonly key: string;
}

/** The parameters' values for a key and the one before it, by the last part of their stack's name. */
export function originKeyParameters(current: OriginKeyVersion, previous: OriginKeyVersion | undefined) {
  const versions = previous === undefined ? [current] : [current, previous];
  return {
    Api: { [ORIGIN_KEY_HASHES_PARAMETER]: versions.map(({ key }) => sha256(key)).join(',') },
    Edge: { [ORIGIN_KEY_VERSION_PARAMETER]: current.versionId },
  } as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
