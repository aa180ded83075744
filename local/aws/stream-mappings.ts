import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod';
import type { DataFolder } from '../data-folder.ts';
import { HostError } from '../host-error.ts';
import type { Resource } from '../template/assembly.ts';
import { functionNameOf, type Template } from '../template/template.ts';
import { type DeliveryRules, deliverBatch, type StreamRecord } from './batch-delivery.ts';
import { compileFilter, type EventFilter } from './event-filter.ts';
import type { Functions } from './functions.ts';
import { type ConsumeRecords, readStream, type StreamReaderOptions } from './stream-reader.ts';

const MappingProperties = z.strictObject({
  BatchSize: z.number().default(100),
  BisectBatchOnFunctionError: z.boolean().default(false),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  Enabled: z.boolean().default(true),
  EventSourceArn: z.string(),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) }).optional(),
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  MaximumRecordAgeInSeconds: z.number().default(-1),
  MaximumRetryAttempts: z.number().default(-1),
  MetricsConfig: z.unknown().optional(),
  /** More than one keeps the order of each item; one at a time does too. */
  ParallelizationFactor: z.unknown().optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  Tags: z.unknown().optional(),
});
type MappingProperties = z.infer<typeof MappingProperties>;

export interface StreamMappings {
  start(): void;
  /** Lets batches under way end; what they leave is delivered after the next start. */
  stop(): Promise<void>;
}

export interface StreamMappingPorts {
  readonly client: DynamoDBClient;
  readonly streamsClient: DynamoDBStreamsClient;
  readonly folder: Pick<DataFolder, 'read' | 'write'>;
  readonly functions: Pick<Functions, 'invoke'>;
  readonly retryDelayMs: (tries: number) => number;
  readonly now: () => number;
  log(text: string): void;
}

/** Lambda's own waits grow to about a minute; nobody wants to sit through that in front of a screen. */
export function localRetryDelayMs(tries: number): number {
  return Math.min(10_000, 100 * 2 ** (tries - 1));
}

/** Feeds the tables' streams to functions by the template's event source mappings. */
export async function createStreamMappings(template: Template, ports: StreamMappingPorts): Promise<StreamMappings> {
  const stopping = new AbortController();
  const mappings: StreamReaderOptions[] = [];
  for (const resource of template.ofType('AWS::Lambda::EventSourceMapping')) {
    const properties = template.properties(resource, MappingProperties);
    if (!properties.Enabled) continue;
    const functionName = functionNameOf(properties.FunctionName);
    mappings.push({
      client: ports.streamsClient,
      streamArn: await streamOf(ports.client, properties.EventSourceArn, resource),
      startingPosition: properties.StartingPosition,
      folder: ports.folder,
      positionName: `stream-${resource.logicalId}.json`,
      consume: batches(resource, properties, functionName, ports, stopping.signal),
      onFault: (error) => ports.log(`the stream for ${functionName} cannot be read, trying again: ${String(error)}`),
      signal: stopping.signal,
    });
  }
  const readers: Promise<void>[] = [];
  return {
    start: () => void readers.push(...mappings.map(readStream)),
    async stop() {
      stopping.abort();
      await Promise.all(readers);
    },
  };
}

async function streamOf(client: DynamoDBClient, templateArn: string, resource: Resource): Promise<string> {
  const tableName = /:table\/([^/]+)\/stream\//.exec(templateArn)?.[1];
  if (tableName === undefined) {
    throw new HostError(`${resource.logicalId} reads ${templateArn}: the local host reads DynamoDB streams only.`);
  }
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  if (Table?.LatestStreamArn === undefined) throw new HostError(`${resource.logicalId}: ${tableName} has no stream.`);
  return Table.LatestStreamArn;
}

function batches(
  resource: Resource,
  properties: MappingProperties,
  functionName: string,
  ports: StreamMappingPorts,
  signal: AbortSignal,
): ConsumeRecords {
  const passes = anyOf((properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => compileFilter(Pattern)));
  const windowMs = properties.MaximumBatchingWindowInSeconds * 1000;
  const rules: DeliveryRules = {
    reportsItemFailures: properties.FunctionResponseTypes.length > 0,
    bisects: properties.BisectBatchOnFunctionError,
    maxRetries: properties.MaximumRetryAttempts === -1 ? Number.POSITIVE_INFINITY : properties.MaximumRetryAttempts,
    maxAgeSeconds:
      properties.MaximumRecordAgeInSeconds === -1 ? Number.POSITIVE_INFINITY : properties.MaximumRecordAgeInSeconds,
  };
  const destination = properties.DestinationConfig?.OnFailure?.Destination;

  return ({ advance }) => {
    const pending: StreamRecord[] = [];
    let windowEndsMs = 0;
    const deliver = (batch: readonly StreamRecord[]): Promise<void> =>
      deliverBatch(batch, rules, {
        invoke: (Records) => ports.functions.invoke(functionName, { Records }),
        advance,
        discard(records, reason) {
          const numbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber).join(', ');
          const sent = destination === undefined ? '' : `; on AWS its position would go to ${destination}`;
          ports.log(`${resource.logicalId} gives up record ${numbers} for ${functionName}: ${reason}${sent}`);
        },
        retryDelayMs: ports.retryDelayMs,
        now: ports.now,
        signal,
      });
    return {
      async take(records, closed) {
        const wanted = records.filter(passes);
        if (pending.length === 0 && wanted.length > 0) windowEndsMs = ports.now() + windowMs;
        pending.push(...wanted);
        const due = closed || ports.now() >= windowEndsMs;
        while (!signal.aborted && (pending.length >= properties.BatchSize || (due && pending.length > 0))) {
          await deliver(pending.splice(0, properties.BatchSize));
        }
        // Records that no filter lets through are dealt with once nothing before them waits.
        const last = records.at(-1);
        if (!signal.aborted && pending.length === 0 && last !== undefined) advance(last.dynamodb.SequenceNumber);
      },
    };
  };
}

function anyOf(filters: readonly EventFilter[]): EventFilter {
  return (record) => filters.length === 0 || filters.some((filter) => filter(record));
}
