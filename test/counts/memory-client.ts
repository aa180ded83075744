import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

type Item = Readonly<Record<string, unknown>>;
interface Input {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly RequestItems?: Readonly<Record<string, readonly { readonly PutRequest: { readonly Item: Item } }[]>>;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

/**
 * A client whose one table is in memory: just what the tables of counting ask of it, for properties that would take the
 * emulator too long. Facts and roll-ups may share it: their keys differ.
 */
export function memoryClient(items = new Map<string, Item>()): DynamoDBDocumentClient {
  const keyOf = ({ pk, sk }: Item) => `${pk}\n${sk}`;
  const answer = (command: string, input: Input): object => {
    const values = input.ExpressionAttributeValues ?? {};
    switch (command) {
      case 'GetItemCommand':
        return { Item: items.get(keyOf(input.Key ?? {})) };
      case 'DeleteItemCommand':
        items.delete(keyOf(input.Key ?? {}));
        return {};
      case 'PutItemCommand': {
        const key = keyOf(input.Item ?? {});
        const isMet =
          input.ConditionExpression === undefined ||
          (input.ConditionExpression === 'attribute_not_exists(pk)'
            ? !items.has(key)
            : items.get(key)?.['version'] === values[':version']);
        if (!isMet) throw new ConditionalCheckFailedException({ message: 'not met', $metadata: {} });
        items.set(key, input.Item ?? {});
        return {};
      }
      case 'BatchWriteItemCommand': {
        for (const requests of Object.values(input.RequestItems ?? {})) {
          for (const { PutRequest } of requests) items.set(keyOf(PutRequest.Item), PutRequest.Item);
        }
        return {};
      }
      case 'QueryCommand': {
        const { ':pk': pk, ':from': from = '', ':to': to, ':until': until } = values;
        const end = String(to ?? until ?? '\uffff');
        const found = [...items.values()].filter(
          (item) => item['pk'] === pk && String(item['sk']) >= String(from) && String(item['sk']) <= end,
        );
        return { Items: found.toSorted((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1)) };
      }
      default:
        throw new Error(`the client in memory knows no ${command}`);
    }
  };
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }),
  );
  client.middlewareStack.add(
    (_, context) => async (args) => ({
      output: { $metadata: {}, ...answer(String(context['commandName']), args.input as Input) },
      response: {},
    }),
    { step: 'initialize', priority: 'high', name: 'memory' },
  );
  return client;
}
