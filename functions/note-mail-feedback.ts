import { DELIVERY_GIVEN_UP, STORE_ADDRESS_BOUNCED } from '../shared/mail-feedback/alarm-lines.ts';
import { noteMailFeedback } from '../shared/mail-feedback/note-mail-feedback.ts';
import { feedbackDesk } from '../shared/runtime/feedback-desk.ts';
import { log } from '../shared/runtime/log.ts';

const desk = feedbackDesk();

/** SES's bounces, complaints and refusals, as EventBridge hands them on. An event that fails is tried again, then kept. */
export async function handler(event: unknown): Promise<void> {
  const noted = await noteMailFeedback(event, desk).catch((error: unknown) => {
    log('error', 'mail feedback failed', {}, error);
    // The error itself stays here: Lambda would log its message, which may quote the event.
    throw new Error('mail feedback failed');
  });
  const { delivery, kind, outcome, storeAddressBounced, leadGivenUp } = noted;
  const fields = { deliveryId: delivery.group, channel: delivery.channel };
  log('info', 'mail feedback', { ...fields, outcome: `${kind}: ${outcome}` });
  if (storeAddressBounced) log('error', STORE_ADDRESS_BOUNCED, fields);
  if (leadGivenUp) log('error', DELIVERY_GIVEN_UP, fields);
}
