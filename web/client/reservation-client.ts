import type { ChangeBody, ReceiptAnswer, ReservationAnswer } from '../../shared/contract/interests.ts';
import { ApiClient } from './api-client.ts';

/** The API as a reservation's own page calls it: the widget's calls, and what only the holder of a link may. */
export class ReservationClient extends ApiClient {
  confirmInterest(token: string): Promise<ReceiptAnswer> {
    return this.answer('/v1/interests/confirm', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
  }

  getReservation(manageToken: string): Promise<ReservationAnswer> {
    return this.answer('/v1/reservation', { headers: { authorization: `Bearer ${manageToken}` } });
  }

  changeReservation(manageToken: string, body: ChangeBody): Promise<ReservationAnswer> {
    return this.answer('/v1/reservation', {
      method: 'PATCH',
      headers: { authorization: `Bearer ${manageToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async withdrawReservation(manageToken: string): Promise<void> {
    await this.request('/v1/reservation', {
      method: 'DELETE',
      headers: { authorization: `Bearer ${manageToken}` },
    });
  }
}
