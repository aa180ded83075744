import fc from 'fast-check';
import { censusCentroids } from '../../data/gazetteer/sources.ts';
import { DEALER_STATUSES, type Dealer } from '../../shared/dealers/dealer.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';
import { gazetteer } from './csv-of.ts';

const zips = [...censusCentroids().keys()].flatMap((zip) => {
  const entry = gazetteer.findZip(zip);
  return entry === undefined || entry.military || Math.abs(entry.location.lat) > 70 ? [] : entry;
});
const printable = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.replace(/\p{Cc}/gu, '').trim())
  .filter((text) => text !== '' && !/^[=+\-@\uFEFF]/.test(text));
const domain = fc.stringMatching(/^[a-z]{1,10}\.(com|net)$/);
const mailbox = fc.tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), domain).map((parts) => parts.join('@'));
const https = fc.tuple(domain, fc.webPath()).map(([host, path]) => `https://${host}${path}`);
const secretBytes = fc.uint8Array({ minLength: 24, maxLength: 64 });

/** Any store that the file can hold, as wild as its cells may be; `arbitrary-dealer.ts` has tame ones that change. */
const anyDealer: fc.Arbitrary<Dealer> = fc
  .record({
    id: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
    name: printable,
    franchise: printable,
    status: fc.constantFrom(...DEALER_STATUSES),
    street: fc.oneof(printable, fc.constant('')),
    city: printable,
    zip: fc.constantFrom(...zips),
    shift: fc.option(fc.record({ lat: fc.integer({ min: -999, max: 999 }), lng: fc.integer({ min: -999, max: 999 }) })),
    phone: fc.option(fc.stringMatching(/^\+1[2-9][0-9]{2}[2-9][0-9]{6}$/)),
    url: fc.option(https),
    models: fc.subarray([...MODEL_IDS], { minLength: 1 }),
    leadEmail: fc.option(mailbox),
    adfEmail: fc.option(mailbox),
    webhook: fc.option(
      fc.tuple(
        https,
        fc.uniqueArray(secretBytes, { minLength: 1, maxLength: 2, selector: (bytes) => bytes.join() }),
        fc.constantFrom(undefined, 'json', 'adf'),
      ),
    ),
  })
  .map(({ zip, shift, street, city, phone, url, leadEmail, adfEmail, webhook, ...rest }) => ({
    ...rest,
    address: { street, city, state: zip.state, zip: zip.zip },
    location:
      shift === null
        ? zip.location
        : {
            lat: Number((zip.location.lat + shift.lat / 10_000).toFixed(6)),
            lng: Number((zip.location.lng + shift.lng / 10_000).toFixed(6)),
          },
    locationAccuracy: shift === null ? 'zip' : 'rooftop',
    ...(phone !== null && { phone }),
    ...(url !== null && { url }),
    routing: {
      ...(leadEmail !== null && { leadEmail }),
      ...(adfEmail !== null && { adfEmail }),
      ...(webhook !== null && {
        webhookUrl: webhook[0],
        webhookSecret: webhook[1].map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`).join(' '),
        ...(webhook[2] !== undefined && { webhookFormat: webhook[2] }),
      }),
    },
  }));
export const anyDealers = fc.uniqueArray(anyDealer, { selector: (dealer) => dealer.id, maxLength: 8 });
