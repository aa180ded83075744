import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type Commit = (items: readonly TransactItem[]) => Promise<unknown>;

/** The tables, broken on purpose: whatever holds histories against the truth must see each of them. */
export interface BrokenVariant {
  readonly name: string;
  /** Puts the fault between the tables and their client. */
  readonly breakClient: (client: DynamoDBDocumentClient) => DynamoDBDocumentClient;
}

const partitionOf = ({ Put, Delete, Update, ConditionCheck }: TransactItem): string =>
  String((Put?.Item ?? Delete?.Key ?? Update?.Key ?? ConditionCheck?.Key)?.['pk']);
const sortKeyOf = ({ Put, Delete, Update }: TransactItem): string =>
  String((Put?.Item ?? Delete?.Key ?? Update?.Key)?.['sk']);
const isFact = ({ Put }: TransactItem): boolean => Put?.Item?.['dimensions'] !== undefined;

export const BROKEN_VARIANTS: readonly BrokenVariant[] = [
  withItems('a state is written whatever its version', unconditional('reservation#')),
  withItems('a pointer is written whoever has it', unconditional('person#')),
  withItems(
    'a fact of who moves in is left out',
    without(({ Put }) => Put?.Item?.['event'] === 'movedIn'),
  ),
  withItems(
    'a fact of a withdrawal is left out',
    without(({ Put }) => Put?.Item?.['event'] === 'withdrawn'),
  ),
  withItems(
    'the idempotency record is left out',
    without((item) => partitionOf(item).startsWith('idempotency#')),
  ),
  withItems(
    'the entry in the old line is kept',
    without((item) => item.Delete !== undefined && partitionOf(item).startsWith('line#')),
  ),
  withItems(
    'the pointer of who withdraws is kept',
    without((item) => item.Delete !== undefined && partitionOf(item).startsWith('person#')),
  ),
  withItems(
    'a store is not told of its loss',
    without((item) => sortKeyOf(item) === 'delivery#lead-closed-mail'),
  ),
  withItems(
    'a store is not told of a change',
    without((item) => item.Update !== undefined && partitionOf(item).startsWith('lead#')),
  ),
  withItems(
    'mails are not counted',
    without((item) => item.Update !== undefined && partitionOf(item).startsWith('mailbox#')),
  ),
  withCommits('facts are written after the step', (commit, put) => async (items) => {
    await commit(items.filter((item) => !isFact(item)));
    for (const { Put } of items.filter(isFact)) await put(Put);
  }),
  withCommits('what a store is sent is written after the step', (commit) => async (items) => {
    const isOfLead = (item: TransactItem) => partitionOf(item).startsWith('lead#');
    await commit(items.filter((item) => !isOfLead(item)));
    const ofLead = items.filter(isOfLead);
    if (ofLead.length > 0) await commit(ofLead);
  }),
  withCommits('a retry is another request', (commit) => async (items) => {
    await commit(items);
    // The answer is lost now and then, and no token tells that it is the same.
    if (Math.random() < 0.2) await commit(items);
  }),
  {
    name: 'a delivery is claimed whoever has it',
    breakClient: (client) =>
      through(client, async (command, send) => {
        if (!(command instanceof UpdateCommand) || !command.input.UpdateExpression?.includes('openClaims')) {
          return send(command);
        }
        if (!command.input.ConditionExpression?.includes('dueAtSeconds')) return send(command);
        const { ':now': _, ...values } = command.input.ExpressionAttributeValues ?? {};
        return send(
          new UpdateCommand({
            ...command.input,
            ConditionExpression: '#status = :pending',
            ExpressionAttributeValues: values,
          }),
        );
      }),
  },
];

function without(isLeftOut: (item: TransactItem) => boolean) {
  return (items: readonly TransactItem[]) => items.filter((item) => !isLeftOut(item));
}

/** Takes the conditions off what is put into a kind of partition. */
function unconditional(prefix: string) {
  return (items: readonly TransactItem[]) =>
    items.flatMap((item): TransactItem[] => {
      if (!partitionOf(item).startsWith(prefix)) return [item];
      if (item.ConditionCheck !== undefined) return [];
      if (item.Put === undefined) return [item];
      const { TableName, Item } = item.Put;
      return [{ Put: { TableName, Item } }];
    });
}

function withItems(name: string, edit: (items: readonly TransactItem[]) => readonly TransactItem[]): BrokenVariant {
  return withCommits(name, (commit) => (items) => commit(edit(items)));
}

function withCommits(
  name: string,
  breakCommit: (commit: Commit, put: (item: TransactItem['Put']) => Promise<unknown>) => Commit,
): BrokenVariant {
  return {
    name,
    breakClient: (client) =>
      through(client, (command, send) => {
        if (!(command instanceof TransactWriteCommand)) return send(command);
        const commit: Commit = (items) => send(new TransactWriteCommand({ TransactItems: [...items] }));
        const put = (item: TransactItem['Put']) =>
          send(new PutCommand({ TableName: item?.TableName, Item: item?.Item }));
        return breakCommit(commit, put)(command.input.TransactItems ?? []);
      }),
  };
}

type Send = (command: unknown) => Promise<unknown>;

/** The same client, but for what happens to the commands that it is given. */
function through(
  client: DynamoDBDocumentClient,
  instead: (command: unknown, send: Send) => Promise<unknown>,
): DynamoDBDocumentClient {
  const send = client.send.bind(client) as Send;
  return new Proxy(client, {
    get: (target, name) =>
      name === 'send' ? (command: unknown) => instead(command, send) : Reflect.get(target, name, target),
  });
}
