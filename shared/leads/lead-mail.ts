import { launch, modelName, modelNotice, timeframeLabel } from '../launch/launch.ts';
import { type MailContent, oneLine } from '../mail/mail-content.ts';
import { layOutMail, type MailBlock, type MailFact } from '../mail/mail-layout.ts';
import { mailTime } from '../mail/mail-time.ts';
import { siteLink } from '../mail/site-link.ts';
import { buildAdf } from './adf.ts';
import { consentTo, DISPOSABLE_ADDRESS, LANGUAGES, type OutgoingLead } from './outgoing-lead.ts';

/**
 * The mail to the store's people, in English: who, what, when, and how they may answer.
 * @param acknowledge where to say that the lead was taken on; without it there is no such button
 * @throws RangeError naming the field, when a value holds a control character or line break
 */
export function buildLeadMail(
  lead: OutgoingLead,
  acknowledge?: { readonly siteUrl: string; readonly token: string },
): MailContent {
  const { reservation, dealer } = lead;
  const model = modelName(reservation.model, 'en-US');
  return layOutMail({
    locale: 'en-US',
    // No name of the buyer here: subjects are shown on locked phones.
    subject: `${lead.resend ? 'Sent again: ' : ''}${launch.make} lead ${reservation.number}: ${model}`,
    heading: `A buyer is interested in ${launch.make}`,
    blocks: [
      {
        kind: 'paragraph',
        text: `${fullName(lead)} has reserved an interest in ${launch.make} and chose ${dealer.name}, ${dealer.address.city}, ${dealer.address.state}, as the store to hear from.`,
      },
      ...(lead.resend
        ? [
            paragraph(
              'You have been sent this lead before. This is how it stands now: the buyer has changed something, or it was sent again on request. Please go by this mail alone, also in what the buyer agrees to.',
            ),
          ]
        : []),
      { kind: 'facts', facts: leadFacts(lead) },
      { kind: 'section', title: 'How you may answer' },
      { kind: 'facts', facts: contactRules(lead) },
      paragraph('Please answer soon, within the hour if you can: buyers expect it.'),
      ...(acknowledge === undefined
        ? []
        : [
            {
              kind: 'button',
              label: 'I am taking care of this lead',
              url: siteLink(acknowledge.siteUrl, 'acknowledge', acknowledge.token),
            } as const,
          ]),
      { kind: 'section', title: 'What the buyer was told' },
      paragraph(
        [
          `Of the car: “${modelNotice(reservation.model, 'en-US')}”`,
          ...(dealer.status === 'expected' ? [`Of your store: “${launch.dealerNotice['en-US']}”`] : []),
          'Nothing was paid or ordered. Please do not promise a car, a price or a date.',
        ].join(' '),
      ),
      {
        kind: 'small-print',
        text: 'This mail holds a person’s data. Use it for this lead only, and pass it on to nobody outside your store.',
      },
    ],
    reason: `You get this mail because the ${launch.make} leads of ${dealer.name} go to this address.`,
  });
}

function leadFacts(lead: OutgoingLead): readonly MailFact[] {
  const { person, model, timeframe, locale, number, disposableAddress } = lead.reservation;
  return [
    { label: 'Name', value: fullName(lead) },
    {
      label: 'E-mail',
      value: person.email,
      href: mailtoLink(person.email),
      ...(disposableAddress && { note: DISPOSABLE_ADDRESS }),
    },
    ...(person.phone === undefined ? [] : [phoneFact(person.phone, consentTo('phone', lead) !== undefined)]),
    { label: 'ZIP', value: person.zip },
    { label: 'Interested in', value: modelName(model, 'en-US') },
    ...(timeframe === null ? [] : [{ label: 'Hopes to buy', value: timeframeLabel(timeframe, 'en-US') }]),
    { label: 'Language', value: LANGUAGES[locale] },
    { label: 'Asked for your store', value: mailTime(new Date(lead.requestedAt), 'en-US') },
    { label: 'Reservation', value: number },
  ];
}

/** A number that may not be called is no link: one tap would be a call. */
function phoneFact(phone: string, mayCall: boolean): MailFact {
  if (!mayCall) return { label: 'Phone', value: phone, note: 'Do NOT call or text this number.' };
  return { label: 'Phone', value: phone, href: `tel:${phone}` };
}

function contactRules(lead: OutgoingLead): readonly MailFact[] {
  const phone = consentTo('phone', lead);
  return [
    consentTo('email', lead) === undefined
      ? {
          label: 'E-mail',
          value: 'Only about this reservation',
          note: 'NO news, no offers: the buyer has not agreed to them.',
        }
      : { label: 'E-mail', value: 'Yes', note: 'The buyer also agreed to news of the launch by e-mail.' },
    phone === undefined
      ? { label: 'Calls and texts', value: 'NO', note: 'The buyer has not agreed to calls or texts from your store.' }
      : { label: 'Calls and texts', value: 'Yes', note: `The buyer agreed to these words: “${phone.text}”` },
  ];
}

function fullName(lead: OutgoingLead): string {
  const { givenName, familyName } = lead.reservation.person;
  return `${givenName} ${familyName}`;
}

/** RFC 6068: all but the `@` is escaped, so that an address cannot add a subject or a copy. */
function mailtoLink(email: string): string {
  return `mailto:${email.split('@').map(encodeURIComponent).join('@')}`;
}

function paragraph(text: string): MailBlock {
  return { kind: 'paragraph', text };
}

/**
 * The mail to the store's CRM: the ADF and nothing else. Some CRMs want the store's name in the subject.
 * @param vendorEmail the address that the store's leads go to
 * @throws RangeError naming the field, when a value holds what XML or a header cannot carry
 */
export function buildAdfMail(lead: OutgoingLead, vendorEmail: string): MailContent {
  return {
    subject: oneLine('store name', `${launch.make} lead for ${lead.dealer.name}`),
    text: buildAdf(lead, vendorEmail),
  };
}
