import type { Dealer } from '../dealers/dealer.ts';
import { type Locale, launch, modelName, modelNotice } from '../launch/launch.ts';
import { BUYER_MAIL_WORDS as WORDS } from '../mail/buyer-mail-words.ts';
import type { MailContent } from '../mail/mail-content.ts';
import { layOutMail, type MailBlock, type MailFact } from '../mail/mail-layout.ts';
import { mailTime } from '../mail/mail-time.ts';
import { siteLink, unsubscribeUrl } from '../mail/site-link.ts';
import type { ConfirmedReservation, PendingReservation } from './reservation.ts';

/** The store that a reservation names, as a mail shows it. */
export type NamedStore = Pick<Dealer, 'id' | 'name' | 'status' | 'address'>;

/** What the mail that asks for a confirmation is made from. */
export interface ConfirmationMail {
  readonly reservation: Pick<PendingReservation, 'model' | 'dealerId' | 'locale' | 'expiresAtSeconds'>;
  /** The store of `dealerId`; null when none is chosen. */
  readonly store: NamedStore | null;
  readonly confirmToken: string;
  /** The site's origin. */
  readonly siteUrl: string;
}

/** What the mails about a confirmed reservation are made from. */
export interface HeldReservationMail {
  readonly reservation: Pick<
    ConfirmedReservation,
    'number' | 'confirmedAt' | 'person' | 'model' | 'dealerId' | 'locale'
  >;
  /** The store of `dealerId`; null when none is chosen. */
  readonly store: NamedStore | null;
  /** At that store, as it is now, from 1; null without a store. */
  readonly placeInLine: number | null;
  readonly manageToken: string;
  readonly unsubscribeToken: string;
  /** The site's origin. */
  readonly siteUrl: string;
}

/**
 * Asks whether it was the owner of the address who filled in the form. It repeats nothing that was typed there: a
 * stranger could otherwise have us mail their words to anyone.
 * @throws RangeError when the store is not the reservation's, or the token is not URL-safe
 */
export function buildConfirmationMail({ reservation, store, confirmToken, siteUrl }: ConfirmationMail): MailContent {
  const { locale } = reservation;
  const words = WORDS[locale];
  return layOutMail({
    locale,
    subject: words.confirm.subject,
    heading: words.confirm.heading,
    blocks: [
      { kind: 'paragraph', text: words.confirm.opening },
      { kind: 'facts', facts: wishFacts(reservation, store) },
      { kind: 'button', label: words.confirm.button, url: siteLink(siteUrl, 'confirm', confirmToken) },
      {
        kind: 'paragraph',
        text: words.confirm.deadline(mailTime(new Date(reservation.expiresAtSeconds * 1000), locale)),
      },
      { kind: 'paragraph', text: words.confirm.notYou },
      { kind: 'small-print', text: words.interestOnly },
    ],
    reason: words.confirm.reason(new URL(siteUrl).host),
  });
}

/**
 * The receipt, sent once the buyer has confirmed.
 * @throws RangeError when store or place is not the reservation's, or a token is not URL-safe
 */
export function buildReceiptMail(mail: HeldReservationMail): MailContent {
  const { locale, number, person } = mail.reservation;
  const words = WORDS[locale];
  return layOutHeld(mail, {
    subject: words.receipt.subject(number),
    heading: words.receipt.heading,
    opening: words.receipt.opening(person.givenName),
    before: [storeParagraph(mail)],
    after: [],
    reason: words.receipt.reason(new URL(mail.siteUrl).host),
  });
}

/**
 * Tells how the reservation stands, after the buyer has changed something of it.
 * @throws RangeError when store or place is not the reservation's, or a token is not URL-safe
 */
export function buildChangeMail(mail: HeldReservationMail): MailContent {
  const { locale, number } = mail.reservation;
  const words = WORDS[locale];
  return layOutHeld(mail, {
    subject: words.change.subject(number),
    heading: words.change.heading,
    opening: words.change.opening,
    before: [storeParagraph(mail)],
    after: [{ kind: 'paragraph', text: words.change.notYou }],
    reason: words.receipt.reason(new URL(mail.siteUrl).host),
  });
}

/**
 * The answer to a form filled in with an address that already holds a confirmed reservation. It tells of that one
 * alone, and repeats nothing that was typed into the form.
 * @throws RangeError when store or place is not the reservation's, or a token is not URL-safe
 */
export function buildAlreadyReservedMail(mail: HeldReservationMail): MailContent {
  const { locale, number } = mail.reservation;
  const words = WORDS[locale];
  return layOutHeld(mail, {
    subject: words.already.subject(number),
    heading: words.already.heading,
    opening: words.already.opening,
    before: [],
    after: [{ kind: 'paragraph', text: words.already.notYou }],
    reason: words.confirm.reason(new URL(mail.siteUrl).host),
  });
}

/** What the mails about a confirmed reservation say besides how it stands. */
interface HeldWords {
  readonly subject: string;
  readonly heading: string;
  readonly opening: string;
  /** Before the button, and after it. */
  readonly before: readonly MailBlock[];
  readonly after: readonly MailBlock[];
  readonly reason: string;
}

function layOutHeld(mail: HeldReservationMail, said: HeldWords): MailContent {
  const { reservation, store, siteUrl } = mail;
  const { locale, number } = reservation;
  const words = WORDS[locale];
  return layOutMail({
    locale,
    subject: said.subject,
    heading: said.heading,
    blocks: [
      { kind: 'paragraph', text: said.opening },
      { kind: 'key-fact', label: words.number, value: number },
      { kind: 'facts', facts: [confirmedFact(reservation), ...wishFacts(reservation, store), ...placeFacts(mail)] },
      ...said.before,
      { kind: 'button', label: words.manage.button, url: siteLink(siteUrl, 'manage', mail.manageToken) },
      { kind: 'paragraph', text: words.manage.explanation },
      ...said.after,
      { kind: 'small-print', text: words.interestOnly },
    ],
    reason: said.reason,
    unsubscribeUrl: unsubscribeUrl(siteUrl, mail.unsubscribeToken),
  });
}

/** Who has the buyer's data, and what they may do. */
function storeParagraph({ reservation: { locale }, store }: HeldReservationMail): MailBlock {
  const words = WORDS[locale];
  if (store === null) return { kind: 'paragraph', text: words.withoutStore };
  const tell = store.status === 'withdrawn' ? words.withWithdrawnStore : words.withStore;
  return { kind: 'paragraph', text: tell(store.name) };
}

function placeFacts({ reservation: { locale }, store, placeInLine }: HeldReservationMail): readonly MailFact[] {
  if ((store === null) !== (placeInLine === null)) throw new RangeError('a place in line is a place at a store');
  if (store === null || placeInLine === null) return [];
  const words = WORDS[locale];
  return [
    {
      label: words.place(store.name),
      value: new Intl.NumberFormat(locale).format(placeInLine),
      note: words.placeMoves,
    },
  ];
}

/** The model and the store asked for, each with what is known of it. */
function wishFacts(
  { model, dealerId, locale }: { model: string; dealerId: string | null; locale: Locale },
  store: NamedStore | null,
): readonly MailFact[] {
  if ((store?.id ?? null) !== dealerId) {
    throw new RangeError(`the reservation is for store ${dealerId}, not for ${store?.id ?? null}`);
  }
  const words = WORDS[locale];
  const modelFact = { label: words.model, value: modelName(model, locale), note: modelNotice(model, locale) };
  if (store === null) return [modelFact, { label: words.store, value: words.noStore }];
  const value = `${store.name}, ${store.address.city}, ${store.address.state}`;
  const storeFact = { label: words.store, value };
  return [modelFact, store.status === 'expected' ? { ...storeFact, note: launch.dealerNotice[locale] } : storeFact];
}

function confirmedFact({ confirmedAt, locale }: { confirmedAt: string; locale: Locale }): MailFact {
  return { label: WORDS[locale].confirmed, value: mailTime(new Date(confirmedAt), locale) };
}
