import type { ChangeBody, ReservationAnswer } from '../../shared/contract/interests.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import type { InterestForm } from '../client/api-client.ts';
import { formatPhone } from '../client/format.ts';
import { UNDECIDED, usPhone } from '../widget/interest-values.ts';
import type { ChosenStore } from '../widget/store-field.ts';

export type ConsentId = 'email' | 'phone';

/** What stands in the form for a change, as chosen and typed. */
export interface ChangeValues {
  readonly store: ChosenStore | null;
  readonly model: string;
  readonly phone: string;
  readonly zip: string;
  /** Empty: not said. */
  readonly timeframe: string;
  readonly locale: Locale;
  /** What the buyer has done to the boxes under the words that stand there now; absent: not touched. */
  readonly answers: Readonly<Partial<Record<ConsentId, boolean>>>;
}

/** What of the launch a change is judged by: its models and timeframes, and the words of the consents. */
export type Offer = Pick<InterestForm, 'models' | 'timeframes'>;
/** The consents' words, in the language that the reservation is to have. */
export type ConsentWords = Pick<InterestForm, 'locale' | 'consents' | 'anyStore'>;

/** The form before anything is changed. A model or timeframe no longer offered shows as none, and stays as it is. */
export function valuesOf(reservation: ReservationAnswer, offer: Offer): ChangeValues {
  const { dealer, model, person, timeframe, locale } = reservation;
  return {
    store: dealer,
    model: offer.models.some(({ id }) => id === model) ? model : UNDECIDED,
    phone: person.phone === undefined ? '' : formatPhone(person.phone),
    zip: person.zip,
    timeframe: offer.timeframes.some(({ id }) => id === timeframe) ? (timeframe ?? '') : '',
    locale,
    answers: {},
  };
}

/** Why a consent to calls that was given once does not hold for what stands in the form. */
export type Lapse = 'store' | 'number' | 'other';

/**
 * Whether, and why, the consent to calls ends with what stands in the form: it was given to one store, at one number
 * (47 CFR 64.1200(f)(9)). `undefined`: it holds, or was never given.
 */
export function lapseOf(reservation: ReservationAnswer, values: ChangeValues, words: ConsentWords): Lapse | undefined {
  const last = lastAnswer(reservation, 'phone');
  if (!last?.granted) return undefined;
  if (values.store?.id !== reservation.dealer?.id) return 'store';
  if (usPhone(values.phone) !== reservation.person.phone) return 'number';
  return last.phone === reservation.person.phone && namesStore(last, reservation, words) ? undefined : 'other';
}

/** Whether the words agreed to are about the present store; exact where the same words are at hand. */
function namesStore(
  { text, version, locale }: ReservationAnswer['consents'][number],
  { dealer }: ReservationAnswer,
  words: ConsentWords,
): boolean {
  const name = dealer?.name ?? words.anyStore;
  const same = words.consents.find((consent) => consent.id === 'phone' && consent.version === version);
  if (same !== undefined && words.locale === locale) return text === same.text.replaceAll('{store}', () => name);
  return text.includes(name);
}

/** Which boxes are ticked: as the buyer left them, and untouched ones as far as the consent holds now. */
export function ticksOf(
  reservation: ReservationAnswer,
  values: ChangeValues,
  words: ConsentWords,
): Readonly<Record<ConsentId, boolean>> {
  const holds = {
    email: lastAnswer(reservation, 'email')?.granted ?? false,
    phone: (lastAnswer(reservation, 'phone')?.granted ?? false) && lapseOf(reservation, values, words) === undefined,
  };
  return { email: values.answers.email ?? holds.email, phone: values.answers.phone ?? holds.phone };
}

/**
 * The members to send: those that differ from what is held, and no other. Call it only for values without faults.
 *
 * @param words those that stand above the boxes; `undefined`: no box was shown, so nothing was answered
 * @returns `undefined` when nothing differs
 */
export function changeBody(
  reservation: ReservationAnswer,
  values: ChangeValues,
  offer: Offer,
  words: ConsentWords | undefined,
): ChangeBody | undefined {
  const before = valuesOf(reservation, offer);
  const phone = usPhone(values.phone);
  const consents = words && changedConsents(reservation, values, words);
  const body: ChangeBody = {
    ...(values.store?.id !== before.store?.id && { dealerId: values.store?.id ?? null }),
    ...(values.model !== before.model && { model: values.model }),
    ...(phone !== reservation.person.phone && { phone: phone ?? null }),
    ...(values.zip.trim() !== before.zip && { zip: values.zip.trim() }),
    ...(values.timeframe !== before.timeframe && {
      timeframe: values.timeframe === '' ? null : values.timeframe,
    }),
    ...(values.locale !== before.locale && { locale: values.locale }),
    ...(consents !== undefined && { consents }),
  };
  return Object.keys(body).length === 0 ? undefined : body;
}

/** Another answer than the last, or a yes to another store or number; `undefined` when there is none. */
function changedConsents(
  reservation: ReservationAnswer,
  values: ChangeValues,
  words: ConsentWords,
): ChangeBody['consents'] {
  const ticks = ticksOf(reservation, values, words);
  const changed = words.consents.filter(({ id }) => {
    const granted = lastAnswer(reservation, id)?.granted ?? false;
    return (
      ticks[id] !== granted || (id === 'phone' && ticks.phone && lapseOf(reservation, values, words) !== undefined)
    );
  });
  const version = changed[0]?.version;
  if (version === undefined) return undefined;
  return { ...Object.fromEntries(changed.map(({ id }) => [id, ticks[id]])), version };
}

/** The last answer of a kind: the one that counts. */
function lastAnswer({ consents }: ReservationAnswer, id: ConsentId) {
  return consents.findLast((consent) => consent.id === id);
}
