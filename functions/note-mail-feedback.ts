import type { Context } from 'aws-lambda';
import { DELIVERY_GIVEN_UP, STORE_ADDRESS_BOUNCED } from '../shared/mail-feedback/alarm-lines.ts';
import { noteMailFeedback } from '../shared/mail-feedback/note-mail-feedback.ts';
import { feedbackDesk } from '../shared/runtime/feedback-desk.ts';
import { beginInvocation, log } from '../shared/runtime/log.ts';
import { METRICS, measure } from '../shared/runtime/metrics.ts';

const desk = feedbackDesk();

/** SES's bounces, complaints and refusals, as EventBridge hands them on. An event that fails is tried again, then kept. */
export async function handler(event: unknown, context: Context): Promise<void> {
  beginInvocation({ invocationId: context.awsRequestId });
  const noted = await noteMailFeedback(event, desk).catch((error: unknown) => {
    log('error', 'mail feedback failed', {}, error);
    // The error itself stays here: Lambda would log its message, which may quote the event.
    throw new Error('mail feedback failed');
  });
  const { delivery, kind, outcome, storeAddressBounced, leadGivenUp, causedBy } = noted;
  const fields = {
    deliveryId: delivery.group,
    channel: delivery.channel,
    ...(causedBy !== undefined && { causedBy }),
  };
  log('info', 'mail feedback', { ...fields, outcome: `${kind}: ${outcome}` });
  if (kind === 'bounced') measure({ [METRICS.mailsBounced]: 1 });
  if (kind === 'complained') measure({ [METRICS.mailsComplained]: 1 });
  if (storeAddressBounced) log('error', STORE_ADDRESS_BOUNCED, fields);
  if (leadGivenUp) log('error', DELIVERY_GIVEN_UP, fields);
}
