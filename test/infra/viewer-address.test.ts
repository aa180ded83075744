import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEdgeFunction } from '../../local/http/edge-function.ts';
import type { HttpRequest } from '../../local/http/exchange.ts';
import { readForwarding } from '../../local/http/origin-forwarding.ts';
import { senderAddressOf } from '../../shared/http/request.ts';
import { templateOf } from '../local/template-of.ts';
import { gatewayEvent } from '../support/gateway-event.ts';

const code = readFileSync(new URL('../../infra/edge/viewer-address.js', import.meta.url), 'utf8');
const atEdge = createEdgeFunction('viewer-address', code);
/** CachingDisabled and AllViewerExceptHostHeader: the policies of the API's behaviour. */
const forward = readForwarding(templateOf({}), [
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  'b689b0a8-53d0-40ab-baf2-68738e2966ac',
]);

const header = fc.tuple(
  fc.constantFrom('accept', 'authorization', 'sec-gpc', 'x-forwarded-for', 'x-own', 'x-viewer-address'),
  fc.array(fc.oneof(fc.ipV4(), fc.stringMatching(/^[\x21-\x7e]{0,20}$/)), { minLength: 1, maxLength: 3 }),
);

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'HEAD'),
  path: fc.constantFrom('/v1/interests', '/v1/reservation'),
  query: fc.constantFrom('', 'token=a.b.c', 'a=1&a=2', 'x'),
  headers: fc.array(header, { maxLength: 6 }).map((pairs): HttpRequest['headers'] => new Map(pairs)),
  body: fc.constant(Buffer.from('{}')),
  sourceIp: fc.oneof(fc.ipV4(), fc.ipV6()),
  sourcePort: fc.nat(65_535),
});

test('the API is told the viewer’s own address, whatever the viewer says of it, and all else as it came', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const edited = await atEdge(sent);
      if ('status' in edited) throw new Error('the edge answered by itself');
      expect({ ...edited, headers: undefined }).toEqual({ ...sent, headers: undefined });
      expect(edited.headers).toEqual(new Map([...sent.headers, ['x-viewer-address', [sent.sourceIp]]]));
      const { headers } = forward(edited, 'api.example');
      expect(headers.get('x-viewer-address')).toEqual([sent.sourceIp]);
      const event = gatewayEvent({
        headers: Object.fromEntries([...headers].map(([name, all]) => [name, all.join(',')])),
      });
      expect(senderAddressOf(event)).toBe(sent.sourceIp);
    }),
  );
});
