import type { AcknowledgementAnswer } from '../../shared/contract/leads.ts';
import { ApiClient } from '../client/api-client.ts';
import { RequestFailure } from '../client/failure.ts';
import type { LeadLink } from './lead-link.ts';

/** An answer, and when the server's clock says it was given. */
export interface TimedAcknowledgement {
  readonly acknowledgement: AcknowledgementAnswer;
  /** Unix milliseconds, to the second; `NaN` when some proxy took the time away. */
  readonly answeredAtMilliseconds: number;
}

/** The API as the page of a lead calls it. */
export class LeadClient extends ApiClient {
  /** @throws RequestFailure `refused` when the token is not that lead's, or no longer valid */
  async acknowledge({ leadId, token }: LeadLink): Promise<TimedAcknowledgement> {
    const response = await this.request(`/v1/leads/${encodeURIComponent(leadId)}/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    const acknowledgement: AcknowledgementAnswer = await response.json().catch(() => {
      throw new RequestFailure('unreachable');
    });
    return { acknowledgement, answeredAtMilliseconds: Date.parse(response.headers.get('date') ?? '') };
  }
}
