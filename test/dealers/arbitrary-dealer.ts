import fc from 'fast-check';
import type { Dealer, PublicDealer } from '../../shared/dealers/dealer.ts';
import type { DealerHits, DealerQuestion } from '../../shared/dealers/find-dealers.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import { anyRadius, anywhere } from '../geo/arbitrary-point.ts';

const MODELS = ['a110', 'a390'] as const;

/** A store of that id; few places and few words, so that changes often leave something as it was. */
export function dealerOf(id: string): fc.Arbitrary<Dealer> {
  return fc
    .record({
      location: fc.oneof(
        anywhere,
        fc.constantFrom({ lat: 26, lng: -80 }, { lat: 26.001, lng: -80 }, { lat: 52, lng: 180 }),
      ),
      models: fc.subarray([...MODELS]),
      status: fc.constantFrom('expected', 'confirmed', 'open', 'withdrawn'),
      phone: fc.constantFrom('+19545550100', '+19545550101'),
      leadEmail: fc.constantFrom('sales@store.example', 'leads@store.example'),
    })
    .map(({ location: { lat, lng }, models, status, phone, leadEmail }) => ({
      id,
      name: `Store ${id}`,
      franchise: 'Jaguar',
      status,
      address: { street: '1 Main St', city: 'Plantation', state: 'FL', zip: '33324' },
      location: { lat, lng },
      locationAccuracy: 'rooftop',
      phone,
      models,
      routing: { leadEmail, webhookSecret: `whsec_${id}` },
    }));
}

/** Stores of some of the ids, one each. */
export function dealersOf(ids: readonly string[]): fc.Arbitrary<Dealer[]> {
  return fc.subarray([...ids]).chain((some) => fc.tuple(...some.map(dealerOf)));
}

export const anyQuestion: fc.Arbitrary<DealerQuestion> = fc
  .record({
    origin: anywhere,
    radiusMeters: anyRadius,
    limit: fc.integer({ min: 1, max: 12 }),
    model: fc.constantFrom(undefined, ...MODELS),
  })
  .map(({ model, ...question }) => (model === undefined ? question : { ...question, model }));

export function publicly({ routing: _, ...dealer }: Dealer): PublicDealer {
  return dealer;
}

/** What a search must answer: all stores, sorted. */
export function sortedHits(dealers: Iterable<Dealer>, question: DealerQuestion): DealerHits {
  const { origin, radiusMeters, limit, model } = question;
  const matching = [...dealers]
    .filter((dealer) => dealer.status !== 'withdrawn' && (model === undefined || dealer.models.includes(model)))
    .map((dealer) => ({ dealer: publicly(dealer), distanceMeters: distanceMeters(origin, dealer.location) }))
    .sort((a, b) => a.distanceMeters - b.distanceMeters || (a.dealer.id < b.dealer.id ? -1 : 1));
  const within = matching.filter((hit) => hit.distanceMeters <= radiusMeters);
  const beyondRadius = within.length === 0 && matching.length > 0;
  return { beyondRadius, hits: (beyondRadius ? matching : within).slice(0, limit) };
}
