import { expect, test } from 'vitest';
import { FunctionError } from '../../local/aws/function-pool.ts';
import { createHttpApi } from '../../local/http/http-api.ts';
import { templateOf } from './template-of.ts';

const TIMEOUT_MS = 12_345;

/** Asks an API of one route, whose function fails as it is told; says what the gateway answers and what it writes. */
async function answerTo(errorType: string) {
  const template = templateOf({
    Api: { type: 'AWS::ApiGatewayV2::Api', properties: { ProtocolType: 'HTTP' } },
    Stage: { type: 'AWS::ApiGatewayV2::Stage', properties: { ApiId: 'Api', StageName: '$default' } },
    Route: {
      type: 'AWS::ApiGatewayV2::Route',
      properties: { ApiId: 'Api', RouteKey: 'GET /busy', Target: 'integrations/Integration' },
    },
    Integration: {
      type: 'AWS::ApiGatewayV2::Integration',
      properties: {
        ApiId: 'Api',
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: 'arn:aws:lambda:us-east-1:000000000000:function:busy',
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: TIMEOUT_MS,
      },
    },
  });
  const [api] = template.ofType('AWS::ApiGatewayV2::Api');
  if (api === undefined) throw new Error('the template has its API');
  const waits: (number | undefined)[] = [];
  const lines: string[] = [];
  const ask = createHttpApi(
    template,
    api,
    {
      invoke: async (_name, _event, withinMs) => {
        waits.push(withinMs);
        throw new FunctionError(errorType, 'busy has had no room for too long');
      },
    },
    (line) => lines.push(line),
  );
  const { status, body } = await ask({
    method: 'GET',
    path: '/busy',
    query: '',
    headers: new Map(),
    body: Buffer.alloc(0),
    sourceIp: '192.0.2.1',
    sourcePort: 1,
  });
  return { status, body: String(body), waits, lines };
}

test('answers 503 for a function that had no room in time, tells it how long a caller waits, and writes it down', async () => {
  expect(await answerTo('TooManyRequestsException')).toEqual({
    status: 503,
    body: '{"message":"Service Unavailable"}',
    waits: [TIMEOUT_MS],
    lines: ['busy has had no room for too long'],
  });
});

test('answers 500 for a function that failed', async () => {
  expect(await answerTo('TypeError')).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
});
