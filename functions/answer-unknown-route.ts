import { OPERATIONS } from '../shared/contract/operations.ts';
import { PAGE_ROUTES } from '../shared/contract/pages.ts';
import { refuseUnknownRoute } from '../shared/http/unknown-route.ts';
import { pageSite } from '../shared/runtime/page-site.ts';
import { pageChain } from '../web/pages/page-handler.ts';

/** `$default`: whatever no route takes, and pages that the web bucket does not have. It touches no data. */
export const handler = refuseUnknownRoute([...Object.keys(OPERATIONS), ...PAGE_ROUTES], pageChain(pageSite(), 'page'));
