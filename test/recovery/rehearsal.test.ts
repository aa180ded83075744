import { beforeAll, describe, expect, test } from 'vitest';
import { type Rehearsed, rehearse } from '../../bench/recovery/rehearsal.ts';
import { localDynamoDb } from '../support/table.ts';

/** The rehearsal of bench/recovery.md, with few people. */
let rehearsed: Rehearsed;

beforeAll(async () => {
  rehearsed = await rehearse(localDynamoDb(), {
    buyers: 60,
    seed: 20_261_126,
    say: () => undefined,
  });
}, 60_000);

const NO_DRIFT = { groups: 0, active: 0, withdrawn: 0, rollups: 0 };

describe('a reservations table that comes back from two hours ago', () => {
  test('holds people who have withdrawn since, until they are erased again', () => {
    expect(rehearsed.withdrawnSince).toBeGreaterThan(0);
    expect(rehearsed.heldAgain).toBe(rehearsed.withdrawnSince);
    expect(rehearsed.before.misfits.erased.length).toBeGreaterThanOrEqual(rehearsed.heldAgain);
    expect(rehearsed.erased).toBe(rehearsed.before.misfits.erased.length);
    expect(rehearsed.erasedTwice).toBe(0);
    expect(rehearsed.after.misfits.erased).toEqual([]);
    expect(rehearsed.linksOfErased).toBe(0);
    expect(rehearsed.rowsOfErased).toBe(0);
    expect(rehearsed.mailsToErased).toBe(0);
  });

  test('fits together once it is mended, and is counted as it stands', () => {
    expect(rehearsed.before.countsOff).toBeGreaterThan(0);
    const { leadsAstray: _, ...misfits } = rehearsed.after.misfits;
    for (const found of Object.values(misfits)) expect([...found]).toEqual([]);
    expect(rehearsed.after.countsOff).toBe(0);
    expect(rehearsed.drift).toEqual(NO_DRIFT);
  });

  test('has everyone back who stood then and has stayed, and the confirmations that stores were sent', () => {
    expect(rehearsed.stoodAtPoint).toBeGreaterThan(40);
    expect(rehearsed.standAgain).toBe(rehearsed.stoodAtPoint);
    expect(rehearsed.mended.confirmationsLost).toBeGreaterThan(0);
    expect(rehearsed.confirmedAgain).toBe(rehearsed.mended.confirmationsLost);
  });

  test('serves everyone afterwards, and what they do is counted', () => {
    // Without mending, those whose lead was closed could neither change nor withdraw.
    expect(rehearsed.mended.closingsAstray).toBeGreaterThan(0);
    expect(rehearsed.failures).toEqual([]);
    expect(rehearsed.driftLater).toEqual(NO_DRIFT);
    expect(rehearsed.afterLater.countsOff).toBe(0);
    expect(rehearsed.afterLater.misfits).toMatchObject({ erased: [], pointersAstray: [], placesAstray: [] });
  });
});
