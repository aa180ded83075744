import type { ReservationAnswer } from '../../shared/contract/interests.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { formatTime } from '../client/format.ts';
import { CHANGE_MESSAGES } from '../messages/change-messages.ts';

/** What happens now that a reservation has changed, a sentence each: to the stores, to the place in line, by mail. */
export function changeResult(before: ReservationAnswer, after: ReservationAnswer, locale: Locale): readonly string[] {
  const messages = CHANGE_MESSAGES[locale];
  if (JSON.stringify({ ...before, placeInLine: null }) === JSON.stringify({ ...after, placeInLine: null })) {
    return [messages.unchanged];
  }
  const { dealer, placeInLine } = after;
  const moved = before.dealer?.id !== dealer?.id;
  return [
    ...(moved && before.dealer !== null ? [messages.oldStoreTold(before.dealer.name)] : []),
    ...storeSentence(),
    messages.numberStays(after.number, formatTime(after.confirmedAt, locale)),
    ...(moved && dealer !== null && placeInLine !== null
      ? [messages.placeThere(placeInLine.store.toLocaleString(locale), dealer.name)]
      : []),
    messages.mailed,
  ];

  function storeSentence(): readonly string[] {
    if (dealer === null) return moved ? [messages.noStoreGets] : [];
    return [moved ? messages.newStoreGets(dealer.name) : messages.storeGetsAgain(dealer.name)];
  }
}
