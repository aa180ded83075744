import type { ChangeBody } from '../../shared/contract/interests.ts';
import type { PublicDealer } from '../../shared/dealers/dealer.ts';
import { consentTo } from '../../shared/leads/outgoing-lead.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import type { ConfirmedReservation } from '../../shared/reservations/reservation.ts';
import type { OpenTables } from '../support/locator-tables.ts';
import { type Buyer, someone } from './test-desk.ts';

/** Somebody confirmed, who changes things. */
export async function holder(tables: OpenTables, changes: Parameters<Buyer['confirmed']>[0] = {}) {
  const buyer = someone(tables);
  const receipt = await buyer.confirmed(changes);
  const request = (body: ChangeBody) => ({ body, globalPrivacyControl: false });
  const change = (body: ChangeBody, desk = buyer.desk) => changeReservation(receipt.manageToken, request(body), desk);
  return {
    ...buyer,
    ...receipt,
    change,
    async changed(body: ChangeBody): Promise<ConfirmedReservation> {
      const result = await change(body);
      if (result.kind !== 'changed') throw new Error(`it must change: ${JSON.stringify(result)}`);
      return result.reservation;
    },
    async now(): Promise<ConfirmedReservation> {
      const held = await buyer.held();
      if (held?.status !== 'confirmed') throw new Error('must be confirmed');
      return held;
    },
  };
}

/** What a store may do, as it reads the lead. */
export function allowed(contact: 'email' | 'phone', reservation: ConfirmedReservation) {
  const id = reservation.dealerId ?? 'none';
  const dealer = { id, name: `Store ${id}`, status: 'expected', address: {} as PublicDealer['address'] } as const;
  return consentTo(contact, { id: 'lead', resend: false, requestedAt: reservation.confirmedAt, reservation, dealer });
}
