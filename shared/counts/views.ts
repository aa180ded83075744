import { DIMENSIONS, type Dimension } from './fact.ts';

/** The coarser places that each place nearly always lies in alone: in its views they come almost free. */
const COARSER: Partial<Record<Dimension, readonly Dimension[]>> = {
  county: ['state', 'metro'],
  metro: ['state'],
  zip3: ['state'],
};

/**
 * A cube of few dimensions, kept beside the lossless one. Each answers the counts that ask for its dimensions or, where it has
 * places, for coarser ones: its cost is that of the distinct groups, not of the people.
 */
export interface View {
  /** Its dimensions, in order. */
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

/** One for no dimension, for each, and for each pair. */
export const VIEWS: readonly View[] = [
  ...new Map(
    [
      [],
      ...DIMENSIONS.map((one) => [one]),
      ...DIMENSIONS.flatMap((one) => DIMENSIONS.map((other) => [one, other])),
    ].map((dimensions) => [viewOf(dimensions).name, viewOf(dimensions)] as const),
  ).values(),
];

const BY_NAME = new Map(VIEWS.map((view) => [view.name, view]));

/** The view that knows these dimensions; `undefined` when it takes the lossless cube, which keeps its columns apart. */
export function viewFor(dimensions: Iterable<Dimension>): View | undefined {
  return BY_NAME.get(viewOf([...dimensions]).name);
}

function viewOf(dimensions: readonly Dimension[]): View {
  const all = new Set(dimensions.flatMap((dimension) => [dimension, ...(COARSER[dimension] ?? [])]));
  const ordered = DIMENSIONS.filter((dimension) => all.has(dimension));
  return { name: ordered.join('.') || 'total', dimensions: ordered };
}
