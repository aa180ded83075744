import * as z from 'zod/mini';
import { json, type Operation } from './operation.ts';

export const getHealth = {
  summary: 'Whether the API answers',
  security: 'public',
  success: {
    status: 200,
    content: json(z.strictObject({ status: z.literal('ok'), version: z.string() })),
  },
  refusals: [400],
} as const satisfies Operation;

export const getOpenApi = {
  summary: 'This document',
  security: 'public',
  cache: 'public',
  success: { status: 200, content: json(z.looseObject({ openapi: z.string() })) },
  refusals: [400],
} as const satisfies Operation;
