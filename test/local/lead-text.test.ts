import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration, leadLines, summaryLines } from '../../local/lead-text.ts';

const LEAD = {
  id: '0f9c2d0e-7a9e-4c56-9a7e-1f2b3c4d5e6f',
  dealerId: '2745',
  reservationNumber: 'ALP-7K3Q-9XTM',
  createdAt: '2026-11-23T14:05:09.120Z',
  status: 'failed' as const,
  acknowledgedAt: '2026-11-23T14:09:19.120Z',
  deliveries: [
    {
      channel: 'lead-mail',
      status: 'delivered' as const,
      attempts: 1,
      lastError: null,
      deliveredAt: '2026-11-23T14:05:10.000Z',
      dueAt: null,
    },
    {
      channel: 'adf-mail',
      status: 'failed' as const,
      attempts: 3,
      lastError: 'the CRM address has bounced',
      deliveredAt: null,
      dueAt: null,
    },
    {
      channel: 'lead-closed-webhook',
      status: 'pending' as const,
      attempts: 2,
      lastError: null,
      deliveredAt: null,
      dueAt: '2026-11-23T15:00:00.000Z',
    },
  ],
};

describe('leads in a terminal', () => {
  test('show who has what since when, and why not', () => {
    expect(leadLines([LEAD, { ...LEAD, dealerId: '1', acknowledgedAt: null, deliveries: [] }])).toEqual([
      'LEAD                                  STORE  RESERVATION    SINCE              STATUS  TAKEN ON',
      '0f9c2d0e-7a9e-4c56-9a7e-1f2b3c4d5e6f  2745   ALP-7K3Q-9XTM  2026-11-23 14:05Z  failed  after 4 min 10 s',
      '  lead-mail           delivered 2026-11-23 14:05Z, 1 try',
      '  adf-mail            failed    3 tries: the CRM address has bounced',
      '  lead-closed-webhook pending   due 2026-11-23 15:00Z, 2 tries so far',
      '0f9c2d0e-7a9e-4c56-9a7e-1f2b3c4d5e6f  1      ALP-7K3Q-9XTM  2026-11-23 14:05Z  failed  no',
    ]);
  });

  test('are summed up by store', () => {
    const since = '2026-10-24T14:05:09.120Z';
    const stores = [
      { dealerId: '2745', leads: 12, acknowledged: 7, medianResponseSeconds: 15_000.5 },
      { dealerId: '2605', leads: 1, acknowledged: 0, medianResponseSeconds: null },
    ];
    expect(summaryLines({ since, stores })).toEqual([
      'Leads since 2026-10-24 14:05Z',
      'STORE  LEADS  TAKEN ON  MEDIAN RESPONSE',
      '2745   12     7         4 h 10 min',
      '2605   1      0         none',
    ]);
    expect(summaryLines({ since, stores: [] })).toEqual(['No leads since 2026-10-24 14:05Z.']);
  });

  test('tell a length of time in at most two units, right to the smaller one', () => {
    const SECONDS = { d: 86_400, h: 3600, min: 60, s: 1 } as const;
    fc.assert(
      fc.property(fc.nat(100 * 86_400), (seconds) => {
        const parts = duration(seconds).match(/\d+ \w+/g) ?? [];
        const units = parts.map((part) => SECONDS[part.split(' ')[1] as keyof typeof SECONDS]);
        const told = parts.reduce((sum, part, index) => sum + Number.parseInt(part, 10) * (units[index] ?? 0), 0);
        expect(parts.length).toBeLessThanOrEqual(2);
        expect(told).toBeLessThanOrEqual(seconds);
        // What is left out is less than the unit below the largest.
        const largest = units[0] ?? 1;
        expect(seconds - told).toBeLessThan({ 86400: 3600, 3600: 60, 60: 1, 1: 1 }[largest] ?? 0);
      }),
    );
  });
});
