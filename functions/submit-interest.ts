import { submitInterest as operation } from '../shared/contract/interests.ts';
import { type ApiRequest, api } from '../shared/http/api.ts';
import { badFields, HttpProblem } from '../shared/http/http-problem.ts';
import { idempotencyKeyOf, senderAddressOf } from '../shared/http/request.ts';
import { furtherFaults } from '../shared/reservations/interest-faults.ts';
import { submitInterest } from '../shared/reservations/submit-interest.ts';
import { submissionDesk } from '../shared/runtime/desks.ts';
import { METRICS, measure } from '../shared/runtime/metrics.ts';

const desk = submissionDesk();

const answer = async ({ body, event }: ApiRequest<typeof operation>) => {
  const result = await submitInterest(
    {
      body,
      idempotencyKey: idempotencyKeyOf(event),
      globalPrivacyControl: event.headers['sec-gpc'] === '1',
      senderAddress: senderAddressOf(event),
    },
    await desk(),
  );
  switch (result.kind) {
    case 'accepted':
      return { status: 'confirmation-sent' as const };
    case 'invalid':
      throw badFields(result.errors);
    case 'too-many':
      measure({ [METRICS.senderLimitHits]: 1 });
      throw new HttpProblem(429, 'Too many forms came from your network address. Please try again later.', {
        headers: { 'retry-after': String(result.retryAfterSeconds) },
      });
    case 'key-reused':
      throw new HttpProblem(
        422,
        'This Idempotency-Key came with another body before. Use a new key for a new request.',
      );
    case 'in-flight':
      throw new HttpProblem(409, 'A request with this Idempotency-Key is still in flight. Try again in a moment.', {
        headers: { 'retry-after': '1' },
      });
  }
};

export const handler = api(operation, answer, {
  furtherErrors: async ({ body }) => furtherFaults(body, await desk()),
});
