import type { Dealer } from '../dealers/dealer.ts';
import { type Locale, launch, modelName, modelNotice } from '../launch/launch.ts';
import type { MailContent } from '../mail/mail-content.ts';
import { layOutMail, type MailFact } from '../mail/mail-layout.ts';
import { mailTime } from '../mail/mail-time.ts';
import { siteLink } from '../mail/site-link.ts';
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
  readonly manageToken: string;
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
 * @throws RangeError when the store is not the reservation's, or the token is not URL-safe
 */
export function buildReceiptMail({ reservation, store, manageToken, siteUrl }: HeldReservationMail): MailContent {
  const { locale, number, person } = reservation;
  const words = WORDS[locale];
  return layOutMail({
    locale,
    subject: words.receipt.subject(number),
    heading: words.receipt.heading,
    blocks: [
      { kind: 'paragraph', text: words.receipt.opening(person.givenName) },
      { kind: 'key-fact', label: words.number, value: number },
      { kind: 'facts', facts: [confirmedFact(reservation), ...wishFacts(reservation, store)] },
      {
        kind: 'paragraph',
        text: store === null ? words.receipt.withoutStore : words.receipt.withStore(store.name),
      },
      { kind: 'button', label: words.manage.button, url: siteLink(siteUrl, 'manage', manageToken) },
      { kind: 'paragraph', text: words.manage.explanation },
      { kind: 'small-print', text: words.interestOnly },
    ],
    reason: words.receipt.reason(new URL(siteUrl).host),
  });
}

/**
 * The answer to a form filled in with an address that already holds a confirmed reservation. It tells of that one
 * alone, and repeats nothing that was typed into the form.
 * @throws RangeError when the store is not the reservation's, or the token is not URL-safe
 */
export function buildAlreadyReservedMail({
  reservation,
  store,
  manageToken,
  siteUrl,
}: HeldReservationMail): MailContent {
  const { locale, number } = reservation;
  const words = WORDS[locale];
  return layOutMail({
    locale,
    subject: words.already.subject(number),
    heading: words.already.heading,
    blocks: [
      { kind: 'paragraph', text: words.already.opening },
      { kind: 'key-fact', label: words.number, value: number },
      { kind: 'facts', facts: [confirmedFact(reservation), ...wishFacts(reservation, store)] },
      { kind: 'button', label: words.manage.button, url: siteLink(siteUrl, 'manage', manageToken) },
      { kind: 'paragraph', text: words.manage.explanation },
      { kind: 'paragraph', text: words.already.notYou },
      { kind: 'small-print', text: words.interestOnly },
    ],
    reason: words.confirm.reason(new URL(siteUrl).host),
  });
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

const ENGLISH = {
  model: 'Model',
  store: 'Store',
  noStore: 'None chosen yet',
  number: 'Reservation number',
  confirmed: 'Confirmed',
  interestOnly:
    'A reservation of interest costs nothing and obliges you to nothing. It is no order, and it promises no car, price or date.',
  confirm: {
    subject: `Please confirm your interest in ${launch.make}`,
    heading: 'Please confirm that this was you',
    opening: `Someone, we hope it was you, reserved an interest in ${launch.make} with this e-mail address. This is what was asked for:`,
    button: 'Confirm my interest',
    deadline: (until: string) =>
      `The link works until ${until}. Once you have confirmed, you get a reservation number, and the time of your confirmation decides your place in line.`,
    notYou:
      'If it was not you, ignore this mail. Without your confirmation nothing is reserved, no store learns of it, and what was entered is deleted.',
    reason: (site: string) => `You get this mail because this address was entered in the form at ${site}.`,
  },
  receipt: {
    subject: (number: string) => `Your ${launch.make} reservation ${number}`,
    heading: 'Your interest is reserved',
    opening: (givenName: string) => `Thank you, ${givenName}. Keep this number: it stands for your place in line.`,
    withStore: (store: string) =>
      `${store} now receives your name, contact details and wishes, and may write to you about them. It may call or text you only if you agreed to that.`,
    withoutStore: 'You have not chosen a store, so no store receives your name or contact details.',
    reason: (site: string) => `You get this mail because you confirmed a reservation at ${site}.`,
  },
  already: {
    subject: (number: string) => `You already hold ${launch.make} reservation ${number}`,
    heading: 'You already have a reservation',
    opening:
      'Our form was filled in again with your e-mail address. Nothing has changed: your reservation and its place in line stand as they were.',
    notYou: 'If it was not you who filled in the form, there is nothing that you need to do.',
  },
  manage: {
    button: 'See my reservation',
    explanation:
      'There you see all that we hold about you, and can withdraw at any time. The link works without a password, so please do not pass it on.',
  },
};

const SPANISH: typeof ENGLISH = {
  model: 'Modelo',
  store: 'Concesionario',
  noStore: 'Aún sin elegir',
  number: 'Número de reserva',
  confirmed: 'Confirmada',
  interestOnly:
    'Una reserva de interés no cuesta nada ni le obliga a nada. No es un pedido y no promete ningún auto, precio ni fecha.',
  confirm: {
    subject: `Confirme su interés en ${launch.make}`,
    heading: 'Confirme que ha sido usted',
    opening: `Alguien, esperamos que usted, ha reservado un interés en ${launch.make} con esta dirección de correo electrónico. Esto es lo que se pidió:`,
    button: 'Confirmar mi interés',
    deadline: (until) =>
      `El enlace es válido hasta el ${until}. Al confirmar recibirá un número de reserva, y la hora de su confirmación decidirá su lugar en la fila.`,
    notYou:
      'Si no ha sido usted, ignore este correo. Sin su confirmación no se reserva nada, ningún concesionario se entera y los datos introducidos se eliminan.',
    reason: (site) => `Recibe este correo porque esta dirección se introdujo en el formulario de ${site}.`,
  },
  receipt: {
    subject: (number) => `Su reserva ${number} de ${launch.make}`,
    heading: 'Su interés está reservado',
    opening: (givenName) => `Gracias, ${givenName}. Guarde este número: representa su lugar en la fila.`,
    withStore: (store) =>
      `${store} recibe ahora su nombre, sus datos de contacto y sus preferencias, y puede escribirle al respecto. Solo puede llamarle o enviarle mensajes de texto si usted lo aceptó.`,
    withoutStore: 'No ha elegido ningún concesionario, así que ninguno recibe su nombre ni sus datos de contacto.',
    reason: (site) => `Recibe este correo porque confirmó una reserva en ${site}.`,
  },
  already: {
    subject: (number) => `Ya tiene la reserva ${number} de ${launch.make}`,
    heading: 'Ya tiene una reserva',
    opening:
      'Nuestro formulario se ha llenado de nuevo con su dirección de correo electrónico. Nada ha cambiado: su reserva y su lugar en la fila siguen igual.',
    notYou: 'Si no fue usted quien llenó el formulario, no tiene que hacer nada.',
  },
  manage: {
    button: 'Ver mi reserva',
    explanation:
      'Allí verá todos los datos que guardamos sobre usted y podrá retirar la reserva en cualquier momento. El enlace funciona sin contraseña, así que no lo comparta.',
  },
};

const WORDS: Readonly<Record<Locale, typeof ENGLISH>> = { 'en-US': ENGLISH, 'es-US': SPANISH };
