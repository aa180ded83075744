import { expect, test } from 'vitest';
import { runChaos } from '../../bench/chaos/chaos-run.ts';

test('through faults, kills and clock steps nothing that was told is lost, and everything is done once', async () => {
  const { problems, occurrences } = await runChaos({
    seed: 20_261_127,
    seconds: 60,
    leastNumbers: 10,
    lanes: 5,
    killEverySeconds: 15,
    say: () => {},
  });
  expect(problems).toEqual([]);
  // The storm was one.
  for (const what of ['kill -9 of the host', 'clock step forward', 'import of stores, applied', 'search', 'count']) {
    expect(occurrences.get(what) ?? 0, what).toBeGreaterThan(0);
  }
}, 600_000);
