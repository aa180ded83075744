import { expect } from 'vitest';
import type { Fact, FactDimensions } from '../../shared/counts/fact.ts';
import { countFacts, type GroupKey } from '../../shared/counts/grouping.ts';
import type { Delivery, Lead } from '../../shared/outbox/delivery.ts';
import type { Reservation } from '../../shared/reservations/reservation.ts';
import { isExpired, type Transition } from '../../shared/reservations/reservation-life.ts';
import { dimensionsOfWish, type Wish } from './interests.ts';

export const START = Date.UTC(2026, 10, 23, 14, 5, 9, 120);
export const PEOPLE = 2;
export const CHANNELS = ['lead-mail', 'adf-mail'] as const;
/** What handing over a lead sends, at once and later; and what closing it does. */
export const HANDED = [...CHANNELS, 'reminder-mail', 'escalation-mail'] as const;
export const CLOSED = ['lead-closed-mail', 'lead-closed-webhook'] as const;

/** Where the steps of a history are kept: what a table does, without a table. */
export class Book {
  nowMilliseconds = START;
  readonly states = new Map<string, Reservation>();
  readonly pointers = new Map<string, string>();
  readonly facts: Fact[] = [];
  readonly leads: Lead[] = [];
  readonly deliveries: Delivery[] = [];
  /** The links that were mailed, in the order of `Model.links`. */
  readonly links: { readonly reservationId: string; readonly version: number }[] = [];
  readonly #ids = Array.from({ length: 10_000 }, (_, at) => `id-${at}`).values();

  moment() {
    return { nowMilliseconds: this.nowMilliseconds, newId: () => this.#ids.next().value ?? 'exhausted' };
  }

  held(person: number) {
    const state = this.states.get(this.pointers.get(`1:person-${person}`) ?? '');
    return state?.status === 'withdrawn' ? undefined : state;
  }

  /** The confirmed one of a person who has one. */
  confirmed(person: number) {
    const held = this.held(person);
    if (held?.status !== 'confirmed') throw new Error('a confirmed one must be held');
    return held;
  }

  commit({ from, to, facts, lead, deliveries, renewals }: Transition): void {
    expect(from && this.states.get(from.id)).toBe(from);
    if (from !== to) {
      const before = this.states.get(to.id);
      expect(before?.status).not.toBe('withdrawn');
      expect(to.version).toBe((before?.version ?? 0) + 1);
      if (from !== undefined && from.id !== to.id) this.states.delete(from.id);
      this.states.set(to.id, to);
      if (to.status !== 'withdrawn') this.pointers.set(to.personKey, to.id);
    }
    this.facts.push(...facts);
    for (const delivery of [...renewals, ...deliveries]) this.#expectKnownLead(delivery, lead);
    for (const renewal of renewals) {
      expect(this.deliveriesOf(renewal.leadId).map(({ channel }) => channel)).not.toContain('lead-closed-mail');
      expect(renewal).toMatchObject({ reservationId: to.id, reservationVersion: to.version, attempts: 0 });
    }
    if (lead !== undefined) this.leads.push(lead);
    this.deliveries.push(...deliveries);
    for (const { channel, reservationId, reservationVersion } of deliveries) {
      if (channel === 'confirmation-mail') this.links.push({ reservationId, version: reservationVersion });
    }
  }

  deliveriesOf(leadId: string | null) {
    return this.deliveries.filter((delivery) => delivery.leadId === leadId);
  }

  /** What goes to a store is about a lead of that very store and reservation: one there was, or the new one. */
  #expectKnownLead({ leadId, dealerId, reservationId }: Delivery, lead: Lead | undefined): void {
    if (leadId === null) return;
    const known = [...this.leads, ...(lead === undefined ? [] : [lead])].find(({ id }) => id === leadId);
    expect(known).toMatchObject({ dealerId, reservationId });
  }
}

export type Standing =
  | { readonly is: 'nothing' }
  | { readonly is: 'pending'; readonly wish: Wish; readonly link: number; readonly endsAtSeconds: number }
  | {
      readonly is: 'confirmed';
      readonly wish: Wish;
      readonly link: number;
      readonly number: string;
      readonly confirmedAt: string;
      /** Which of the model's leads the store has. */
      readonly lead: number | null;
    };

/** The same histories, told as simply as can be. */
export class Model {
  nowMilliseconds = START;
  readonly people: Standing[] = Array.from({ length: PEOPLE }, () => ({ is: 'nothing' }));
  /** Whose link it is, and which form it is about: a mail that is sent again is about the same one. */
  readonly links: { readonly person: number; readonly form: number }[] = [];
  /** One for each time a store was handed someone, in order. */
  readonly leads: { readonly dealerId: string; isOver: boolean }[] = [];
  forms = 0;
  submitted = 0;
  confirmed = 0;
  withdrawn = 0;
  moved = 0;

  standing(person: number): Standing {
    const standing = this.people[person] ?? { is: 'nothing' };
    const over = standing.is === 'pending' && this.nowMilliseconds >= standing.endsAtSeconds * 1000;
    return over ? { is: 'nothing' } : standing;
  }

  /** A store is handed someone. @returns which lead it is */
  handTo(dealerId: string | null): number | null {
    if (dealerId === null) return null;
    this.leads.push({ dealerId, isOver: false });
    return this.leads.length - 1;
  }

  close(lead: number | null): void {
    const held = lead === null ? undefined : this.leads[lead];
    if (held !== undefined) held.isOver = true;
  }
}

const COUNTED: readonly (readonly [GroupKey, keyof FactDimensions])[] = [
  ['dealer', 'dealer'],
  ['model', 'model'],
  ['zip3', 'zip3'],
  ['timeframe', 'timeframe'],
  ['locale', 'locale'],
];

/** The book says what the model says: who holds what, what is counted, what stores were sent. */
export function expectTruth(model: Model, book: Book): void {
  const standings = model.people.map((_, person) => model.standing(person));
  const active = [...book.states.values()].filter(
    (state) => state.status !== 'withdrawn' && !isExpired(state, book.nowMilliseconds),
  );
  expect(active.map((state) => (state.status === 'withdrawn' ? '' : state.personKey)).sort()).toEqual(
    standings.flatMap(({ is }, person) => (is === 'nothing' ? [] : [`1:person-${person}`])),
  );

  const { submitted, confirmed, withdrawn, moved } = model;
  const confirmedOnes = standings.filter((standing) => standing.is === 'confirmed');
  const { total } = countFacts(book.facts, [], {}, () => undefined);
  const standing = confirmedOnes.length;
  expect(total).toEqual({ submitted, confirmed, withdrawn, movedIn: moved, movedOut: moved, active: standing });
  for (const [key, dimension] of COUNTED) {
    const { groups } = countFacts(book.facts, [key], {}, () => undefined);
    for (const group of groups) {
      const here = confirmedOnes.filter(({ wish }) => dimensionsOfWish(wish)[dimension] === group[key]);
      expect(group.active).toBe(here.length);
    }
  }

  for (const [person, own] of standings.entries()) {
    if (own.is !== 'confirmed') continue;
    const { number, confirmedAt, leadId } = book.confirmed(person);
    expect({ number, confirmedAt }).toEqual({ number: own.number, confirmedAt: own.confirmedAt });
    expect(leadId).toBe(own.lead === null ? null : book.leads[own.lead]?.id);
  }

  expect(book.leads.map(({ dealerId }) => dealerId)).toEqual(model.leads.map(({ dealerId }) => dealerId));
  for (const [at, lead] of book.leads.entries()) {
    const channels = book.deliveriesOf(lead.id).map(({ channel }) => channel);
    expect(channels).toEqual([...HANDED, ...(model.leads[at]?.isOver ? CLOSED : [])]);
  }
  const ids = [...book.facts, ...book.leads].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}
