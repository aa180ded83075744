import { OPERATIONS } from '../shared/contract/operations.ts';
import { refuseUnknownRoute } from '../shared/http/unknown-route.ts';

/** `$default`: whatever no route takes. It touches no data. */
export const handler = refuseUnknownRoute(Object.keys(OPERATIONS));
