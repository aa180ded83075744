import { encodeXML } from 'entities/escape';
import { launch, modelName, timeframeLabel } from '../launch/launch.ts';
import { oneLine } from '../mail/mail-content.ts';
import { wrapText } from '../mail/wrap-text.ts';
import { consentTo, DISPOSABLE_ADDRESS, LANGUAGES, type OutgoingLead } from './outgoing-lead.ts';

/** A line of 76 or more makes a mailer switch to quoted-printable; deeper elements are indented by up to 5. */
const COLUMNS = 75 - 5;

/**
 * The lead in ADF 1.0, in ASCII, one element a line. It states no earliest date: the buyer's time frame counts from a
 * launch that has none.
 * @param vendorEmail the address that the store's leads go to; ADF asks for one
 * @throws RangeError naming the field, when a value holds what XML cannot carry or `requestedAt` is not RFC 3339 UTC
 */
export function buildAdf(lead: OutgoingLead, vendorEmail: string): string {
  const { person, model, timeframe } = lead.reservation;
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<?adf version="1.0"?>',
    ...group('adf', [
      ...group(`prospect status="${lead.resend ? 'resend' : 'new'}"`, [
        element('id', lead.id, `sequence="1" source="${encodeXML(launch.leadSource)}"`),
        element('requestdate', withOffset(lead.requestedAt)),
        ...group('vehicle interest="buy" status="new"', [
          element('year', String(launch.modelYear)),
          element('make', launch.make),
          element('model', modelName(model, 'en-US')),
        ]),
        ...group('customer', [
          ...group('contact primarycontact="1"', [
            element('name', oneLine('givenName', person.givenName), 'part="first" type="individual"'),
            element('name', oneLine('familyName', person.familyName), 'part="last" type="individual"'),
            element('email', oneLine('email', person.email), 'preferredcontact="1"'),
            ...(person.phone === undefined
              ? []
              : [element('phone', oneLine('phone', person.phone), 'type="cellphone" time="nopreference"')]),
            ...group('address type="home"', [
              element('street', '', 'line="1"'),
              element('postalcode', oneLine('zip', person.zip)),
              element('country', 'US'),
            ]),
          ]),
          ...(timeframe === null
            ? []
            : group('timeframe', [element('description', timeframeLabel(timeframe, 'en-US'))])),
          // Its own line breaks are part of the value: CRMs show them.
          element(
            'comments',
            remarks(lead)
              .map((remark) => wrapText(remark))
              .join('\n'),
          ),
        ]),
        ...group('vendor', [
          element('id', lead.dealer.id, `source="${encodeXML(launch.leadSource)}"`),
          element('vendorname', oneLine('store name', lead.dealer.name)),
          ...group('contact', [
            element('name', oneLine('store name', lead.dealer.name), 'part="full" type="business"'),
            element('email', oneLine('store e-mail', vendorEmail)),
          ]),
        ]),
        ...group('provider', [
          element('name', launch.providerName, 'part="full" type="business"'),
          element('service', launch.leadSource),
        ]),
      ]),
    ]),
  ].join('\n')}\n`;
}

/** What ADF has no field for. The first and the last are short: the tags stand on their lines. */
function remarks(lead: OutgoingLead): readonly string[] {
  const email = consentTo('email', lead);
  const phone = consentTo('phone', lead);
  return [
    `Reservation ${lead.reservation.number}, confirmed by e-mail.`,
    `Consent: e-mail ${email === undefined ? 'NO' : `yes (version ${email.version})`}; calls and texts ${
      phone === undefined ? 'NO' : `yes (version ${phone.version})`
    }.`,
    ...(lead.reservation.disposableAddress ? [DISPOSABLE_ADDRESS] : []),
    `Language: ${LANGUAGES[lead.reservation.locale]}.`,
    'Interest only: no car, price or date was promised.',
  ];
}

function group(startTag: string, children: readonly string[]): readonly string[] {
  const name = startTag.split(' ', 1)[0];
  return [`<${startTag}>`, ...children.map((child) => ` ${child}`), `</${name}>`];
}

/** An element with text. A line that would be too long breaks inside the start tag, where white space means nothing. */
function element(name: string, value: string, attributes = ''): string {
  const startTag = attributes === '' ? `<${name}` : `<${name} ${attributes}`;
  const rest = `>${encodeXML(value)}</${name}>`;
  const firstLine = rest.split('\n', 1)[0] ?? '';
  return startTag.length + firstLine.length > COLUMNS ? `${startTag}\n${rest}` : startTag + rest;
}

/** ADF wants an offset; UTC is one, and where the buyer was is not known. */
function withOffset(time: string): string {
  const seconds = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/.exec(time)?.[1];
  if (seconds === undefined) throw new RangeError(`requestedAt is not RFC 3339 UTC: ${time}`);
  return `${seconds}+00:00`;
}
