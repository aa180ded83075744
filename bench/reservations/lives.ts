import type { UnitCost } from './unit-meter.ts';
import type { MeasuredUnits } from './units.ts';

/** Steps whose sum is a reservation from form to end. */
const STEPS = {
  'asked for, never confirmed': ['form: new address', 'confirmation-mail'],
  'confirmed, without a store': ['form: new address', 'confirmation-mail', 'confirm: no store', 'receipt-mail'],
  'confirmed, at a store with two addresses': [
    'form: new address',
    'confirmation-mail',
    'confirm: store with two addresses',
    'receipt-mail',
    'lead-mail',
    'adf-mail',
  ],
  'the same, another store, then withdrawn': [
    'form: new address',
    'confirmation-mail',
    'confirm: store with two addresses',
    'receipt-mail',
    'lead-mail',
    'adf-mail',
    'change: to another store',
    'change-mail',
    'lead-closed-mail',
    'adf-mail',
    'withdraw: with a store',
    'lead-closed-mail',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Life = keyof typeof STEPS;

/** The shortest first. */
export const LIVES = Object.keys(STEPS) as readonly Life[];

/**
 * What a whole life costs, with an `Idempotency-Key` on the form, as our own pages send it.
 *
 * @throws Error naming a step of it that was not measured
 */
export function lifeUnits(
  { requests, deliveries }: MeasuredUnits,
  life: Life,
): { readonly writeUnits: number; readonly readUnits: number } {
  const costs = STEPS[life].map((name) => {
    const step = [...requests, ...deliveries].find((one) => one.name === name);
    if (step === undefined) throw new Error(`${name} was not measured`);
    return step.withKey ?? step.cost;
  });
  const sum = (value: (cost: UnitCost) => number) => costs.reduce((total, cost) => total + value(cost), 0);
  return { writeUnits: sum(writeUnitsOf), readUnits: sum(({ readUnits }) => readUnits) };
}

/** Those of its indexes included. */
export function writeUnitsOf({ writes }: UnitCost): number {
  return writes.reduce((sum, { units, indexUnits }) => sum + units + indexUnits, 0);
}
