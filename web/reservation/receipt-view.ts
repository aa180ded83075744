import type { ReceiptAnswer, ReservationAnswer } from '../../shared/contract/interests.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import type { InterestForm } from '../client/api-client.ts';
import { createElement } from '../client/create-element.ts';
import { formatPhone, formatTime } from '../client/format.ts';
import type { ReservationMessages } from '../messages/reservation-messages.ts';

/** How to say it: the language's words, and the names of models and timeframes in it. */
export interface Wording {
  readonly locale: Locale;
  readonly messages: ReservationMessages;
  readonly form: InterestForm;
}

/** The receipt: number, time, store, model, place in line. */
export function receiptList(
  receipt: Pick<ReceiptAnswer, 'number' | 'confirmedAt' | 'dealer' | 'model' | 'placeInLine'>,
  { locale, messages, form }: Wording,
): HTMLElement {
  const model = form.models.find(({ id }) => id === receipt.model)?.name;
  const list = terms([
    [messages.number, receipt.number],
    [messages.confirmedAt, formatTime(receipt.confirmedAt, locale)],
    [messages.store, receipt.dealer?.name ?? messages.noStore],
    [messages.model, receipt.model === 'undecided' ? messages.undecided : (model ?? receipt.model)],
    ...(receipt.placeInLine === null
      ? []
      : [[messages.place, messages.placeAtStore(receipt.placeInLine.store.toLocaleString(locale))] as const]),
  ]);
  list.classList.add('receipt');
  return list;
}

/** Everything else that is held about the person. */
export function heldData(reservation: ReservationAnswer, { locale, messages, form }: Wording): readonly Node[] {
  const { person, timeframe, consents, history } = reservation;
  const timeframeLabel = form.timeframes.find(({ id }) => id === timeframe)?.label;
  return [
    createElement('h2', {}, messages.heldHeading),
    terms([
      [messages.name, `${person.givenName} ${person.familyName}`],
      [messages.email, person.email],
      [messages.phone, person.phone === undefined ? messages.notSaid : formatPhone(person.phone)],
      [messages.zip, person.zip],
      [messages.timeframe, timeframeLabel ?? timeframe ?? messages.notSaid],
    ]),
    createElement('h2', {}, messages.consentsHeading),
    createElement(
      'ul',
      { class: 'records' },
      ...consents.map((consent) =>
        createElement(
          'li',
          {},
          createElement('strong', {}, consent.granted ? messages.granted : messages.refused),
          ` · ${formatTime(consent.at, locale)}`,
          createElement('blockquote', { lang: consent.locale }, consent.text),
        ),
      ),
    ),
    createElement('h2', {}, messages.historyHeading),
    createElement(
      'ul',
      { class: 'records' },
      ...history.map(({ at, event }) =>
        createElement('li', {}, `${formatTime(at, locale)}: ${messages.events[event] ?? event}`),
      ),
    ),
  ];
}

function terms(rows: readonly (readonly [term: string, value: string])[]): HTMLElement {
  return createElement(
    'dl',
    {},
    ...rows.map(([term, value]) =>
      createElement('div', {}, createElement('dt', {}, term), createElement('dd', {}, value)),
    ),
  );
}
