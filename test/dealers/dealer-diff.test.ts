import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { diffDealers, formatDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { anyDealers } from './arbitrary-csv-dealer.ts';
import { csvOf, dealersOf } from './csv-of.ts';

describe('diffDealers', () => {
  test('finds nothing to do between equal files, whatever the order', () => {
    fc.assert(
      fc.property(anyDealers, (dealers) => {
        const diff = diffDealers(dealers, dealersOf(formatDealersCsv(dealers)).toReversed());
        expect([diff.added, diff.changed, diff.removed]).toEqual([[], [], []]);
        expect(diff.unchanged).toHaveLength(dealers.length);
      }),
    );
  });

  test('turns the current stores into the wanted ones', () => {
    fc.assert(
      fc.property(anyDealers, anyDealers, (current, wanted) => {
        const { added, changed, removed } = diffDealers(current, wanted);
        const after = new Map(current.map((dealer) => [dealer.id, dealer]));
        for (const { id } of removed) expect(after.delete(id)).toBe(true);
        for (const { dealer } of changed) expect(after.has(dealer.id)).toBe(true);
        for (const dealer of added) expect(after.has(dealer.id)).toBe(false);
        for (const dealer of [...added, ...changed.map((change) => change.dealer)]) after.set(dealer.id, dealer);
        const byId = (a: Dealer, b: Dealer) => (a.id < b.id ? -1 : 1);
        expect([...after.values()].sort(byId)).toEqual([...wanted].sort(byId));
      }),
    );
  });

  test('names the columns that differ', () => {
    const before = dealersOf(csvOf([{}]));
    const changes = {
      phone: '',
      models: 'a110',
      lat: '26.1',
      webhook_url: 'https://hooks.example.com/',
      webhook_format: 'json',
    };
    const { changed } = diffDealers(before, dealersOf(csvOf([changes])));
    expect(changed.map((change) => change.fields)).toEqual([
      ['lat', 'phone', 'models', 'webhook_url', 'webhook_format'],
    ]);
  });

  test('sees that the centroid of a ZIP has moved', () => {
    const [dealer] = dealersOf(csvOf([{ lat: '', lng: '' }]));
    if (dealer === undefined) throw new Error('no store');
    const { changed } = diffDealers([{ ...dealer, location: { lat: 26, lng: -80 } }], [dealer]);
    expect(changed.map((change) => change.fields)).toEqual([['location']]);
  });
});
