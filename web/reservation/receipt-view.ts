import type { ReceiptAnswer } from '../../shared/contract/interests.ts';
import type { DealerStatus } from '../../shared/dealers/dealer.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import type { InterestForm } from '../client/api-client.ts';
import { formatTime } from '../client/format.ts';
import { termList } from '../client/term-list.ts';
import { LOCATOR_MESSAGES } from '../messages/locator-messages.ts';
import { RESERVATION_MESSAGES } from '../messages/reservation-messages.ts';
import { UNDECIDED } from '../widget/interest-values.ts';

/** How to say it: in which language, with the names of models and timeframes in it, and what is known of the store. */
export interface Wording {
  readonly locale: Locale;
  readonly form: InterestForm;
  /** `undefined`: no store is chosen, or it is not listed any more. */
  readonly storeStatus: DealerStatus | undefined;
}

/** How sure it is that a store will carry Alpine. @param status `undefined`: it is not listed any more */
export function storeNote(status: DealerStatus | undefined, locale: Locale): string {
  if (status === undefined || status === 'withdrawn') return RESERVATION_MESSAGES[locale].unlisted;
  return LOCATOR_MESSAGES[locale].status[status];
}

/** The receipt: number, time, store, model, place in line, each with what is not certain of it. */
export function receiptList(
  receipt: Pick<ReceiptAnswer, 'number' | 'confirmedAt' | 'dealer' | 'model' | 'placeInLine'>,
  { locale, form, storeStatus }: Wording,
): HTMLElement {
  const messages = RESERVATION_MESSAGES[locale];
  const { dealer, placeInLine } = receipt;
  const model = form.models.find(({ id }) => id === receipt.model);
  const list = termList([
    [messages.number, receipt.number],
    [messages.confirmedAt, formatTime(receipt.confirmedAt, locale)],
    [messages.store, dealer?.name ?? messages.noStore, dealer === null ? undefined : storeNote(storeStatus, locale)],
    [
      messages.model,
      receipt.model === UNDECIDED ? messages.undecided : (model?.name ?? receipt.model),
      model?.expected ?? form.launchNotice,
    ],
    ...(placeInLine === null
      ? []
      : [
          [
            messages.place,
            messages.placeAtStore(placeInLine.store.toLocaleString(locale)),
            messages.placeNote,
          ] as const,
        ]),
  ]);
  list.classList.add('receipt');
  return list;
}
