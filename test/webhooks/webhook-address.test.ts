import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressFault, webhookUrlFault } from '../../shared/webhooks/webhook-address.ts';

const PUBLIC_ONLY = { allowLoopback: false };
const WITH_LOOPBACK = { allowLoopback: true };

/** IANA's registries of special-purpose addresses, with multicast and what is not assigned for use. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const NOT_PUBLIC_V6 = [
  '::/3', // Unspecified, loopback, IPv4-compatible, mapped and translated, NAT64, discard.
  '2001::/23', // Teredo, benchmarking, ORCHID and others.
  '2001:db8::/32',
  '2002::/16', // 6to4.
  '2620:4f:8000::/48',
  '3fff::/20',
  '4000::/2',
  '8000::/1', // Unique local, link-local, site-local, multicast.
];

// Node's own list, built on another implementation. One for each family: it reads mapped addresses as IPv4.
const listV4 = new BlockList();
for (const range of NOT_PUBLIC_V4) listV4.addSubnet(...split(range), 'ipv4');
const listV6 = new BlockList();
for (const range of NOT_PUBLIC_V6) listV6.addSubnet(...split(range), 'ipv6');

function split(range: string): [string, number] {
  const [network = '', prefix] = range.split('/');
  return [network, Number(prefix)];
}

function textV4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}

function textV6(value: bigint): string {
  return Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(
    ':',
  );
}

function valueV4(text: string): number {
  return text.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

function valueV6(text: string): bigint {
  const [head = '', tail = ''] = text.split('::');
  const parts = (half: string) => (half === '' ? [] : half.split(':'));
  const zeros = Array.from({ length: 8 - parts(head).length - parts(tail).length }, () => '0');
  return [...parts(head), ...zeros, ...parts(tail)].reduce((value, part) => (value << 16n) | BigInt(`0x${part}`), 0n);
}

/** Around the edges of every range, where a slip of a bit shows, and anywhere. */
const anyV4 = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc
    .tuple(fc.constantFrom(...NOT_PUBLIC_V4), fc.boolean(), fc.integer({ min: -2, max: 2 }))
    .map(([range, end, step]) => {
      const [network, prefix] = split(range);
      return (((valueV4(network) + (end ? 2 ** (32 - prefix) : 0) + step) % 2 ** 32) + 2 ** 32) % 2 ** 32;
    }),
);
const anyV6 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  fc.bigInt({ min: 2n ** 125n, max: 2n ** 126n - 1n }),
  fc
    .tuple(fc.constantFrom(...NOT_PUBLIC_V6), fc.boolean(), fc.bigInt({ min: -2n, max: 2n }))
    .map(([range, end, step]) => {
      const [network, prefix] = split(range);
      return BigInt.asUintN(128, valueV6(network) + (end ? 1n << BigInt(128 - prefix) : 0n) + step);
    }),
);

describe('an address to connect to', () => {
  test('is taken exactly when it is on the public internet: IPv4', () => {
    fc.assert(
      fc.property(anyV4, (value) => {
        const address = textV4(value);
        expect([address, addressFault(address, PUBLIC_ONLY) !== undefined]).toEqual([address, listV4.check(address)]);
      }),
      { numRuns: 3000 },
    );
  });

  test('is taken exactly when it is on the public internet: IPv6', () => {
    fc.assert(
      fc.property(anyV6, (value) => {
        const address = textV6(value);
        expect([address, addressFault(address, PUBLIC_ONLY) !== undefined]).toEqual([
          address,
          listV6.check(address, 'ipv6'),
        ]);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['private', ['10.0.0.1', '172.31.255.255', '192.168.1.1']],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
    ['link-local, where clouds keep credentials', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0']],
    ['shared by a carrier', ['100.64.0.1', '100.127.255.255']],
    ['unique local', ['fc00::1', 'fd00:ec2::254']],
    ['an IPv4 address in IPv6', ['::ffff:8.8.8.8', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '::7f00:1']],
    ['a way to an IPv4 address', ['2002:7f00:1::1', '2001:0:7f00:1::', '64:ff9b::7f00:1', '64:ff9b:1::1']],
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
    ['for many', ['224.0.0.1', '255.255.255.255', 'ff02::1']],
    [
      'for documentation or tests',
      ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1'],
    ],
    ['reserved', ['240.0.0.1', '4000::1', '5f00::1', 'fec0::1']],
    ['public behind a zone', ['2606:4700::1111%eth0']],
    [
      'no address',
      ['', 'localhost', '127.1', '0x7f.0.0.1', '010.0.0.1', '2130706433', '8.8.8.8 ', '[::1]', '1.2.3.256'],
    ],
  ])('is refused when it is %s', (_, addresses) => {
    for (const address of addresses) {
      const fault = addressFault(address, PUBLIC_ONLY);
      expect([address, fault]).toEqual([
        address,
        expect.stringMatching(/^is not (an IP address|on the public internet)$/),
      ]);
    }
  });

  test.each(['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450::1'])(
    'is taken when it is public: %s',
    (address) => expect(addressFault(address, PUBLIC_ONLY)).toBeUndefined(),
  );

  test('may be 127.0.0.1 or ::1 where loopback is allowed, and nothing else that is not public', () => {
    for (const address of ['127.0.0.1', '::1', '0:0:0:0:0:0:0:1']) {
      expect([address, addressFault(address, WITH_LOOPBACK)]).toEqual([address, undefined]);
    }
    const others = [
      '127.0.0.2',
      '0.0.0.0',
      '::',
      '::ffff:127.0.0.1',
      '::7f00:1',
      '10.0.0.1',
      '169.254.169.254',
      'fd00::1',
    ];
    for (const address of others)
      expect([address, addressFault(address, WITH_LOOPBACK)]).not.toEqual([address, undefined]);
    fc.assert(
      fc.property(anyV4.map(textV4), (address) => {
        fc.pre(address !== '127.0.0.1');
        expect(addressFault(address, WITH_LOOPBACK)).toBe(addressFault(address, PUBLIC_ONLY));
      }),
    );
  });
});

describe('an address for webhooks', () => {
  test.each([
    'https://crm.example.com/leads?store=2165&x=%20',
    'https://crm.example.com',
    'https://crm.example.com:443/',
    'https://crm.example.com:8443/',
    'HTTPS://CRM.example.com/',
    'https://münchen.example/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]:1024/',
    'https://crm.example.com/a@b?c@d',
  ])('is taken: %s', (url) => {
    expect(webhookUrlFault(url, PUBLIC_ONLY)).toBeUndefined();
    expect(webhookUrlFault(url, WITH_LOOPBACK)).toBeUndefined();
  });

  test.each([
    ['http://crm.example.com/', 'https'],
    ['ftp://crm.example.com/', 'https'],
    ['javascript:alert(1)', 'https'],
    ['//crm.example.com/', 'https'],
    ['crm.example.com', 'https'],
    ['https:crm.example.com', 'https'],
    ['https:/crm.example.com', 'https'],
    ['https:///crm.example.com', 'https'],
    ['', 'https'],
    ['https://user@crm.example.com/', 'user name'],
    ['https://user:pass@crm.example.com/', 'user name'],
    ['https://@crm.example.com/', 'user name'],
    ['https://8.8.8.8@10.0.0.1/', 'user name'],
    ['https://crm.example.com/#part', '#'],
    ['https://crm.example.com/#', '#'],
    ['https://crm.example.com/a b', 'blank'],
    ['https://crm.example.com\\@10.0.0.1/', 'backslash'],
    ['https://crm.exa\nmple.com/', 'control character'],
    [' https://crm.example.com/', 'blank'],
    ['https://crm.example.com:25/', 'port'],
    ['https://crm.example.com:22/', 'port'],
    ['https://crm.example.com:80/', 'port'],
    ['https://crm.example.com:0/', 'port'],
    ['https://crm.example.com:65536/', 'URL'],
    ['https://a..b:99999999/', 'URL'],
    ['https://localhost/', 'full host name'],
    ['https://api.localhost/', 'full host name'],
    ['https://intranet/', 'full host name'],
    ['https://crm.example.com./', 'full host name'],
    ['https://10.0.0.1/', 'public internet'],
    ['https://127.0.0.1/', 'public internet'],
    ['https://127.1/', 'public internet'],
    ['https://0x7f.0.0.1/', 'public internet'],
    ['https://0177.0.0.1/', 'public internet'],
    ['https://2130706433/', 'public internet'],
    ['https://①②⑦.0.0.1/', 'public internet'],
    ['https://169.254.169.254/latest/meta-data', 'public internet'],
    ['https://[::1]/', 'public internet'],
    ['https://[::ffff:127.0.0.1]/', 'public internet'],
    ['https://[fd00::1]/', 'public internet'],
    ['https://[::127.0.0.1]/', 'public internet'],
  ])('is refused: %j', (url, reason) => {
    expect(webhookUrlFault(url, PUBLIC_ONLY)).toMatch(/^must /);
    expect(webhookUrlFault(url, PUBLIC_ONLY)).toContain(reason);
  });

  test('may be plain http and of this machine where loopback is allowed', () => {
    for (const url of [
      'http://127.0.0.1:3000/',
      'https://127.0.0.1/',
      'http://[::1]:3000/x',
      'http://localhost:8080/',
    ]) {
      expect([url, webhookUrlFault(url, WITH_LOOPBACK)]).toEqual([url, undefined]);
      expect([url, webhookUrlFault(url, PUBLIC_ONLY)]).not.toEqual([url, undefined]);
    }
    // A name may lead to this machine; what it leads to is seen when it is used.
    expect(webhookUrlFault('http://crm.example.com/', WITH_LOOPBACK)).toBeUndefined();
    const others = [
      'http://8.8.8.8/',
      'http://10.0.0.1/',
      'https://127.0.0.2/',
      'http://intranet/',
      'http://u@localhost/',
    ];
    for (const url of others) expect([url, webhookUrlFault(url, WITH_LOOPBACK)]).not.toEqual([url, undefined]);
  });

  test('is judged for any text at all, and never repeated', () => {
    const anyHost = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.string(),
    );
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.constantFrom('https://', 'http://', 'https:'), anyHost, fc.string()).map((parts) => parts.join('')),
      fc.webUrl({ validSchemes: ['https', 'http'], withFragments: true, withQueryParameters: true }),
    );
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, allowLoopback) => {
        const fault = webhookUrlFault(text, { allowLoopback });
        if (fault === undefined) expect(URL.canParse(text)).toBe(true);
        else if (text.length > 15) expect(fault).not.toContain(text);
      }),
      { numRuns: 1000 },
    );
  });
});
