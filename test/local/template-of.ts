import type { Resource, Stack } from '../../local/template/assembly.ts';
import type { Template } from '../../local/template/template.ts';

export interface PlainResource {
  readonly type: string;
  /** Its physical name; the key when absent. */
  readonly ref?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A template of resources without intrinsic functions, by logical id. */
export function templateOf(resources: Readonly<Record<string, PlainResource>>): Template {
  const stack: Stack = {
    name: 'Test',
    region: 'us-east-1',
    resources: new Map(),
    outputs: {},
    parameterDefaults: {},
    assetPaths: new Map(),
  };
  const made = Object.entries(resources).map(
    ([logicalId, { type, properties }]): Resource => ({
      stack,
      logicalId,
      type,
      properties,
      metadata: {},
    }),
  );
  const ref = ({ logicalId }: Resource): string => resources[logicalId]?.ref ?? logicalId;
  return {
    ofType: (type) => made.filter((resource) => resource.type === type),
    byRef: (type, wanted) => made.find((resource) => resource.type === type && ref(resource) === wanted),
    ref,
    properties: (resource, schema) => schema.parse(resource.properties),
    output: () => undefined,
  };
}
