import { DIMENSIONS, FACT_EVENTS, type FactDimensions } from '../../shared/counts/fact.ts';
import { FACT_TABLE } from '../../shared/counts/fact-table.ts';
import type { Reservation } from '../../shared/reservations/reservation.ts';
import { type ChaosScene, type Row, rowsOf } from './chaos-scene.ts';

/** What marketing is asked for, when all is calm; every day is closed then, so that roll-ups answer. */
export const COUNTED_BY = ['dealer', 'model', 'state', 'zip3', 'day', 'dealer,model'] as const;

const SIGNS: Readonly<Record<string, number>> = { confirmed: 1, movedIn: 1, withdrawn: -1, movedOut: -1 };

/** Facts are the reservations, in every group there is, and what marketing is told is the facts. */
export function faultsOfCounts(scene: ChaosScene, states: readonly Reservation[]): readonly string[] {
  const rows = rowsOf(scene, FACT_TABLE);
  const facts = rows.filter((row) => 'dimensions' in row && 'event' in row);
  const erased = rows.filter(({ pk }) => String(pk).startsWith('erasures#')).map(({ sk }) => String(sk));
  return [...faultsOfFacts(facts, erased, states), ...faultsOfTold(scene.counted, facts)];
}

function faultsOfFacts(
  facts: readonly Row[],
  erased: readonly string[],
  states: readonly Reservation[],
): readonly string[] {
  const confirmed = states.filter((state) => state.status === 'confirmed');
  const withdrawn = states.filter(({ status }) => status === 'withdrawn').map(({ id }) => id);
  const events = (event: string): number => facts.filter((fact) => fact['event'] === event).length;
  const standing = new Map<string, number>();
  const add = (dimensions: FactDimensions, count: number): void => {
    const tuple = DIMENSIONS.map((dimension) => dimensions[dimension]).join(', ');
    standing.set(tuple, (standing.get(tuple) ?? 0) + count);
  };
  for (const fact of facts) add(dimensionsOf(fact), SIGNS[String(fact['event'])] ?? 0);
  for (const { dimensions } of confirmed) add(dimensions, -1);
  const elsewhere = confirmed.filter(({ dimensions: { dealer, model, zip3 }, dealerId, model: chosen, person }) => {
    return dealer !== (dealerId ?? 'none') || model !== chosen || zip3 !== person.zip.slice(0, 3);
  });
  return [
    ...differing('submitted facts', events('submitted'), states.length),
    ...differing('confirmed facts', events('confirmed'), confirmed.length + withdrawn.length),
    ...differing('withdrawn facts', events('withdrawn'), withdrawn.length),
    ...differing('facts of moving in', events('movedIn'), events('movedOut')),
    ...[...standing].flatMap(([tuple, off]) => differing(`standing by facts at ${tuple}, beyond reservations`, off, 0)),
    ...differing('reservations that are counted elsewhere', elsewhere.length, 0),
    ...(JSON.stringify(erased.toSorted()) === JSON.stringify(withdrawn.toSorted())
      ? []
      : ['the journal of erasures does not name those that were withdrawn']),
  ];
}

/** Counted again, fact by fact, without a roll-up. */
function faultsOfTold(counted: ChaosScene['counted'], facts: readonly Row[]): readonly string[] {
  return COUNTED_BY.flatMap((by) => {
    const told = counted.get(by);
    if (told === undefined) return [`nothing was told by ${by}`];
    const keys = by.split(',');
    const own = Map.groupBy(facts, (fact) => keys.map((key) => groupOf(fact, key)).join(', '));
    const groups = new Map(told.groups.map((group) => [keys.map((key) => group[key]).join(', '), group]));
    return [
      ...faultsOfGroup(`in all by ${by}`, told.total, facts),
      ...differing(`groups by ${by}`, told.groups.length, own.size),
      ...[...own].flatMap(([name, some]) => faultsOfGroup(`at ${by} ${name}`, groups.get(name), some)),
    ];
  });
}

function faultsOfGroup(where: string, told: Row | undefined, facts: readonly Row[]): readonly string[] {
  const active = facts.reduce((sum, fact) => sum + (SIGNS[String(fact['event'])] ?? 0), 0);
  return [
    ...FACT_EVENTS.flatMap((event) =>
      differing(
        `${event} ${where}, as marketing is told`,
        told?.[event],
        facts.filter((fact) => fact['event'] === event).length,
      ),
    ),
    ...differing(`active ${where}, as marketing is told`, told?.['active'], active),
  ];
}

function groupOf(fact: Row, key: string): string {
  return key === 'day' ? String(fact['pk']).slice(0, 10) : String(dimensionsOf(fact)[key as keyof FactDimensions]);
}

function dimensionsOf(fact: Row): FactDimensions {
  return fact['dimensions'] as FactDimensions;
}

function differing(what: string, is: unknown, shouldBe: number): readonly string[] {
  return is === shouldBe ? [] : [`${what}: ${is} instead of ${shouldBe}`];
}
