import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRows, type KeptRows } from '../../shared/recovery/check-rows.ts';
import type { HeldReservation } from '../../shared/reservations/held-table.ts';

const NOW = Date.UTC(2026, 10, 26);
const NOTHING = {
  erased: [],
  confirmationsLost: [],
  unjournalled: [],
  pointersMissing: [],
  pointersAstray: [],
  placesMissing: [],
  placesAstray: [],
  numbersMissing: new Map(),
  closingsAstray: [],
  leadsMissing: [],
  leadsAstray: [],
};

/** Rows of so many confirmed reservations at stores, pending ones and tombstones, as steps leave them. */
function rowsOf(confirmed: number, pending: number, withdrawn: number): KeptRows {
  const ids = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind}-${index}`);
  const held: HeldReservation[] = [
    ...ids('confirmed', confirmed).map((id, index) => ({
      id,
      version: 2,
      status: 'confirmed' as const,
      personKey: `1:${id}`,
      dealerId: `store-${index % 3}`,
      number: `number-${id}`,
      confirmedAt: new Date(NOW - index * 1000).toISOString(),
      leadId: `lead-${id}`,
    })),
    ...ids('pending', pending).map((id) => ({
      ...{ id, version: 1, status: 'pending' as const, personKey: `1:${id}`, dealerId: null },
      expiresAtSeconds: NOW / 1000 + 60,
    })),
    ...ids('withdrawn', withdrawn).map((id) => ({ id, version: 3, status: 'withdrawn' as const })),
  ];
  const standing = held.filter(({ status }) => status === 'confirmed');
  return {
    reservations: new Map(held.map((one) => [one.id, one])),
    pointers: held.flatMap(({ id, personKey }) => (personKey === undefined ? [] : [{ personKey, reservationId: id }])),
    numbers: new Map(standing.map(({ id, number = '' }) => [number, id])),
    places: standing.map(({ id, dealerId, confirmedAt = '' }) => ({ id, dealerId: dealerId ?? '', confirmedAt })),
    leads: new Map(
      standing.map(({ id, leadId, number = '', dealerId, confirmedAt = '' }) => [
        leadId ?? '',
        {
          ...{ id: leadId ?? '', reservationId: id, reservationNumber: number, dealerId: dealerId ?? '' },
          ...{ createdAt: confirmedAt, closings: [], sentVersion: 2 },
        },
      ]),
    ),
    journal: new Set(ids('withdrawn', withdrawn)),
  };
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));

test('rows as steps leave them fit together', () => {
  fc.assert(
    fc.property(sizes, (of) => {
      expect(checkRows(rowsOf(...of), NOW)).toEqual(NOTHING);
    }),
  );
});

test('each row that is gone or astray is found, and nothing else', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), (of, choice) => {
      const rows = rowsOf(...of);
      const at = <T>(all: readonly T[]): number => choice % all.length;
      const without = <T>(all: readonly T[]): T[] => all.filter((_, index) => index !== at(all));
      const found = (changes: Partial<KeptRows>) => checkRows({ ...rows, ...changes }, NOW);

      const pointer = rows.pointers[at(rows.pointers)];
      expect(found({ pointers: without(rows.pointers) }).pointersMissing).toMatchObject([pointer ?? {}]);
      const place = rows.places[at(rows.places)];
      expect(found({ places: without(rows.places) })).toEqual({ ...NOTHING, placesMissing: [place] });
      const stray = { dealerId: 'store-0', confirmedAt: '2026-11-01T00:00:00.000Z', id: 'nobody' };
      expect(found({ places: [...rows.places, stray] })).toEqual({ ...NOTHING, placesAstray: [stray] });
      const leading = { personKey: '1:gone', reservationId: 'withdrawn-0' };
      expect(found({ pointers: [...rows.pointers, leading] })).toEqual({ ...NOTHING, pointersAstray: [leading] });
      const number = [...rows.numbers][at([...rows.numbers])] ?? ['', ''];
      expect(found({ numbers: new Map(without([...rows.numbers])) })).toEqual({
        ...NOTHING,
        numbersMissing: new Map([number]),
      });
      expect(found({ journal: new Set([...rows.journal, 'confirmed-0', 'never-held']) }).erased).toEqual([
        'confirmed-0',
        'never-held',
      ]);
      expect(found({ journal: new Set() }).unjournalled).toEqual([...rows.journal]);
    }),
  );
});

test('a pointer to a pending reservation that has ended is nothing amiss, as time to live takes it later', () => {
  const rows = rowsOf(1, 1, 1);
  const ended = { personKey: '1:ended', reservationId: 'ended', freeFromSeconds: NOW / 1000 - 1 };
  expect(checkRows({ ...rows, pointers: [...rows.pointers, ended] }, NOW)).toEqual(NOTHING);
  const standing = { ...ended, freeFromSeconds: NOW / 1000 + 1 };
  expect(checkRows({ ...rows, pointers: [...rows.pointers, standing] }, NOW).pointersAstray).toEqual([standing]);
});

test('a lead confirms a pending reservation again only as it was sent', () => {
  const rows = rowsOf(1, 0, 0);
  const [lead] = rows.leads.values();
  const [confirmed] = rows.reservations.values();
  if (lead === undefined || confirmed === undefined) throw new Error('there must be one of each');
  const { number: _, confirmedAt: __, leadId: ___, ...asked } = confirmed;
  const pending = { ...asked, version: 1, status: 'pending' as const, expiresAtSeconds: NOW / 1000 + 60 };
  const found = (changes: Partial<HeldReservation>) =>
    checkRows({ ...rows, reservations: new Map([[pending.id, { ...pending, ...changes }]]) }, NOW);
  expect(found({})).toMatchObject({ confirmationsLost: [lead], leadsAstray: [] });
  expect(found({ version: 2 })).toMatchObject({ confirmationsLost: [], leadsAstray: [lead] });
  expect(found({ dealerId: 'another' })).toMatchObject({ confirmationsLost: [], leadsAstray: [lead] });
});
