import type { DealerSource } from './find-dealers.ts';

/** The names of all listed stores, by id. Withdrawn stores are not among them. */
export function storeNames(dealers: DealerSource): Promise<ReadonlyMap<string, string>> {
  return dealers.read(async ({ index, read }) => {
    const leaves = index.leaves.length === 0 ? [] : await read(0, index.leaves.length - 1);
    return new Map(leaves.flat().map(({ id, name }) => [id, name]));
  });
}
