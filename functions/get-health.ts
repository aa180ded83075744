import { getHealth as operation } from '../shared/contract/always.ts';
import { api } from '../shared/http/api.ts';
import { requireEnvironment, VERSION_VARIABLE } from '../shared/runtime/environment.ts';

const version = requireEnvironment(VERSION_VARIABLE);

export const handler = api(operation, async () => ({ status: 'ok' as const, version }));
