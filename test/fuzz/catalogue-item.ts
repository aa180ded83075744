import type { FuzzRequest } from './fuzz-request.ts';
import type { FuzzWorld } from './fuzz-world.ts';
import type { OperationUnderFuzz } from './operation-under-fuzz.ts';

/** One kind of hostile input, and the requests that it makes of an operation; none where the operation has no place for it. */
export interface CatalogueItem {
  readonly name: string;
  of(under: OperationUnderFuzz, world: FuzzWorld): readonly FuzzRequest[];
}
