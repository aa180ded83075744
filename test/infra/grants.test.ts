import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../infra/functions.ts';
import { deployableStage } from '../../infra/stage-config.ts';
import { resourcesOf, synthesize } from '../support/synthesized.ts';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

let assembly: CloudAssembly;
beforeAll(() => {
  assembly = synthesize(deployableStage('prod'));
});

/** All stacks' resources of a type, by logical id. */
const resources = (type: string) =>
  ['Data', 'Identity', 'Api', 'Edge', 'Alarms'].flatMap((part) =>
    Object.entries(resourcesOf(assembly, part)).filter(([, { Type }]) => Type === type),
  );

/** The statements of every policy, by its logical id. */
const policies = (): (readonly [string, readonly Statement[]])[] =>
  resources('AWS::IAM::Policy').map(([id, { Properties }]) => [
    id,
    (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
  ]);

/** The statements of a function's own policy. */
const statementsOf = (functionName: string): Statement[] =>
  policies()
    .filter(([id]) => id.startsWith(functionName.replaceAll('-', '')))
    .flatMap(([, statements]) => statements);

const actionsOf = (functionName: string) => statementsOf(functionName).flatMap(({ Action }) => Action);

describe('functions', () => {
  /** Actions that AWS lets nobody narrow to a resource (service authorization reference). */
  const ON_ANYTHING: Readonly<Record<string, string>> = {
    'xray:PutTraceSegments': 'a trace has no resource',
    'xray:PutTelemetryRecords': 'nor have the records of its daemon',
  };

  test('and whoever else has a policy are granted named actions on named resources, but where AWS knows no name', () => {
    const roles = resources('AWS::IAM::Role');
    expect(policies().length).toBeGreaterThanOrEqual(Object.keys(FUNCTIONS).length);
    expect(roles.flatMap(([, { Properties }]) => Properties['Policies'] ?? [])).toEqual([]);
    expect(resources('AWS::IAM::ManagedPolicy')).toEqual([]);
    expect(roles.filter(([, { Properties }]) => 'ManagedPolicyArns' in Properties)).toEqual([]);
    const unnamed = policies().flatMap(([, statements]) => statements.flatMap(wildcardsOf));
    expect([...new Set(unnamed)].toSorted()).toEqual(Object.keys(ON_ANYTHING).toSorted());
  });

  /** The actions of a statement that have a wildcard in them, or in a resource. */
  function wildcardsOf({ Action, Resource }: Statement): string[] {
    const actions = [Action].flat();
    return actions.filter((action) => action.includes('*') || JSON.stringify(Resource).includes('*'));
  }

  test('that count or roll up see no table of people and no secret', () => {
    for (const name of ['count-interests', 'roll-up-counts']) {
      const reaching = actionsOf(name).filter((action) => /^(dynamodb|secretsmanager|kms):/.test(action));
      expect(new Set(reaching)).toEqual(
        new Set([
          'dynamodb:GetItem',
          'dynamodb:Query',
          ...(name === 'roll-up-counts' ? ['dynamodb:PutItem', 'dynamodb:BatchWriteItem'] : []),
        ]),
      );
      expect(JSON.stringify(statementsOf(name))).not.toMatch(/Reservations|Outbox|Limits/);
    }
    const ofStores = statementsOf('count-interests').filter(({ Resource }) => /Dealers/.test(JSON.stringify(Resource)));
    expect(ofStores.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['store', 'index'] } },
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['index'] } },
    ]);
  });

  test('that audit the counts see of people’s rows their keys, status and dimensions, and change nothing', () => {
    const statements = statementsOf('audit-counts');
    const [people] = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('Reservations'));
    expect(people).toMatchObject({
      Action: 'dynamodb:Scan',
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'status', 'dimensions'] },
        StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    });
    expect(JSON.stringify(statements)).not.toMatch(
      /Outbox|Limits|PutItem|UpdateItem|DeleteItem|BatchWrite|secretsmanager|kms:Encrypt/,
    );
  });

  test('that count searches see their counters and nothing else, and the search itself writes none', () => {
    const tablesOf = (name: string) =>
      statementsOf(name)
        .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('dynamodb:')))
        .map(({ Action, Resource }) => [
          [Action].flat(),
          /Output\w*?(Dealers|Searches)/.exec(JSON.stringify(Resource))?.[1],
        ]);
    expect(tablesOf('count-searches')).toEqual([[['dynamodb:PutItem', 'dynamodb:UpdateItem'], 'Searches']]);
    expect(tablesOf('get-search-counts')).toEqual([[['dynamodb:Query'], 'Searches']]);
    expect(tablesOf('find-dealers')).toEqual([
      [['dynamodb:Query'], 'Dealers'],
      [['dynamodb:GetItem'], 'Dealers'],
    ]);
  });

  test('that search read neither the stores’ routing nor anything else', () => {
    const [statement] = statementsOf('find-dealers').filter(({ Action }) =>
      JSON.stringify(Action).includes('dynamodb'),
    );
    expect(statement?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['store', 'index'] },
    });
    expect(JSON.stringify(statementsOf('find-dealers'))).not.toContain('routing');
  });

  test('count limits only where forms are taken and mails sent, and read no counter', () => {
    const counting = Object.keys(FUNCTIONS).filter((name) =>
      statementsOf(name).some(({ Resource }) => JSON.stringify(Resource).includes('Limits')),
    );
    expect(counting).toEqual(['submit-interest', 'deliver-outbox', 'sweep-outbox']);
    for (const name of counting) {
      const [statement] = statementsOf(name).filter(({ Resource }) => JSON.stringify(Resource).includes('Limits'));
      expect(statement?.Action).toBe('dynamodb:UpdateItem');
    }
  });

  test('that unsubscribe or read can delete nothing, and none but those that erase can', () => {
    const deleting = Object.keys(FUNCTIONS).filter((name) => actionsOf(name).includes('dynamodb:DeleteItem'));
    expect(deleting).toEqual(['submit-interest', 'change-reservation', 'withdraw-reservation']);
    expect(
      actionsOf('get-reservation')
        .filter((action) => action.startsWith('dynamodb:'))
        .toSorted(),
    ).toEqual(['dynamodb:GetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Query']);
  });

  test('that answer without data are granted nothing but their log and trace', () => {
    for (const name of ['get-health', 'get-openapi', 'answer-unknown-route', 'find-places']) {
      expect(actionsOf(name).filter((action) => !/^(logs|xray):/.test(action))).toEqual([]);
    }
  });

  test('that make pages read no store’s routing, and nothing of people', () => {
    for (const name of ['show-search', 'show-store', 'list-stores', 'guide-crawlers']) {
      expect(
        actionsOf(name)
          .filter((action) => !/^(logs|xray):/.test(action))
          .toSorted(),
        name,
      ).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
      expect(JSON.stringify(statementsOf(name))).not.toMatch(/routing|Reservations|Outbox|Facts/);
    }
  });
});
