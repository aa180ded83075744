import type { Dealer } from '../dealers/dealer.ts';
import { launch } from '../launch/launch.ts';
import type { MailContent } from '../mail/mail-content.ts';
import { layOutMail, type MailFact } from '../mail/mail-layout.ts';
import { mailTime } from '../mail/mail-time.ts';
import { siteLink } from '../mail/site-link.ts';

/** A lead that its store has not taken on yet. */
export interface WaitingLead {
  readonly reservationNumber: string;
  /** RFC 3339 UTC: when the buyer asked for the store. */
  readonly waitsSince: string;
  readonly dealer: Pick<Dealer, 'id' | 'name' | 'address'>;
}

/**
 * Reminds a store's people, in English, of a lead that nobody has taken on. It names no customer: the number is what they find the
 * lead by.
 * @param acknowledge where to say that it was taken on
 * @throws RangeError naming the field, when a value holds a control character or line break, or the token is not URL-safe
 */
export function buildReminderMail(
  lead: WaitingLead,
  acknowledge: { readonly siteUrl: string; readonly token: string },
): MailContent {
  const since = mailTime(new Date(lead.waitsSince), 'en-US');
  return layOutMail({
    locale: 'en-US',
    subject: `Still waiting: ${launch.make} lead ${lead.reservationNumber}`,
    heading: 'A buyer is still waiting for you',
    blocks: [
      {
        kind: 'paragraph',
        text: `You were sent this lead for ${lead.dealer.name}. It has waited since ${since}, and nobody has said that they are taking care of it.`,
      },
      { kind: 'facts', facts: factsOf(lead) },
      { kind: 'paragraph', text: 'If you have answered the buyer already, one click here is all that is left to do.' },
      {
        kind: 'button',
        label: 'I am taking care of this lead',
        url: siteLink(acknowledge.siteUrl, 'acknowledge', acknowledge.token),
      },
      {
        kind: 'small-print',
        text: 'This mail names no customer on purpose. The reservation number stands in the lead that you have been sent.',
      },
    ],
    reason: `You get this mail because the ${launch.make} leads of ${lead.dealer.name} go to this address.`,
  });
}

/**
 * Tells the store group, in English, of a lead that its store leaves waiting. It holds nothing of the customer.
 * @throws RangeError naming the field, when a value holds a control character or line break
 */
export function buildEscalationMail(lead: WaitingLead): MailContent {
  const { dealer, reservationNumber } = lead;
  return layOutMail({
    locale: 'en-US',
    subject: `Not taken on: ${launch.make} lead ${reservationNumber} at ${dealer.name}`,
    heading: 'A store has not taken on a lead',
    blocks: [
      {
        kind: 'paragraph',
        text: `${dealer.name} was sent this lead. Nobody there has said that they are taking care of it.`,
      },
      { kind: 'facts', facts: factsOf(lead) },
      { kind: 'paragraph', text: 'Please ask the store to answer the buyer, and to press the button in its mail.' },
      {
        kind: 'small-print',
        text: 'This mail holds no customer’s data on purpose: the store has it, under the reservation number.',
      },
    ],
    reason: `You get this mail because ${launch.make} leads that a store leaves waiting are told to this address.`,
  });
}

function factsOf({ reservationNumber, waitsSince, dealer }: WaitingLead): readonly MailFact[] {
  return [
    { label: 'Reservation', value: reservationNumber },
    {
      label: 'Store',
      value: `${dealer.name}, ${dealer.address.city}, ${dealer.address.state}`,
      note: `Store id ${dealer.id}`,
    },
    { label: 'Waiting since', value: mailTime(new Date(waitsSince), 'en-US') },
  ];
}
