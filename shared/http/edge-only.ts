import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { HttpProblem } from './http-problem.ts';

/**
 * Carries the origin key. CloudFront sets it on what it sends to the API, over whatever a viewer has sent under its name.
 * (It takes no name of its own that begins with `X-Edge-` or `X-Amz-`.)
 */
export const ORIGIN_KEY_HEADER = 'x-origin-key';

/**
 * Refuses with 403 whatever does not come through the edge, and takes the key out of the event, so that nothing after it can log
 * or repeat it.
 * @param acceptedHashes SHA-256 in hex of every key that counts, separated by commas: two while the key rotates
 * @throws RangeError when they are no such hashes
 */
export function edgeOnly(
  acceptedHashes: string,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const accepted = acceptedHashes.split(',').map((hash) => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError('the hashes of the origin key are not SHA-256 in hex');
    return Buffer.from(hash, 'hex');
  });
  return {
    before: ({ event }) => {
      const hash = createHash('sha256')
        .update(event.headers[ORIGIN_KEY_HEADER] ?? '')
        .digest();
      delete event.headers[ORIGIN_KEY_HEADER];
      // Each is compared, so that the time tells neither whether nor which.
      if (!accepted.map((known) => timingSafeEqual(hash, known)).includes(true)) {
        throw new HttpProblem(403, 'This address is not for callers: use the site’s own.');
      }
    },
  };
}
