import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDealersCsv } from '../../data/dealers/build.ts';
import { formatDealersCsv, parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { DEALER_COLUMNS, type DealerColumn } from '../../shared/dealers/dealer-csv-row.ts';
import { anyDealers } from './arbitrary-csv-dealer.ts';
import { context, csvOf, dealersOf, faultsOf, GOOD, gazetteer } from './csv-of.ts';

const committed = readFileSync(new URL('../../data/dealers.csv', import.meta.url), 'utf8');

describe('parseDealersCsv', () => {
  test('reads every cell of a row', () => {
    expect(dealersOf(csvOf([{}]))).toEqual([
      {
        id: '2165',
        name: 'Mercedes-Benz of Fort Lauderdale',
        franchise: 'Mercedes-Benz',
        status: 'expected',
        address: { street: '2411 S. Federal Hwy', city: 'Fort Lauderdale', state: 'FL', zip: '33316' },
        location: { lat: 26.0925, lng: -80.1367 },
        locationAccuracy: 'rooftop',
        phone: '+19545551234',
        url: 'https://www.example.com/store',
        models: ['a110', 'crossover-compact'],
        routing: {
          leadEmail: 'leads@example.com',
          adfEmail: 'adf+2165@crm.example.com',
          webhookUrl: 'https://hooks.example.com/leads?store=2165',
          webhookSecret: GOOD.webhook_secret,
          webhookFormat: 'adf',
        },
      },
    ]);
  });

  test('places a store without coordinates at its ZIP and says so', () => {
    const [dealer] = dealersOf(csvOf([{ lat: '', lng: '' }]));
    const entry = gazetteer.findZip('33316');
    expect(dealer).toMatchObject({ locationAccuracy: 'zip', location: entry?.military === false && entry.location });
  });

  test('reads back what was formatted, whatever stands in the cells', () => {
    fc.assert(
      fc.property(anyDealers, (dealers) => {
        expect(dealersOf(formatDealersCsv(dealers))).toEqual(dealers);
      }),
    );
  });

  test('takes a byte order mark, CRLF, blank lines, padding, quotes and any order of columns', () => {
    const plain = csvOf([{}, { id: '2', name: 'A, "B" & C' }]);
    const wanted = dealersOf(plain);
    expect(wanted[1]?.name).toBe('A, "B" & C');
    expect(dealersOf(`\uFEFF${plain}`)).toEqual(wanted);
    expect(dealersOf(plain.replaceAll('\n', '\r\n'))).toEqual(wanted);
    expect(dealersOf(`\n${plain}\n,,,\n  \n`)).toEqual(wanted);
    expect(dealersOf(plain.replace('2165,', ' 2165 ,'))).toEqual(wanted);
    expect(dealersOf(csvOf([{}, { id: '2', name: 'A, "B" & C' }], DEALER_COLUMNS.toReversed()))).toEqual(wanted);
  });

  test('takes a file of a header alone as no stores', () => {
    expect(dealersOf(csvOf([]))).toEqual([]);
  });

  const wrong: readonly (readonly [DealerColumn, string, RegExp])[] = [
    ['id', '', /1 to 32/],
    ['id', 'Store 1', /1 to 32/],
    ['id', 'x'.repeat(33), /1 to 32/],
    ['name', '', /1 to 100/],
    ['name', '=HYPERLINK("https://example.com")', /formula/],
    ['name', '+1', /formula/],
    ['name', ' -2+3', /formula/],
    ['city', '@SUM(A1)', /formula/],
    ['street', '\t=1', /control character/],
    ['franchise', 'BMW\u0007', /control character/],
    ['lead_email', '=cmd', /formula/],
    ['status', 'authorised', /expected/],
    ['status', 'Expected', /expected/],
    ['state', 'XX', /such as FL/],
    ['state', 'fl', /such as FL/],
    ['state', 'Florida', /such as FL/],
    ['state', 'GA', /lies in FL/],
    ['zip', '3316', /leading zero/],
    ['zip', '33316-1234', /five digits/],
    ['zip', '33399', /no such ZIP/],
    ['zip', '09001', /military/],
    ['lat', '', /both lat and lng/],
    ['lng', '', /both lat and lng/],
    ['lat', '91', /from -90 to 90/],
    ['lng', '-180.5', /from -180 to 180/],
    ['lat', '2.6e1', /plain decimal/],
    ['lat', '26,09', /plain decimal/],
    ['lat', 'NaN', /plain decimal/],
    ['lng', '80.1367', /west is negative/],
    ['lat', '48.85', /miles from its ZIP/],
    ['phone', '954-555-1234', /ten digits/],
    ['phone', '+1234', /ten digits/],
    ['phone', '=1+1', /ten digits/],
    ['url', 'http://example.com', /https/],
    ['url', 'www.example.com', /https/],
    ['url', 'javascript:alert(1)', /https/],
    ['url', 'https://user:pw@example.com', /user name/],
    ['url', 'https://:pw@example.com', /user name/],
    ['url', 'https:www.example.com', /begins with https:\/\//],
    ['models', '', /a110/],
    ['models', 'a110;a290', /a110/],
    ['models', 'a110;a110', /each once/],
    ['lead_email', 'leads', /e-mail/],
    ['adf_email', 'a@b.com, c@d.com', /e-mail/],
    ['webhook_url', 'http://hooks.example.com', /https/],
    ['webhook_url', '', /both webhook_url and webhook_secret/],
    ['webhook_secret', '', /both webhook_url and webhook_secret/],
    ['webhook_secret', 'hunter2', /whsec_/],
    ['webhook_secret', `whsec_${Buffer.alloc(23).toString('base64')}`, /24 to 64/],
    ['webhook_secret', `whsec_${Buffer.alloc(65).toString('base64')}`, /24 to 64/],
    ['webhook_secret', `whsec_${Buffer.alloc(32).toString('hex')}=`, /base64/],
    ['webhook_secret', `${GOOD.webhook_secret} ${GOOD.webhook_secret}`, /the same/],
    ['webhook_secret', `${GOOD.webhook_secret}  whsec_${Buffer.alloc(32).toString('base64')}`, /one space/],
    ['webhook_url', 'https://127.0.0.1/leads', /public internet/],
    ['webhook_url', 'https://10.1.2.3/leads', /public internet/],
    ['webhook_url', 'https://crm/leads', /full host name/],
    ['webhook_url', 'https://hooks.example.com:25/', /port 443/],
    ['webhook_url', 'https://user:pw@hooks.example.com/', /user name/],
    ['webhook_url', `https://hooks.example.com/${'x'.repeat(300)}`, /300/],
    ['webhook_format', 'xml', /json, adf/],
  ];

  test.each(wrong)('refuses %s %j', (column, value, fix) => {
    const [fault, ...more] = faultsOf(csvOf([{}, { id: '2', [column]: value }]));
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ line: 3, fix: expect.stringMatching(fix) });
  });

  test('sees that lat and lng are swapped', () => {
    expect(faultsOf(csvOf([{ lat: GOOD.lng, lng: GOOD.lat }]))).toMatchObject([
      { line: 2, fix: expect.stringContaining('swapped') },
    ]);
  });

  test('names the cell of every fault in every row at once', () => {
    const rows = wrong.map(([column, value], index) => ({ id: `s-${index}`, [column]: value }));
    const faults = faultsOf(csvOf(rows));
    expect(faults.map((fault) => fault.line)).toEqual(wrong.map((_, index) => index + 2));
    expect(faultsOf(csvOf([{ zip: '1', phone: '2', url: '3', models: '4' }])).map((fault) => fault.column)).toEqual([
      'zip',
      'phone',
      'url',
      'models',
    ]);
  });

  test('names the line where an id stood first', () => {
    expect(faultsOf(csvOf([{}, { id: '2' }, {}]))).toEqual([
      { line: 4, column: 'id', value: '2165', fix: 'stands on line 2 already' },
    ]);
  });

  test('takes a file from before webhook_format', () => {
    const columns = DEALER_COLUMNS.filter((column) => column !== 'webhook_format');
    const [dealer] = dealersOf(csvOf([{}], columns));
    expect(dealer?.routing.webhookUrl).toBe(GOOD.webhook_url);
    expect(dealer?.routing).not.toHaveProperty('webhookFormat');
  });

  test('refuses a format without an endpoint, and takes this machine’s own endpoints where it is told to', () => {
    expect(faultsOf(csvOf([{ webhook_url: '', webhook_secret: '' }]))).toMatchObject([
      { column: 'webhook_format', fix: expect.stringContaining('leave it blank') },
    ]);
    const text = csvOf([{ webhook_url: 'http://127.0.0.1:4000/leads' }]);
    expect(faultsOf(text)).toMatchObject([{ column: 'webhook_url' }]);
    expect(parseDealersCsv(text, { ...context, allowLoopback: true }).faults).toBeUndefined();
    const inside = csvOf([{ webhook_url: 'http://10.0.0.1:4000/leads' }]);
    expect(parseDealersCsv(inside, { ...context, allowLoopback: true }).faults).toHaveLength(1);
  });

  test('never repeats a secret', () => {
    const text = csvOf([{ webhook_secret: 'whsec_topsecret' }]);
    expect(JSON.stringify(faultsOf(text))).not.toContain('topsecret');
  });

  test('names lines with a stray quote or too many cells beside the faults of other lines', () => {
    const [header = '', good = ''] = csvOf([{}]).split('\n');
    const lines = [header, good, 'a "b" c,', `${good},`, '"open', csvOf([{ id: '2', zip: '1' }]).split('\n')[1], ''];
    expect(faultsOf(lines.join('\n'))).toMatchObject([
      { line: 3, fix: expect.stringContaining('quote') },
      { line: 4, fix: expect.stringContaining('19 cells for 18 columns') },
      { line: 5, fix: expect.stringContaining('quote') },
      { line: 6, column: 'zip' },
    ]);
  });

  test('names missing, unknown and repeated columns', () => {
    const header = DEALER_COLUMNS.filter((column) => column !== 'zip')
      .concat('id')
      .join(',');
    expect(faultsOf(`${header},e-mail\n`)).toEqual([
      { line: 1, column: 'e-mail', fix: expect.stringContaining('is no column') },
      { line: 1, column: 'id', fix: 'stands twice in the header' },
      { line: 1, column: 'zip', fix: 'is missing in the header' },
    ]);
    expect(faultsOf('')).toMatchObject([{ line: 1, fix: expect.stringContaining('header') }]);
  });

  test('answers any text with stores or with faults, and never throws', () => {
    const header = DEALER_COLUMNS.join(',');
    const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"', ',', '\n', '', ...Object.values(GOOD)));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 20 })), fc.boolean(), (rows, withHeader) => {
        const text = [...(withHeader ? [header] : []), ...rows.map((row) => row.join(','))].join('\n');
        const { dealers, faults } = parseDealersCsv(text, context);
        expect(dealers === undefined).toBe((faults?.length ?? 0) > 0);
      }),
    );
  });
});

describe('data/dealers.csv', () => {
  test('is what the build gives', () => {
    expect(buildDealersCsv()).toBe(committed);
  });

  test('has no fault, only expected stores, no name that claims an authorisation, and formats to itself', () => {
    const dealers = dealersOf(committed);
    expect(dealers).toHaveLength(70);
    expect(dealers.filter((dealer) => dealer.status !== 'expected' || /authori[sz]ed/i.test(dealer.name))).toEqual([]);
    expect(formatDealersCsv(dealers)).toBe(committed);
  });
});
