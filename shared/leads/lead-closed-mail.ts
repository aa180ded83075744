import type { Dealer } from '../dealers/dealer.ts';
import { launch } from '../launch/launch.ts';
import type { MailContent } from '../mail/mail-content.ts';
import { layOutMail } from '../mail/mail-layout.ts';

export interface ClosedLead {
  readonly reservationNumber: string;
  /** The store that had it. */
  readonly dealer: Pick<Dealer, 'name'>;
  /** `chose-otherwise`: the reservation stands, with another store or none. */
  readonly because: 'chose-otherwise' | 'withdrew';
}

/**
 * Tells a store's people, in English, that a lead they have been sent is no longer theirs, and asks them to delete it. It names no
 * customer: the number is what they find the lead by.
 * @throws RangeError naming the field, when a value holds a control character or line break
 */
export function buildLeadClosedMail({ reservationNumber, dealer, because }: ClosedLead): MailContent {
  const reason =
    because === 'withdrew'
      ? 'The buyer has withdrawn the reservation.'
      : 'The buyer has chosen another store, or none for now. The reservation itself goes on.';
  return layOutMail({
    locale: 'en-US',
    subject: `Closed: ${launch.make} lead ${reservationNumber}`,
    heading: 'This lead is closed',
    blocks: [
      { kind: 'paragraph', text: `You have been sent this lead for ${dealer.name}. ${reason}` },
      {
        kind: 'facts',
        facts: [
          { label: 'Reservation', value: reservationNumber },
          { label: 'Store', value: dealer.name },
        ],
      },
      { kind: 'section', title: 'What we ask of you' },
      {
        kind: 'paragraph',
        text: 'Please delete what you were sent about this buyer, in your mailbox, your CRM and wherever else you keep it, and do not contact the buyer about this reservation any more. Consent that the buyer gave with it has ended.',
      },
      {
        kind: 'small-print',
        text: 'This mail names no customer on purpose. The reservation number stands in the lead that you have been sent.',
      },
    ],
    reason: `You get this mail because the ${launch.make} leads of ${dealer.name} go to this address.`,
  });
}
