import type { Locale } from '../../shared/launch/launch.ts';
import type { FoundDealer } from './api-client.ts';

/** The language to speak: Spanish for any Spanish, English for all else. @param tag a BCP 47 tag, e.g. `es-MX` */
export function localeOf(tag: string | null | undefined): Locale {
  return tag?.trim().toLowerCase().split(/[-_]/)[0] === 'es' ? 'es-US' : 'en-US';
}

/**
 * A distance for people: `8.3 mi`; whole from 100 on.
 *
 * @param distance in `unit`, at least 0
 */
export function formatDistance(distance: number, unit: 'mi' | 'km', locale: Locale): string {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: unit === 'mi' ? 'mile' : 'kilometer',
    maximumFractionDigits: distance < 100 ? 1 : 0,
  }).format(distance);
}

/** `8.3 mi`; whole, and at least 1, for a store whose own place is known only to a few miles. */
export function formatDealerDistance(
  dealer: Pick<FoundDealer, 'distance' | 'locationAccuracy'>,
  unit: 'mi' | 'km',
  locale: Locale,
): string {
  const approximate = dealer.locationAccuracy === 'zip';
  return formatDistance(approximate ? Math.max(1, Math.round(dealer.distance)) : dealer.distance, unit, locale);
}

/** `(954) 555-1234` for a US number in E.164; any other text as it is. */
export function formatPhone(phone: string): string {
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone) ?? [];
  return line === undefined ? phone : `(${area}) ${exchange}-${line}`;
}

/** Street and city as on an envelope; a store without a street has its city alone. */
export function addressLines(address: FoundDealer['address']): readonly string[] {
  const city = `${address.city}, ${address.state} ${address.zip}`;
  return address.street === '' ? [city] : [address.street, city];
}

/** A link that opens the way to a store in a map. It names the store only, not where the person is. */
export function directionsUrl(dealer: Pick<FoundDealer, 'name' | 'address'>): string {
  const query = new URLSearchParams({
    api: '1',
    destination: [dealer.name, ...addressLines(dealer.address)].join(', '),
  });
  return `https://www.google.com/maps/dir/?${query}`;
}

/** A store's own site, when it is a web address at all. */
export function websiteUrl(url: string | undefined): string | undefined {
  const parsed = url === undefined ? null : URL.parse(url);
  return parsed?.protocol === 'https:' || parsed?.protocol === 'http:' ? parsed.href : undefined;
}

/**
 * Where a browser says it is, as the API takes it: three decimals, about 100 m, so that nobody's door is sent.
 *
 * @param point latitude in [-90, 90] and longitude in [-180, 180], in degrees
 */
export function nearOfPosition(point: { readonly latitude: number; readonly longitude: number }): string {
  // toFixed alone can give -0.000, which is no plain decimal.
  const rounded = (degrees: number) => String(Number(degrees.toFixed(3)) + 0);
  return `${rounded(point.latitude)},${rounded(point.longitude)}`;
}

/** Day and time in the reader's own time zone. @param time RFC 3339 */
export function formatTime(time: string, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(new Date(time));
}
