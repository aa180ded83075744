import { getOpenApi as operation } from '../shared/contract/always.ts';
import { openApiDocument } from '../shared/contract/openapi.ts';
import { api } from '../shared/http/api.ts';
import { requireEnvironment, VERSION_VARIABLE } from '../shared/runtime/environment.ts';

const document = openApiDocument(requireEnvironment(VERSION_VARIABLE));

export const handler = api(operation, async () => document);
