import type { ReservationAnswer } from '../contract/interests.ts';
import type { LeadRouting } from '../dealers/dealer.ts';
import type { DealerTable } from '../dealers/dealer-table.ts';
import type { LeadChannel, LeadHandover } from '../outbox/delivery.ts';
import type { ConfirmedReservation } from './reservation.ts';
import { CommitRefused, type Moment } from './reservation-life.ts';
import type { ReservationTable } from './reservation-table.ts';
import { type SigningKey, signToken, verifyToken } from './signed-token.ts';

/** All that a request about a reservation works with; the clock and chance among it. */
export interface ReservationDesk {
  readonly reservations: ReservationTable;
  readonly dealers: DealerTable;
  readonly signingKeys: readonly SigningKey[];
  /** How long stores may leave a lead. */
  readonly leadTimes: Omit<LeadHandover, 'channels'>;
  nowMilliseconds(): number;
  newId(): string;
  randomBytes(length: number): Uint8Array;
  /** Waits before another try, longer with every one and never as long as others do. @param tries so far, 1 or more */
  pause(tries: number): Promise<void>;
}

export interface StoreOfReceipt {
  readonly id: string;
  readonly name: string;
}

/** What a confirmed person is told at once and may print. */
export interface Receipt {
  readonly number: string;
  readonly status: 'confirmed';
  readonly confirmedAt: string;
  readonly model: string;
  readonly dealer: StoreOfReceipt | null;
  readonly placeInLine: { readonly store: number } | null;
}

export async function receiptOf(reservation: ConfirmedReservation, desk: ReservationDesk): Promise<Receipt> {
  const { number, status, confirmedAt, model, dealerId } = reservation;
  if (dealerId === null) return { number, status, confirmedAt, model, dealer: null, placeInLine: null };
  const [dealer, place] = await Promise.all([
    desk.dealers.getDealer(dealerId),
    desk.reservations.placeInLine({ ...reservation, dealerId }),
  ]);
  return {
    number,
    status,
    confirmedAt,
    model,
    dealer: { id: dealerId, name: dealer?.name ?? dealerId },
    placeInLine: { store: place },
  };
}

/** All that is held about the person, with the receipt. */
export async function reservationAnswer(
  reservation: ConfirmedReservation,
  desk: ReservationDesk,
): Promise<ReservationAnswer> {
  const { person, timeframe, locale, disposableAddress, consents, history } = reservation;
  return {
    ...(await receiptOf(reservation, desk)),
    person,
    timeframe,
    locale,
    disposableAddress,
    consents: [...consents],
    history: [...history],
  };
}

/** How long a manage link works: past any launch that is spoken of. */
const MANAGE_SECONDS = 3 * 365 * 24 * 3600;

/** The token by which its holder sees, changes and withdraws a reservation. */
export function manageTokenOf(
  reservation: { readonly id: string; readonly version: number },
  signingKeys: readonly SigningKey[],
  nowMilliseconds: number,
): string {
  const expiresAtSeconds = Math.floor(nowMilliseconds / 1000) + MANAGE_SECONDS;
  return signToken('manage', { subject: reservation.id, version: reservation.version, expiresAtSeconds }, signingKeys);
}

/** The token of a mail's `List-Unsubscribe` header: it ends the consent to news, and shows nothing. */
export function unsubscribeTokenOf(
  reservation: { readonly id: string; readonly version: number },
  signingKeys: readonly SigningKey[],
  nowMilliseconds: number,
): string {
  const expiresAtSeconds = Math.floor(nowMilliseconds / 1000) + MANAGE_SECONDS;
  const claims = { subject: reservation.id, version: reservation.version, expiresAtSeconds };
  return signToken('unsubscribe', claims, signingKeys);
}

/** The confirmed reservation that a manage token is for; `undefined` for any token that is good for nothing. */
export async function reservationOfToken(
  manageToken: string,
  desk: ReservationDesk,
): Promise<ConfirmedReservation | undefined> {
  const claims = verifyToken('manage', manageToken, desk.signingKeys, desk.nowMilliseconds());
  const reservation = claims && (await desk.reservations.find(claims.subject));
  return reservation?.status === 'confirmed' ? reservation : undefined;
}

/** How the lead for a store, or for none, is handed over. */
export async function handoverTo(
  dealerId: string | null,
  desk: Pick<ReservationDesk, 'dealers' | 'leadTimes'>,
): Promise<LeadHandover> {
  return { ...desk.leadTimes, channels: dealerId === null ? [] : await channelsTo(dealerId, desk) };
}

/** How the leads for a store travel. A store withdrawn since it was chosen has them go to the fallback address. */
export async function channelsTo(
  dealerId: string,
  desk: Pick<ReservationDesk, 'dealers'>,
): Promise<readonly LeadChannel[]> {
  const [dealer, routing] = await Promise.all([
    desk.dealers.getDealer(dealerId),
    desk.dealers.getLeadRouting(dealerId),
  ]);
  return leadChannels(dealer === undefined || dealer.status === 'withdrawn' ? undefined : routing);
}

/** How a store's leads reach it. One without any channel has its leads sent to the fallback address, as mail to people. */
function leadChannels(routing: LeadRouting | undefined): readonly LeadChannel[] {
  const channels: LeadChannel[] = [
    ...(routing?.leadEmail === undefined ? [] : (['lead-mail'] as const)),
    ...(routing?.adfEmail === undefined ? [] : (['adf-mail'] as const)),
    ...(routing?.webhookUrl === undefined ? [] : (['webhook'] as const)),
  ];
  return channels.length === 0 ? ['lead-mail'] : channels;
}

const TRIES = 6;

/**
 * Reads, decides and commits, and does it again when something else was committed in between.
 * @throws CommitRefused after six tries, or when a limit is reached; any other error at once
 */
export async function untilCommitted<T>(
  desk: Pick<ReservationDesk, 'nowMilliseconds' | 'newId' | 'pause'>,
  attempt: (moment: Moment) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt({ nowMilliseconds: desk.nowMilliseconds(), newId: desk.newId });
    } catch (error) {
      if (!(error instanceof CommitRefused) || tries === TRIES || error.reason === 'limit-reached') throw error;
      // Those who meet at one person or one link would meet again at once.
      if (error.reason !== 'number-taken') await desk.pause(tries);
    }
  }
}
