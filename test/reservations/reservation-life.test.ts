import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../shared/counts/fact.ts';
import { countFacts } from '../../shared/counts/grouping.ts';
import type { Delivery, Lead } from '../../shared/outbox/delivery.ts';
import type { Reservation } from '../../shared/reservations/reservation.ts';
import {
  confirm,
  isExpired,
  PENDING_SECONDS,
  submit,
  type Transition,
  withdraw,
} from '../../shared/reservations/reservation-life.ts';
import { interestOf, type Wish } from './interests.ts';

const START = Date.UTC(2026, 10, 23, 14, 5, 9, 120);
const PEOPLE = 2;
const CHANNELS = ['lead-mail', 'adf-mail'] as const;

const anyWish: fc.Arbitrary<Wish> = fc
  .record({
    model: fc.constantFrom('a110', 'undecided'),
    dealerId: fc.constantFrom(null, 'north', 'south'),
    phone: fc.constantFrom(undefined, '+13055550123'),
  })
  .map(({ phone, ...wish }) => (phone === undefined ? wish : { ...wish, phone }));

/** Where the steps of a history are kept: what a table does, without a table. */
class Book {
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

  commit({ from, to, facts, lead, deliveries }: Transition): void {
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
    if (lead !== undefined) this.leads.push(lead);
    this.deliveries.push(...deliveries);
    for (const { channel, reservationId, reservationVersion } of deliveries) {
      if (channel === 'confirmation-mail') this.links.push({ reservationId, version: reservationVersion });
    }
  }
}

type Standing =
  | { readonly is: 'nothing' }
  | { readonly is: 'pending'; readonly wish: Wish; readonly link: number; readonly endsAtSeconds: number }
  | { readonly is: 'confirmed'; readonly wish: Wish; readonly link: number; readonly number: string };

/** The same histories, told as simply as can be. */
class Model {
  nowMilliseconds = START;
  readonly people: Standing[] = Array.from({ length: PEOPLE }, () => ({ is: 'nothing' }));
  /** Whose link it is, and which form it is about: a mail that is sent again is about the same one. */
  readonly links: { readonly person: number; readonly form: number }[] = [];
  forms = 0;
  submitted = 0;
  confirmed = 0;
  withdrawn = 0;
  leads = 0;

  standing(person: number): Standing {
    const standing = this.people[person] ?? { is: 'nothing' };
    const over = standing.is === 'pending' && this.nowMilliseconds >= standing.endsAtSeconds * 1000;
    return over ? { is: 'nothing' } : standing;
  }
}

type Step = fc.Command<Model, Book>;

class Submit implements Step {
  readonly #person: number;
  readonly #wish: Wish;

  constructor(person: number, wish: Wish) {
    this.#person = person;
    this.#wish = wish;
  }

  check = () => true;

  run(model: Model, book: Book): void {
    const person = this.#person;
    const step = submit(book.held(person), interestOf(person, this.#wish, book.nowMilliseconds), book.moment());
    book.commit(step);
    const standing = model.standing(person);
    const channels = step.deliveries.map(({ channel }) => channel);
    if (standing.is === 'confirmed') {
      expect(channels).toEqual(['known-address-mail']);
      expect(step.to).toBe(step.from);
    } else {
      expect(channels).toEqual(['confirmation-mail']);
      const again = standing.is === 'pending' && JSON.stringify(standing.wish) === JSON.stringify(this.#wish);
      if (!again) model.forms += 1;
      if (standing.is === 'nothing') model.submitted += 1;
      model.links.push({ person, form: again ? standing.link : model.forms });
      if (!again) {
        model.people[person] = {
          is: 'pending',
          wish: this.#wish,
          link: model.forms,
          endsAtSeconds: Math.floor(model.nowMilliseconds / 1000) + 7 * 24 * 3600,
        };
      }
    }
    expectTruth(model, book);
  }

  toString = () => `submit(${this.#person}, ${JSON.stringify(this.#wish)})`;
}

class Confirm implements Step {
  readonly #link: number;

  constructor(link: number) {
    this.#link = link;
  }

  check = (model: Readonly<Model>) => model.links.length > 0;

  run(model: Model, book: Book): void {
    const at = this.#link % model.links.length;
    const { person, form } = model.links[at] ?? { person: 0, form: 0 };
    const { reservationId, version } = book.links[at] ?? { reservationId: '', version: 0 };
    const number = `number-${book.facts.length}`;
    const step = confirm(book.states.get(reservationId), version, number, CHANNELS, book.moment());

    const standing = model.standing(person);
    if (standing.is === 'nothing' || standing.link !== form) {
      expect(step).toBeUndefined();
    } else if (standing.is === 'confirmed') {
      expect(step).toMatchObject({ status: 'confirmed', number: standing.number });
    } else {
      if (step === undefined || 'status' in step) throw new Error('the link must confirm');
      book.commit(step);
      const withStore = standing.wish.dealerId !== null;
      expect(step.to).toMatchObject({ status: 'confirmed', number, model: standing.wish.model });
      expect(step.deliveries.map(({ channel }) => channel)).toEqual(['receipt-mail', ...(withStore ? CHANNELS : [])]);
      expect(step.lead?.dealerId ?? null).toBe(standing.wish.dealerId);
      model.confirmed += 1;
      if (withStore) model.leads += 1;
      model.people[person] = { is: 'confirmed', wish: standing.wish, link: form, number };
    }
    expectTruth(model, book);
  }

  toString = () => `confirm(${this.#link})`;
}

class Withdraw implements Step {
  readonly #person: number;

  constructor(person: number) {
    this.#person = person;
  }

  check = (model: Readonly<Model>) => model.people[this.#person]?.is === 'confirmed';

  run(model: Model, book: Book): void {
    const held = book.held(this.#person);
    if (held?.status !== 'confirmed') throw new Error('a confirmed one must be held');
    const step = withdraw(held, book.moment());
    book.commit(step);
    expect(step.to).toEqual({ id: held.id, version: held.version + 1, status: 'withdrawn' });
    model.withdrawn += 1;
    model.people[this.#person] = { is: 'nothing' };
    expectTruth(model, book);
  }

  toString = () => `withdraw(${this.#person})`;
}

class Wait implements Step {
  readonly #milliseconds: number;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  check = () => true;

  run(model: Model, book: Book): void {
    model.nowMilliseconds += this.#milliseconds;
    book.nowMilliseconds += this.#milliseconds;
    expectTruth(model, book);
  }

  toString = () => `wait(${this.#milliseconds})`;
}

function expectTruth(model: Model, book: Book): void {
  const standings = model.people.map((_, person) => model.standing(person));
  const active = [...book.states.values()].filter(
    (state) => state.status !== 'withdrawn' && !isExpired(state, book.nowMilliseconds),
  );
  expect(active.map((state) => (state.status === 'withdrawn' ? '' : state.personKey)).sort()).toEqual(
    standings.flatMap(({ is }, person) => (is === 'nothing' ? [] : [`1:person-${person}`])),
  );

  const { total, groups } = countFacts(book.facts, ['dealer', 'model'], {}, () => undefined);
  const { submitted, confirmed, withdrawn } = model;
  const standing = standings.filter(({ is }) => is === 'confirmed').length;
  expect(total).toEqual({ submitted, confirmed, withdrawn, movedIn: 0, movedOut: 0, active: standing });
  for (const group of groups) {
    const here = standings.filter(
      (s) => s.is === 'confirmed' && (s.wish.dealerId ?? 'none') === group.dealer && s.wish.model === group.model,
    );
    expect(group.active).toBe(here.length);
  }

  expect(book.leads).toHaveLength(model.leads);
  for (const lead of book.leads) {
    const sent = book.deliveries.filter(({ leadId }) => leadId === lead.id);
    expect(sent.map(({ channel }) => channel)).toEqual(CHANNELS);
  }
  const ids = [...book.facts, ...book.leads].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}

const anyPersonNumber = fc.nat({ max: PEOPLE - 1 });
const week = PENDING_SECONDS * 1000;
const steps = [
  fc.tuple(anyPersonNumber, anyWish).map(([person, wish]) => new Submit(person, wish)),
  fc.nat({ max: 99 }).map((link) => new Confirm(link)),
  anyPersonNumber.map((person) => new Withdraw(person)),
  fc.oneof(fc.nat({ max: week }), fc.constantFrom(week - 121, week - 120, week)).map((ms) => new Wait(ms)),
];

test('a reservation lives as the model says, in any order of steps', () => {
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 40, size: 'max' }), (commands) => {
      fc.modelRun(() => ({ model: new Model(), real: new Book() }), commands);
    }),
    { numRuns: 500 },
  );
});

describe('the seven days of a pending one', () => {
  const moment = (nowMilliseconds: number) => ({ nowMilliseconds, newId: () => 'id' });
  const { to } = submit(undefined, interestOf(0, { model: 'a110', dealerId: null }, START), moment(START));
  const end = (Math.floor(START / 1000) + PENDING_SECONDS) * 1000;

  test('last until their last millisecond', () => {
    expect(isExpired(to, end - 1)).toBe(false);
    expect(isExpired(to, end)).toBe(true);
    expect(confirm(to, 1, 'number', [], moment(end - 1))).toBeDefined();
    expect(confirm(to, 1, 'number', [], moment(end))).toBeUndefined();
  });

  test('begin anew with another form, not with the same one again', () => {
    if (to.status !== 'pending') throw new Error('must be pending');
    const later = START + 60_000;
    const same = submit(to, interestOf(0, { model: 'a110', dealerId: null }, later), moment(later));
    const other = submit(to, interestOf(0, { model: 'undecided', dealerId: null }, later), moment(later));
    expect(same.to).toBe(to);
    expect(other.to).toMatchObject({ expiresAtSeconds: to.expiresAtSeconds + 60, version: 2 });
  });
});
