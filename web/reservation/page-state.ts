import type { ReceiptAnswer, ReservationAnswer } from '../../shared/contract/interests.ts';
import type { DealerStatus } from '../../shared/dealers/dealer.ts';
import type { InterestForm } from '../client/api-client.ts';
import type { RequestFailure } from '../client/failure.ts';
import type { ChangeValues } from './change-values.ts';

/** A reservation, and the token by which it is seen, changed and withdrawn. */
export interface HeldReservation {
  readonly token: string;
  readonly reservation: ReservationAnswer;
}

/** What is shown with a reservation. */
export interface Surroundings {
  /** The launch's words, in the page's language. */
  readonly form: InterestForm;
  /** `undefined`: no store is chosen, or it is not listed any more. */
  readonly storeStatus: DealerStatus | undefined;
}

/** What the page shows. */
export type PageState =
  | { readonly kind: 'no-link' | 'dead-link' }
  | { readonly kind: 'working'; readonly slow: boolean }
  | { readonly kind: 'confirm'; readonly token: string }
  | ({ readonly kind: 'receipt'; readonly receipt: ReceiptAnswer } & Surroundings)
  /** `before`: how it stood before, when it has just been changed. */
  | ({
      readonly kind: 'reservation';
      readonly held: HeldReservation;
      readonly before: ReservationAnswer | undefined;
    } & Surroundings)
  | ({ readonly kind: 'question'; readonly held: HeldReservation } & Surroundings)
  | ({
      readonly kind: 'change';
      readonly held: HeldReservation;
      readonly draft: ChangeValues | undefined;
    } & Surroundings)
  | { readonly kind: 'withdrawn'; readonly storeName: string | undefined }
  | { readonly kind: 'failed'; readonly failure: RequestFailure; retry(): void };
