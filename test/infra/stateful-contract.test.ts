import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { deployableStage } from '../../infra/stage-config.ts';
import { contractFaults, readContract, type StatefulContract } from '../../infra/stateful-contract.ts';
import { synthesize } from '../support/synthesized.ts';

interface Stack {
  stackName: string;
  terminationProtection?: boolean;
  template: { Resources: Record<string, { Type: string; [member: string]: unknown }> };
}

const contract = readContract();
let prod: CloudAssembly;
let prodStacks: Stack[];
beforeAll(() => {
  prod = synthesize(deployableStage('prod'));
  prodStacks = prod.stacks.map(({ stackName, terminationProtection, template }) => ({
    stackName,
    ...(terminationProtection !== undefined && { terminationProtection }),
    template,
  }));
});

/** Faults of the app as it would be after a careless change. */
function faultsAfter(change: (stacks: Readonly<Record<string, Stack>>) => void, kept = contract): string[] {
  const stacks = structuredClone(prodStacks);
  change(Object.fromEntries(stacks.map((stack) => [stack.stackName.split('-').at(-1), stack])));
  return contractFaults({ stacks } as unknown as CloudAssembly, kept);
}

const idOf = (name: string): string => {
  const found = Object.keys(contract).find((key) => key.startsWith(name));
  if (found === undefined) throw new Error(`the contract has no ${name}`);
  return found.split('/')[1] ?? '';
};

function resource(stack: Stack | undefined, id: string): Record<string, unknown> {
  const found = stack?.template.Resources[id];
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

const propertiesOf = (stack: Stack | undefined, id: string) =>
  resource(stack, id)['Properties'] as Record<string, unknown>;

describe('what prod holds', () => {
  test('can be neither replaced nor deleted by a deployment', () => {
    expect(contractFaults(prod, contract)).toEqual([]);
  });

  test('is kept, but for the limits’ counters', () => {
    const lost = Object.entries(contract).filter(([, { kept }]) => !kept);
    expect(lost.map(([name]) => name.replace(/[0-9A-F]{8}$/, ''))).toEqual(['Data/Limits']);
    const types = Object.values(contract).map(({ type }) => type);
    expect(new Set(types)).toHaveLength(6);
  });
});

describe('a deployment is refused, with one sentence, when', () => {
  test.each(Object.entries(contract).filter(([, { optional }]) => optional !== true))(
    '%s has another logical id',
    (name) => {
      const [part = '', id = ''] = name.split('/');
      const faults = faultsAfter((stacks) => {
        const resources = stacks[part]?.template.Resources ?? {};
        const found = resources[id];
        if (found !== undefined) resources[`Other${id}`] = found;
        delete resources[id];
      });
      expect(faults).toHaveLength(2);
      expect(faults[0]).toContain(`${name}, a `);
      expect(faults[1]).toContain(`${part}/Other${id} is new`);
    },
  );

  test.each([
    ['Data/Reservations', 'KeySchema', [{ AttributeName: 'id', KeyType: 'HASH' }]],
    ['Data/Facts', 'TableName', 'facts'],
    ['Data/PersonKeyPepper', 'GenerateSecretString', { PasswordLength: 65 }],
    ['Data/PeopleKey', 'KeySpec', 'RSA_2048'],
    ['Identity/Users', 'UsernameAttributes', ['phone_number']],
    ['Edge/Web', 'BucketName', 'a-name'],
  ])('%s has another %s', (name, property, value) => {
    const [part = ''] = name.split('/');
    const faults = faultsAfter((stacks) => {
      propertiesOf(stacks[part], idOf(name))[property] = value;
    });
    expect(faults.filter((fault) => fault.includes(` has another ${property} (`))).toHaveLength(1);
    expect(faults[0]).toContain(`${part}/${idOf(name)}`);
  });

  test('a table’s key becomes a number', () => {
    const faults = faultsAfter((stacks) => {
      const properties = propertiesOf(stacks['Data'], idOf('Data/Outbox'));
      const attributes = properties['AttributeDefinitions'] as { AttributeName: string; AttributeType: string }[];
      for (const attribute of attributes) if (attribute.AttributeName === 'sk') attribute.AttributeType = 'N';
    });
    expect(faults).toEqual([expect.stringContaining('has another KeyTypes')]);
  });

  test.each([
    ['DeletionPolicy', 'Delete'],
    ['UpdateReplacePolicy', 'Delete'],
  ])('a secret’s %s is no longer to retain', (policy, value) => {
    const faults = faultsAfter((stacks) => {
      resource(stacks['Data'], idOf('Data/PersonKeyPepper'))[policy] = value;
    });
    expect(faults).toEqual([expect.stringContaining('is not retained')]);
  });

  test('a table or the pool loses its protection, or a stack with data its own', () => {
    const faults = faultsAfter((stacks) => {
      const replicas = propertiesOf(stacks['Data'], idOf('Data/Facts'))['Replicas'] as Record<string, unknown>[];
      for (const replica of replicas) replica['DeletionProtectionEnabled'] = false;
      propertiesOf(stacks['Identity'], idOf('Identity/Users'))['DeletionProtection'] = 'INACTIVE';
      delete stacks['Data']?.terminationProtection;
      delete stacks['Identity']?.terminationProtection;
    });
    expect(faults.filter((fault) => fault.includes('has no deletion protection'))).toHaveLength(2);
    expect(faults.filter((fault) => fault.includes('has no termination protection'))).toHaveLength(2);
  });

  test('something new may come to hold data and nobody has said whether it is kept', () => {
    const { [`Data/${idOf('Data/Facts')}`]: facts, ...others } = contract;
    const [fault, ...more] = faultsAfter(() => {}, others as StatefulContract);
    expect(more).toEqual([]);
    const said = /put "(.+?)": (\{.*\}) into/.exec(fault ?? '');
    expect(JSON.parse(said?.[2] ?? '')).toEqual(facts);
  });
});

test('a stage with an issuer and an identity of its own has neither pool nor sender, and is none the worse', () => {
  const given = synthesize({
    ...deployableStage('dev'),
    senderIdentity: 'given',
    issuer: { url: 'https://issuer.example.org', audience: 'locator', clientId: 'dashboard', otherOrigins: [] },
  });
  expect(given.stacks.map(({ stackName }) => stackName)).not.toContain('AlpineLocator-dev-Identity');
  expect(contractFaults(given, contract)).toEqual([]);
});
