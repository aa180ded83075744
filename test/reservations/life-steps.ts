import type fc from 'fast-check';
import { expect } from 'vitest';
import { change } from '../../shared/reservations/reservation-change.ts';
import { confirm, submit, type Transition, withdraw } from '../../shared/reservations/reservation-life.ts';
import { dimensionsOfWish, handoverBy, interestOf, personOfWish, type Wish } from './interests.ts';
import { type Book, CHANNELS, CLOSED, expectTruth, HANDED, type Model } from './life-model.ts';

export type Step = fc.Command<Model, Book>;

const DAY = 24 * 3600_000;

export class Submit implements Step {
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
    expect(step.renewals).toEqual([]);
    if (standing.is === 'confirmed') {
      expect(channels).toEqual(['known-address-mail']);
      expect(step.to).toBe(step.from);
    } else {
      expect(channels).toEqual(['confirmation-mail']);
      const again =
        standing.is === 'pending' &&
        asText(standing.wish) === asText(this.#wish) &&
        standing.endsAtSeconds * 1000 - model.nowMilliseconds > 6 * DAY;
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

export class Confirm implements Step {
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
    const step = confirm(book.states.get(reservationId), version, number, handoverBy(CHANNELS), book.moment());

    const standing = model.standing(person);
    if (standing.is === 'nothing' || standing.link !== form) {
      expect(step).toBeUndefined();
    } else if (standing.is === 'confirmed') {
      expect(step).toMatchObject({ status: 'confirmed', number: standing.number });
    } else {
      if (step === undefined || 'status' in step) throw new Error('the link must confirm');
      book.commit(step);
      const { wish } = standing;
      const confirmedAt = new Date(model.nowMilliseconds).toISOString();
      expect(step.to).toMatchObject({ status: 'confirmed', number, confirmedAt, model: wish.model });
      expect(channelsOf(step)).toEqual(['receipt-mail', ...(wish.dealerId === null ? [] : HANDED)]);
      expect(step.lead?.dealerId ?? null).toBe(wish.dealerId);
      model.confirmed += 1;
      const lead = model.handTo(wish.dealerId);
      model.people[person] = { is: 'confirmed', wish, link: form, number, confirmedAt, lead };
    }
    expectTruth(model, book);
  }

  toString = () => `confirm(${this.#link})`;
}

/** What a person changes at once; what is absent stays, and a phone of `null` goes. */
export type Wanted = Partial<Omit<Wish, 'phone'>> & { readonly phone?: string | null; readonly answersAnew: boolean };

export class Change implements Step {
  readonly #person: number;
  readonly #wanted: Wanted;

  constructor(person: number, wanted: Wanted) {
    this.#person = person;
    this.#wanted = wanted;
  }

  check = (model: Readonly<Model>) => model.people[this.#person]?.is === 'confirmed';

  run(model: Model, book: Book): void {
    const person = this.#person;
    const standing = model.standing(person);
    if (standing.is !== 'confirmed') throw new Error('must be confirmed');
    const held = book.confirmed(person);
    const { answersAnew, phone, ...wanted } = this.#wanted;
    const wish: Wish = {
      ...standing.wish,
      ...wanted,
      phone: phone === undefined ? standing.wish.phone : (phone ?? undefined),
    };
    const { model: car, dealerId, timeframe = null, locale = 'en-US' } = wish;
    const last = held.consents.findLast(({ id }) => id === 'email');
    const asked = {
      person: personOfWish(person, wish),
      ...{ model: car, dealerId, timeframe, locale },
      consents: [...held.consents, ...(answersAnew && last !== undefined ? [{ ...last, granted: true }] : [])],
      dimensions: dimensionsOfWish(wish),
    };
    const step = change(held, asked, handoverBy(dealerId === null ? [] : CHANNELS), 'changed', book.moment());
    const before = asText(standing.wish);
    if (before === asText(wish) && !answersAnew) {
      expect(step).toBeUndefined();
      expectTruth(model, book);
      return;
    }
    if (step === undefined) throw new Error('it must change');
    book.commit(step);

    const from = standing.wish.dealerId;
    const movesStore = from !== dealerId;
    const isCounted = Object.entries(dimensionsOfWish(wish)).join() !== Object.entries(held.dimensions).join();
    if (isCounted) model.moved += 1;
    expect(step.facts.map(({ event }) => event)).toEqual(isCounted ? ['movedOut', 'movedIn'] : []);
    expect(channelsOf(step)).toEqual([
      'change-mail',
      ...(movesStore && from !== null ? CLOSED : []),
      ...(movesStore && dealerId !== null ? HANDED : []),
    ]);
    expect(step.renewals.map(({ channel }) => channel)).toEqual(!movesStore && dealerId !== null ? CHANNELS : []);
    if (movesStore) model.close(standing.lead);
    model.people[person] = { ...standing, wish, lead: movesStore ? model.handTo(dealerId) : standing.lead };
    expectTruth(model, book);
  }

  toString = () => `change(${this.#person}, ${JSON.stringify(this.#wanted)})`;
}

/** The consent to news ends, by a click in a mail program. */
export class Unsubscribe implements Step {
  readonly #person: number;

  constructor(person: number) {
    this.#person = person;
  }

  check = (model: Readonly<Model>) => model.people[this.#person]?.is === 'confirmed';

  run(model: Model, book: Book): void {
    const held = book.confirmed(this.#person);
    const last = held.consents.findLast(({ id }) => id === 'email');
    if (last === undefined) throw new Error('was asked');
    const wanted = { ...held, consents: [...held.consents, { ...last, granted: false }] };
    const step = change(
      held,
      wanted,
      handoverBy(held.dealerId === null ? [] : CHANNELS),
      'unsubscribed',
      book.moment(),
    );
    if (step === undefined) throw new Error('it must change');
    book.commit(step);
    expect(step).toMatchObject({ facts: [], lead: undefined, deliveries: [] });
    expect(step.renewals.map(({ channel }) => channel)).toEqual(held.dealerId === null ? [] : CHANNELS);
    expect(book.confirmed(this.#person).consents).toEqual(wanted.consents);
    expectTruth(model, book);
  }

  toString = () => `unsubscribe(${this.#person})`;
}

export class Withdraw implements Step {
  readonly #person: number;

  constructor(person: number) {
    this.#person = person;
  }

  check = (model: Readonly<Model>) => model.people[this.#person]?.is === 'confirmed';

  run(model: Model, book: Book): void {
    const standing = model.standing(this.#person);
    const held = book.confirmed(this.#person);
    const step = withdraw(held, book.moment());
    book.commit(step);
    expect(step.to).toEqual({ id: held.id, version: held.version + 1, status: 'withdrawn' });
    expect(channelsOf(step)).toEqual(held.dealerId === null ? [] : [...CLOSED]);
    model.withdrawn += 1;
    if (standing.is === 'confirmed') model.close(standing.lead);
    model.people[this.#person] = { is: 'nothing' };
    expectTruth(model, book);
  }

  toString = () => `withdraw(${this.#person})`;
}

export class Wait implements Step {
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

function channelsOf({ deliveries }: Transition): readonly string[] {
  return deliveries.map(({ channel }) => channel);
}

/** A wish as one text, in whatever order its members came. */
function asText({ model, dealerId, phone, zip = '33324', timeframe = null, locale = 'en-US' }: Wish): string {
  return JSON.stringify([model, dealerId, phone ?? null, zip, timeframe, locale]);
}
