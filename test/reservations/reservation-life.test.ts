import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confirm, isExpired, PENDING_SECONDS, submit } from '../../shared/reservations/reservation-life.ts';
import { handoverBy, interestOf, type Wish } from './interests.ts';
import { Book, Model, PEOPLE, START } from './life-model.ts';
import { Change, Confirm, Submit, Unsubscribe, Wait, type Wanted, Withdraw } from './life-steps.ts';

const anyModel = fc.constantFrom('a110', 'undecided');
const anyStore = fc.constantFrom(null, 'north', 'south');
const anyZip = fc.constantFrom('33324', '33325', '90210');
const anyTimeframe = fc.constantFrom(null, '0-6-months', '7-12-months');
const anyLocale = fc.constantFrom('en-US' as const, 'es-US' as const);
const [phone, otherPhone] = ['+13055550123', '+13055550199'];

const anyWish: fc.Arbitrary<Wish> = fc
  .record({
    model: anyModel,
    dealerId: anyStore,
    phone: fc.constantFrom(undefined, phone),
    zip: fc.constantFrom('33324', '90210'),
    timeframe: fc.constantFrom(null, '0-6-months'),
    locale: anyLocale,
  })
  .map(({ phone, ...wish }) => (phone === undefined ? wish : { ...wish, phone }));

const anyWanted: fc.Arbitrary<Wanted> = fc.record(
  {
    model: anyModel,
    dealerId: anyStore,
    phone: fc.constantFrom(null, phone, otherPhone),
    zip: anyZip,
    timeframe: anyTimeframe,
    locale: anyLocale,
    answersAnew: fc.boolean(),
  },
  { requiredKeys: ['answersAnew'] },
);

const anyPersonNumber = fc.nat({ max: PEOPLE - 1 });
const [day, week] = [24 * 3600_000, PENDING_SECONDS * 1000];
const steps = [
  fc.tuple(anyPersonNumber, anyWish).map(([person, wish]) => new Submit(person, wish)),
  // The same forms meet often, so that one is sent again within its day and after it.
  fc.tuple(anyPersonNumber, anyStore).map(([person, dealerId]) => new Submit(person, { model: 'a110', dealerId })),
  fc.nat({ max: 99 }).map((link) => new Confirm(link)),
  fc.tuple(anyPersonNumber, anyWanted).map(([person, wanted]) => new Change(person, wanted)),
  anyPersonNumber.map((person) => new Unsubscribe(person)),
  anyPersonNumber.map((person) => new Withdraw(person)),
  fc.oneof(fc.nat({ max: week }), fc.constantFrom(day, week - 121, week - 120, week)).map((ms) => new Wait(ms)),
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
  const wish = { model: 'a110', dealerId: null };
  const { to } = submit(undefined, interestOf(0, wish, START), moment(START));
  const end = (Math.floor(START / 1000) + PENDING_SECONDS) * 1000;
  const again = (nowMilliseconds: number, model = 'a110') => {
    if (to.status !== 'pending') throw new Error('must be pending');
    return submit(to, interestOf(0, { ...wish, model }, nowMilliseconds), moment(nowMilliseconds)).to;
  };

  test('last until their last millisecond', () => {
    expect(isExpired(to, end - 1)).toBe(false);
    expect(isExpired(to, end)).toBe(true);
    expect(confirm(to, 1, 'number', handoverBy([]), moment(end - 1))).toBeDefined();
    expect(confirm(to, 1, 'number', handoverBy([]), moment(end))).toBeUndefined();
  });

  test('begin anew with another form, not with the same one again', () => {
    if (to.status !== 'pending') throw new Error('must be pending');
    expect(again(START + 60_000)).toBe(to);
    expect(again(START + 60_000, 'undecided')).toMatchObject({
      expiresAtSeconds: to.expiresAtSeconds + 60,
      version: 2,
    });
  });

  test('begin anew with the same form too, once a day of them has passed', () => {
    const dayAfter = end - 6 * day;
    expect(again(dayAfter - 1)).toBe(to);
    expect(again(dayAfter)).toMatchObject({
      version: 2,
      expiresAtSeconds: Math.floor(dayAfter / 1000) + 7 * 24 * 3600,
    });
  });
});
