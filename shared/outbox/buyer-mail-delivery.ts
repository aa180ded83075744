import {
  buildAlreadyReservedMail,
  buildChangeMail,
  buildConfirmationMail,
  buildReceiptMail,
} from '../reservations/buyer-mails.ts';
import type { ActiveReservation, ConfirmedReservation } from '../reservations/reservation.ts';
import { manageTokenOf, unsubscribeTokenOf } from '../reservations/reservation-desk.ts';
import { isExpired } from '../reservations/reservation-life.ts';
import { signToken } from '../reservations/signed-token.ts';
import type { BuyerChannel, Delivery, DeliveryOutcome } from './delivery.ts';
import { type AddressedMail, CHANGED, requireDealer } from './delivery-parts.ts';
import type { DispatchDesk } from './dispatch-desk.ts';

/** The mail of a delivery to the buyer, or how the delivery ends when the reservation, as it stands, does not ask for it. */
export async function buyerMailOf(
  { channel, reservationVersion }: Delivery & { readonly channel: BuyerChannel },
  reservation: ActiveReservation,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  if (reservation.mailStopped) return { kind: 'cancelled', reason: 'the buyer wants no mail' };
  switch (channel) {
    case 'confirmation-mail':
      return confirmationMailOf(reservationVersion, reservation, desk);
    case 'receipt-mail':
    case 'known-address-mail':
      return reservation.status === 'confirmed' ? heldMailOf(channel, reservation, desk) : CHANGED;
    case 'change-mail': {
      if (reservation.status !== 'confirmed') return CHANGED;
      // A version is an entry of the history. A later change is told by a mail of its own; leaving the news list is not.
      const later = reservation.history.slice(reservationVersion);
      return later.some(({ event }) => event === 'changed') ? CHANGED : heldMailOf(channel, reservation, desk);
    }
  }
}

async function confirmationMailOf(
  reservationVersion: number,
  reservation: ActiveReservation,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  // Only the latest form can be confirmed, within its time, so only its mail goes out.
  if (reservation.status !== 'pending' || reservation.version !== reservationVersion) return CHANGED;
  if (isExpired(reservation, desk.nowMilliseconds())) return CHANGED;
  const { id, version, expiresAtSeconds, dealerId } = reservation;
  const { siteUrl, signingKeys } = desk;
  const store = dealerId === null ? null : await requireDealer(dealerId, desk);
  const confirmToken = signToken('confirm', { subject: id, version, expiresAtSeconds }, signingKeys);
  return {
    to: reservation.person.email,
    content: buildConfirmationMail({ reservation, store, confirmToken, siteUrl }),
  };
}

const HELD_MAILS = {
  'receipt-mail': buildReceiptMail,
  'known-address-mail': buildAlreadyReservedMail,
  'change-mail': buildChangeMail,
} as const;

async function heldMailOf(
  channel: keyof typeof HELD_MAILS,
  reservation: ConfirmedReservation,
  desk: DispatchDesk,
): Promise<AddressedMail> {
  const { siteUrl, signingKeys } = desk;
  const { dealerId } = reservation;
  const now = desk.nowMilliseconds();
  const content = HELD_MAILS[channel]({
    reservation,
    store: dealerId === null ? null : await requireDealer(dealerId, desk),
    placeInLine: dealerId === null ? null : await desk.reservations.placeInLine({ ...reservation, dealerId }),
    manageToken: manageTokenOf(reservation, signingKeys, now),
    unsubscribeToken: unsubscribeTokenOf(reservation, signingKeys, now),
    siteUrl,
  });
  return { to: reservation.person.email, content };
}
