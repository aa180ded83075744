import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { type DealerVersion, isVisible, planDealerChanges } from '../../shared/dealers/dealer-changes.ts';
import { dealerOf, dealersOf } from './arbitrary-dealer.ts';

const ids = ['a', 'b', 'c', 'd'];

const anyImport = fc.record({
  puts: dealersOf(ids),
  removeIds: fc.subarray([...ids, 'unknown']),
  /** After so many steps the import dies. */
  steps: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(20)),
  /** The number skips ahead of the last one by so many. */
  skipped: fc.nat(2),
});

/** The rows as the table keeps them. */
class Rows {
  readonly versions = new Map<string, DealerVersion>();

  write(version: DealerVersion): void {
    this.versions.set(`${version.dealer.id}#${version.since}`, version);
  }

  delete(version: DealerVersion): void {
    this.versions.delete(`${version.dealer.id}#${version.since}`);
  }

  /** By id; fails when a store has two versions. */
  seenFrom(published: number): Map<string, Dealer> {
    const visible = [...this.versions.values()].filter((version) => isVisible(version, published));
    const byId = new Map(visible.map(({ dealer }) => [dealer.id, dealer]));
    expect(byId.size).toBe(visible.length);
    return byId;
  }
}

describe('imports', () => {
  test('whenever one dies, searches see the stores as before it or as after it', () => {
    fc.assert(
      fc.property(fc.array(anyImport, { maxLength: 8 }), (imports) => {
        const rows = new Rows();
        let expected = new Map<string, Dealer>();
        let published = 0;
        let number = 0;
        for (const { puts, removeIds, steps, skipped } of imports) {
          number += 1 + skipped;
          const next = number;
          const changes = { put: puts, removeIds: removeIds.filter((id) => !puts.some((dealer) => dealer.id === id)) };
          const plan = planDealerChanges([...rows.versions.values()], changes, published, next);
          const after = new Map(expected);
          for (const dealer of changes.put) after.set(dealer.id, dealer);
          for (const id of changes.removeIds) after.delete(id);
          const publish = () => {
            published = next;
            expected = after;
            expect(new Map(plan.visible.map(({ dealer }) => [dealer.id, dealer]))).toEqual(after);
          };
          const script = [
            ...plan.writes.map((version) => () => rows.write(version)),
            ...plan.leftovers.map((version) => () => rows.delete(version)),
            publish,
            ...plan.ended.map((version) => () => rows.delete(version)),
          ];
          for (const step of script.slice(0, steps)) {
            step();
            expect(rows.seenFrom(published)).toEqual(expected);
          }
        }
        // One more that runs to its end leaves nothing behind.
        const last = planDealerChanges([...rows.versions.values()], { put: [], removeIds: [] }, published, number + 1);
        for (const version of last.writes) rows.write(version);
        for (const version of [...last.leftovers, ...last.ended]) rows.delete(version);
        expect(rows.seenFrom(number + 1)).toEqual(expected);
        expect(rows.versions.size).toBe(expected.size);
      }),
      { numRuns: 500 },
    );
  });

  test('one that is run again writes only what the one that died had not written', () => {
    fc.assert(
      fc.property(dealersOf(ids), fc.nat(10), (put, steps) => {
        const first = planDealerChanges([], { put, removeIds: [] }, 0, 1);
        const again = planDealerChanges(first.writes.slice(0, steps), { put, removeIds: [] }, 0, 2);
        expect(again.writes.length).toBe(Math.max(0, put.length - steps));
        expect(again.leftovers).toEqual([]);
      }),
    );
  });

  test('a store that is put as it is is not written', () => {
    fc.assert(
      fc.property(dealersOf(ids), (put) => {
        const stored = put.map((dealer) => ({ dealer, since: 3 }));
        const plan = planDealerChanges(stored, { put: structuredClone(put), removeIds: [] }, 5, 6);
        expect(plan).toEqual({ writes: [], leftovers: [], visible: stored, ended: [] });
      }),
    );
  });

  test('an id twice in the changes is refused', () => {
    fc.assert(
      fc.property(dealerOf('a'), (dealer) => {
        const plan = (put: Dealer[], removeIds: string[]) => () => planDealerChanges([], { put, removeIds }, 0, 1);
        expect(plan([dealer, dealer], [])).toThrow('store a is put twice');
        expect(plan([dealer], ['a'])).toThrow('store a is both put and removed');
      }),
      { numRuns: 1 },
    );
  });
});
