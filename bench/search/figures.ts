import { percentile } from '../percentile.ts';
import type { Question, Sample } from './measure.ts';

export interface Figures {
  readonly searches: number;
  readonly meanQueries: number;
  readonly meanReadUnits: number;
  readonly meanFloorUnits: number;
  readonly mostRounds: number;
  readonly p50Milliseconds: number;
  readonly p95Milliseconds: number;
  readonly missing: number;
  readonly extra: number;
  readonly failed: number;
}

export function figuresOf(samples: readonly Sample[]): Figures {
  const mean = (value: (sample: Sample) => number): number => sum(value) / samples.length;
  const sum = (value: (sample: Sample) => number): number =>
    samples.reduce((total, sample) => total + value(sample), 0);
  const milliseconds = samples.map((sample) => sample.milliseconds);
  return {
    searches: samples.length,
    meanQueries: mean((sample) => sample.cost.queries),
    meanReadUnits: mean((sample) => sample.cost.readUnits),
    meanFloorUnits: mean((sample) => sample.floorUnits),
    mostRounds: Math.max(...samples.map((sample) => sample.cost.rounds)),
    p50Milliseconds: percentile(milliseconds, 0.5),
    p95Milliseconds: percentile(milliseconds, 0.95),
    missing: sum((sample) => sample.missing),
    extra: sum((sample) => sample.extra),
    failed: samples.filter((sample) => sample.failure !== undefined).length,
  };
}

/** One contender at one question over so many stores. */
export interface Measurement {
  readonly storeCount: number;
  readonly question: Question;
  readonly contender: string;
  readonly samples: readonly Sample[];
}

export function questionText(question: Question): string {
  return 'nearest' in question ? `nearest ${question.nearest}` : `within ${question.withinMiles} miles`;
}
