import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChangeBody, type ReservationAnswer } from '../../shared/contract/interests.ts';
import { formatPhone } from '../../web/client/format.ts';
import { type ChangeValues, changeBody, lapseOf, ticksOf, valuesOf } from '../../web/reservation/change-values.ts';
import { callableAnswer, changedAnswer, dealersAnswer, formAnswer, reservationAnswer } from './stub-answers.ts';

const form = formAnswer('en-US');
const stores = dealersAnswer().dealers;
const locale = fc.constantFrom('en-US', 'es-US');
const answer = fc.option(fc.boolean(), { nil: undefined });

const values = fc.record({
  store: fc.constantFrom(null, ...stores.map(({ id, name }) => ({ id, name }))),
  model: fc.constantFrom('undecided', ...form.models.map(({ id }) => id)),
  phone: fc.constantFrom('', '(305) 555-0123', '305.555.0199'),
  zip: fc.constantFrom('33324', '90210'),
  timeframe: fc.constantFrom('', ...form.timeframes.map(({ id }) => id)),
  locale,
  answers: fc.record({ email: answer, phone: answer }).map(({ email, phone }): ChangeValues['answers'] => ({
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
  })),
});

/** What someone may hold after any changes. */
const held = fc
  .tuple(locale, fc.boolean(), fc.array(values, { maxLength: 3 }))
  .map(([first, callable, changes]) =>
    changes.reduce(applied, callable ? callableAnswer(first) : reservationAnswer(first)),
  );

function applied(reservation: ReservationAnswer, wanted: ChangeValues): ReservationAnswer {
  const body = changeBody(reservation, wanted, form, formAnswer(wanted.locale));
  return body === undefined ? reservation : changedAnswer(reservation, body);
}

/** By the rule itself: the last yes was to these very words, at this very number. */
function mayCall({ consents, person, dealer }: ReservationAnswer): boolean {
  const last = consents.findLast(({ id }) => id === 'phone');
  if (!last?.granted || last.phone !== person.phone) return false;
  const words = formAnswer(last.locale);
  const text = words.consents.find(({ id }) => id === 'phone')?.text ?? '';
  return last.text === text.replaceAll('{store}', () => dealer?.name ?? words.anyStore);
}

describe('what is sent of a change', () => {
  test('an untouched form asks for nothing', () => {
    for (const each of ['en-US', 'es-US'] as const) {
      for (const reservation of [reservationAnswer(each), callableAnswer(each)]) {
        expect(changeBody(reservation, valuesOf(reservation, form), form, formAnswer(each))).toBeUndefined();
      }
    }
  });

  test('what is sent makes the reservation what stands in the form, by the contract, and no more is sent', () => {
    fc.assert(
      fc.property(held, values, (reservation, wanted) => {
        const words = formAnswer(wanted.locale);
        const body = changeBody(reservation, wanted, form, words);
        const after = body === undefined ? reservation : changedAnswer(reservation, ChangeBody.parse(body));
        expect(valuesOf(after, form)).toEqual({
          ...wanted,
          phone: formatPhone(wanted.phone.replaceAll('.', '')).replace(/^(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3'),
          answers: {},
        });
        // Every member says something new.
        for (const key of ['dealerId', 'model', 'phone', 'zip', 'timeframe', 'locale'] as const) {
          if (body?.[key] === undefined) continue;
          const { [key]: _, ...less } = body;
          const without = changedAnswer(reservation, less);
          expect(valuesOf(without, form)).not.toEqual(valuesOf(after, form));
        }
        // Once it is as wanted, there is nothing more to ask for.
        const shown = { ...valuesOf(after, form), answers: ticksOf(reservation, wanted, words) };
        expect(changeBody(after, shown, form, words)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('the box for calls is ticked only by the buyer’s own hand or by a consent to this store at this number', () => {
    let lapsed = 0;
    fc.assert(
      fc.property(held, values, (reservation, wanted) => {
        const words = formAnswer(wanted.locale);
        const same =
          wanted.store?.id === reservation.dealer?.id &&
          valuesOf(reservation, form).phone.replaceAll(/\D/g, '') === wanted.phone.replaceAll(/\D/g, '');
        const holds = same && mayCall(reservation);
        const { phone } = ticksOf(reservation, wanted, words);
        if (wanted.answers.phone !== undefined) expect(phone).toBe(wanted.answers.phone);
        // Without a store, words of another language cannot be told to be the same: then the box is empty.
        else if (reservation.dealer !== null) expect(phone).toBe(holds);
        else if (phone) expect(holds).toBe(true);
        if (lapseOf(reservation, wanted, words) !== undefined) lapsed += 1;
      }),
      { numRuns: 500 },
    );
    expect(lapsed).toBeGreaterThan(50);
  });

  test('a yes that was not said again is ended with the change, not left standing for the old store', () => {
    fc.assert(
      fc.property(held, values, (reservation, wanted) => {
        const after = applied(reservation, wanted);
        const last = after.consents.findLast(({ id }) => id === 'phone');
        expect(last?.granted ?? false).toBe(ticksOf(reservation, wanted, formAnswer(wanted.locale)).phone);
        if (last?.granted && after.dealer !== null) expect(mayCall(after)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a model or time of purchase that is no longer offered stays as it is until another is chosen', () => {
    const reservation = { ...reservationAnswer('en-US'), model: 'a310', timeframe: 'some-day' };
    const before = valuesOf(reservation, form);
    expect(before).toMatchObject({ model: 'undecided', timeframe: '' });
    expect(changeBody(reservation, { ...before, zip: '90210' }, form, form)).toEqual({ zip: '90210' });
    expect(changeBody(reservation, { ...before, model: 'a110' }, form, form)).toEqual({ model: 'a110' });
  });

  test('while no words are shown nothing is answered to them', () => {
    const reservation = callableAnswer('en-US');
    const wanted = { ...valuesOf(reservation, form), locale: 'es-US' as const, answers: { phone: false } };
    expect(changeBody(reservation, wanted, form, undefined)).toEqual({ locale: 'es-US' });
  });
});
