import fc from 'fast-check';
import type { PublicDealer } from '../../shared/dealers/dealer.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';

/** A store as a search finds it. */
export const plainStore: PublicDealer = {
  id: '2590',
  name: 'Mercedes-Benz of Pembroke Pines',
  franchise: 'Mercedes-Benz',
  status: 'expected',
  address: { street: '14199 Pines Blvd', city: 'Pembroke Pines', state: 'FL', zip: '33027' },
  location: { lat: 25.98811, lng: -80.340442 },
  locationAccuracy: 'zip',
  url: 'https://www.mbofpembrokepines.com/',
  models: MODEL_IDS,
};

/** What breaks out of HTML that is put together carelessly. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<!-- ',
    ']]>',
    '&lt;b&gt; &amp; &#39;',
    '${7 * 7} $& $1',
    '\u2028 line \u2029',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
);

/** A store whose texts are anything, of the same kind (links, accuracy, models) as another one made beside it. */
export const hostileStore: fc.Arbitrary<{ hostile: PublicDealer; plain: PublicDealer }> = fc
  .record({
    name: hostileText,
    street: hostileText,
    city: hostileText,
    url: fc.option(fc.constantFrom('https://a.example/?a=1&b="><i>', "https://b.example/'x"), { nil: undefined }),
    phone: fc.option(fc.constantFrom('+19545551234', '"><b>1</b>'), { nil: undefined }),
    status: fc.constantFrom('expected', 'confirmed', 'open'),
    locationAccuracy: fc.constantFrom('zip', 'rooftop'),
  })
  .map(({ name, street, city, url, phone, ...kind }) => {
    const { url: _, ...bare } = plainStore;
    const plain = {
      ...bare,
      ...kind,
      ...(url !== undefined && { url: 'https://plain.example/' }),
      ...(phone !== undefined && { phone: '+19545551234' }),
    };
    const hostile = {
      ...plain,
      name,
      address: { ...plain.address, street, city },
      ...(url !== undefined && { url }),
      ...(phone !== undefined && { phone }),
    };
    return { hostile, plain };
  });

/** The tags of a page in order, each with its attributes' names. */
export function skeletonOf(page: string): readonly string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}

/** The value of the one attribute that the pattern's group finds, or fails. */
export function valueIn(page: string, pattern: RegExp): string {
  const value = pattern.exec(page)?.[1];
  if (value === undefined) throw new Error(`the page has no ${pattern}`);
  return value;
}
