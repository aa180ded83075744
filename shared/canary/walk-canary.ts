import { YOUNGEST_FORM_MS } from '../reservations/form-age.ts';

/** What the canary calls itself: its searches are in no statistics. */
export const CANARY_AGENT = 'alpine-locator-canary';

export interface CanaryAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** How the canary reaches a stage. */
export interface CanaryPorts {
  /** @throws Error when nobody answers in time */
  ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    more?: { readonly json?: unknown; readonly bearer?: string },
  ): Promise<CanaryAnswer>;
  /**
   * Waits for the token of the confirmation mail to an address. Only where the mailbox can be read: the canary then reserves, and
   * withdraws again. Without it, it goes no further than what leaves nothing behind.
   */
  readonly awaitConfirmToken?: (address: string) => Promise<string>;
  /** An address that nobody has. */
  newAddress(): string;
  nowMilliseconds(): number;
  pause(milliseconds: number): Promise<void>;
}

export interface CanaryStep {
  readonly step: string;
  readonly milliseconds: number;
  /** What was expected, and what came instead; in words of our own. */
  readonly fault?: string;
}

/** What a walk learns on its way. */
interface Found {
  dealerId: string;
  formToken: string;
  version: string;
  confirmToken: string;
  manageToken: string;
}

interface Step {
  readonly name: string;
  /** @throws Fault, or whatever else goes wrong */
  take(ports: CanaryPorts, found: Found): Promise<void>;
}

class Fault extends Error {
  override readonly name = 'Fault';
}

/**
 * Coordinates within a hundred metres or so of ZIP 33324's point, that no other walk within 11 days asks for: an edge that holds an
 * answer goes on giving it for minutes after the search has broken.
 */
function uncachedPlace(nowMilliseconds: number): string {
  return `26.112${String(Math.floor(nowMilliseconds) % 1e9).padStart(9, '0')},-80.2749`;
}

/** Leave nothing behind: no reservation, no count, no mail. */
const LOOKING: readonly Step[] = [
  {
    name: 'health',
    async take({ ask }) {
      const { status } = objectOf(expectStatus(await ask('GET', '/v1/health'), 200));
      if (status !== 'ok') throw new Fault('the health is not ok');
    },
  },
  {
    name: 'page',
    async take({ ask }) {
      const { contentType } = expectStatus(await ask('GET', '/'), 200);
      if (!contentType.startsWith('text/html')) throw new Fault('the page is no HTML');
    },
  },
  {
    name: 'search',
    async take({ ask, nowMilliseconds }, found) {
      const near = uncachedPlace(nowMilliseconds());
      const { dealers } = objectOf(expectStatus(await ask('GET', `/v1/dealers?near=${near}&limit=1`), 200));
      const [dealer] = Array.isArray(dealers) ? dealers : [];
      if (typeof dealer?.id !== 'string' || typeof dealer.distance !== 'number') throw new Fault('no store was found');
      found.dealerId = dealer.id;
    },
  },
  {
    name: 'store',
    async take({ ask }, { dealerId }) {
      const { id } = objectOf(expectStatus(await ask('GET', `/v1/dealers/${dealerId}`), 200));
      if (id !== dealerId) throw new Fault('another store was answered');
    },
  },
  {
    name: 'form',
    async take({ ask }, found) {
      const { formToken, consents } = objectOf(expectStatus(await ask('GET', '/v1/form'), 200));
      const [consent] = Array.isArray(consents) ? consents : [];
      if (typeof formToken !== 'string' || typeof consent?.version !== 'string')
        throw new Fault('the form is not whole');
      found.formToken = formToken;
      found.version = consent.version;
    },
  },
  {
    name: 'refusal',
    async take({ ask, newAddress }, found) {
      const json = { ...formOf(newAddress(), found), zip: '00000' };
      const { errors } = objectOf(expectStatus(await ask('POST', '/v1/interests', { json }), 400));
      const named = Array.isArray(errors) && errors.some(({ pointer }) => pointer === '#/zip');
      if (!named) throw new Fault('the refusal does not name the ZIP');
    },
  },
  {
    // Counted by its sender and then dropped, as robots are: all of the way but what it would leave behind.
    name: 'robot',
    async take({ ask, newAddress }, found) {
      const json = { ...formOf(newAddress(), found), company: 'canary' };
      expectStatus(await ask('POST', '/v1/interests', { json }), 202);
    },
  },
  {
    name: 'link',
    async take({ ask }) {
      expectStatus(await ask('POST', '/v1/interests/confirm', { json: { token: 'canary' } }), 404);
    },
  },
];

/** Reserve and withdraw: counted as submitted, confirmed and withdrawn under the campaign `canary`, so active are none. */
const RESERVING: readonly Step[] = [
  {
    name: 'submit',
    async take({ ask, newAddress, awaitConfirmToken }, found) {
      const address = newAddress();
      expectStatus(await ask('POST', '/v1/interests', { json: formOf(address, found) }), 202);
      found.confirmToken = (await awaitConfirmToken?.(address)) ?? '';
    },
  },
  {
    name: 'confirm',
    async take({ ask }, found) {
      const json = { token: found.confirmToken };
      const { manageToken } = objectOf(expectStatus(await ask('POST', '/v1/interests/confirm', { json }), 200));
      if (typeof manageToken !== 'string') throw new Fault('the receipt has no link');
      found.manageToken = manageToken;
    },
  },
  {
    name: 'see',
    async take({ ask }, { manageToken: bearer }) {
      const { status } = objectOf(expectStatus(await ask('GET', '/v1/reservation', { bearer }), 200));
      if (status !== 'confirmed') throw new Fault('the reservation is not confirmed');
    },
  },
  {
    name: 'withdraw',
    async take({ ask }, { manageToken: bearer }) {
      expectStatus(await ask('DELETE', '/v1/reservation', { bearer }), 204);
      expectStatus(await ask('GET', '/v1/reservation', { bearer }), 401);
    },
  },
];

/**
 * Walks the buyer's way through a stage, step by step, up to the first that goes wrong.
 * @returns the steps taken; only the last may have a fault
 */
export async function walkCanary(ports: CanaryPorts): Promise<readonly CanaryStep[]> {
  const found: Found = { dealerId: '', formToken: '', version: '', confirmToken: '', manageToken: '' };
  const taken: CanaryStep[] = [];
  const take = async (steps: readonly Step[]): Promise<boolean> => {
    for (const { name, take } of steps) {
      const startedAt = ports.nowMilliseconds();
      const fault = await take(ports, found).then(() => undefined, faultOf);
      const milliseconds = ports.nowMilliseconds() - startedAt;
      taken.push({ step: name, milliseconds, ...(fault !== undefined && { fault }) });
      if (fault !== undefined) return false;
    }
    return true;
  };
  if (!(await take(LOOKING)) || ports.awaitConfirmToken === undefined) return taken;
  // A form that comes back too soon is a robot's.
  await ports.pause(YOUNGEST_FORM_MS);
  await take(RESERVING);
  return taken;
}

function formOf(email: string, { formToken, version }: Found) {
  return {
    email,
    givenName: 'Canary',
    familyName: 'Canary',
    zip: '33324',
    model: 'undecided',
    locale: 'en-US',
    consents: { email: false, phone: false, version },
    attestations: { adult: true, usResident: true },
    source: { campaign: 'canary' },
    formToken,
  };
}

function expectStatus(answer: CanaryAnswer, status: number): CanaryAnswer {
  if (answer.status !== status) throw new Fault(`answered ${answer.status}, not ${status}`);
  return answer;
}

function objectOf({ text }: CanaryAnswer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Fault('the answer is no object');
  return value as Record<string, unknown>;
}

/** Others' messages may quote an answer: their names do. */
function faultOf(error: unknown): string {
  if (error instanceof Fault) return error.message;
  return error instanceof Error ? error.name : 'unknown fault';
}
