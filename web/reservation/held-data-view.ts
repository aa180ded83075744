import type { ReservationAnswer } from '../../shared/contract/interests.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { formatPhone, formatTime } from '../client/format.ts';
import { saveFile } from '../client/save-file.ts';
import { termList } from '../client/term-list.ts';
import { LANGUAGE_NAMES } from '../messages/language-names.ts';
import { RESERVATION_MESSAGES } from '../messages/reservation-messages.ts';
import type { Wording } from './receipt-view.ts';

/** Everything that is held about the person beside the receipt, to be read and to be taken along. */
export function heldData(reservation: ReservationAnswer, wording: Wording): readonly Node[] {
  const { locale, form } = wording;
  const messages = RESERVATION_MESSAGES[locale];
  const { person, timeframe, history, disposableAddress } = reservation;
  const timeframeLabel = form.timeframes.find(({ id }) => id === timeframe)?.label;
  return [
    createElement('h2', {}, messages.heldHeading),
    createElement('p', {}, messages.heldIntro),
    createButton(messages.download, 'secondary', () => download(reservation)),
    termList([
      [messages.name, `${person.givenName} ${person.familyName}`],
      [messages.email, person.email],
      ...(disposableAddress ? [[messages.address, messages.disposable] as const] : []),
      [messages.phone, person.phone === undefined ? messages.notSaid : formatPhone(person.phone)],
      [messages.zip, person.zip],
      [messages.timeframe, timeframeLabel ?? timeframe ?? messages.notSaid],
      [messages.locale, LANGUAGE_NAMES[reservation.locale]],
    ]),
    createElement('h3', {}, messages.consentsHeading),
    createElement('p', { class: 'note' }, messages.consentsNote),
    createElement(
      'ul',
      { class: 'records' },
      ...reservation.consents.toReversed().map((consent) => createElement('li', {}, ...evidence(consent, wording))),
    ),
    createElement('h3', {}, messages.historyHeading),
    createElement(
      'ul',
      { class: 'records' },
      ...history.map(({ at, event }) =>
        createElement('li', {}, `${formatTime(at, locale)}: ${messages.events[event] ?? event}`),
      ),
    ),
  ];
}

/** One answer to one question, with the words it was given to. */
function evidence(consent: ReservationAnswer['consents'][number], { locale }: Wording): readonly Node[] {
  const messages = RESERVATION_MESSAGES[locale];
  const words = createElement('blockquote', { lang: consent.locale }, consent.text);
  return [
    createElement(
      'p',
      { class: 'answer' },
      `${messages.consentNames[consent.id]}: `,
      createElement('strong', {}, consent.granted ? messages.granted : messages.refused),
    ),
    termList([
      [messages.answeredAt, formatTime(consent.at, locale)],
      [messages.wordsShown, words],
      [messages.wordsVersion, consent.version],
      ...(consent.phone === undefined ? [] : [[messages.forNumber, formatPhone(consent.phone)] as const]),
      ...(consent.page === undefined ? [] : [[messages.onPage, consent.page] as const]),
      ...(consent.globalPrivacyControl ? [[messages.privacySignal, messages.privacySignalSent] as const] : []),
    ]),
  ];
}

/** Gives the answer as it came, as a file. It is in the page already: nothing is asked for again. */
function download(reservation: ReservationAnswer): void {
  const json = new Blob([`${JSON.stringify(reservation, null, 2)}\n`], { type: 'application/json' });
  saveFile(`${reservation.number}.json`, json);
}
