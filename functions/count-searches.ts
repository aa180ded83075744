import type { CloudWatchLogsEvent, Context } from 'aws-lambda';
import { SEARCH_COUNT_TABLE, searchCountTable } from '../shared/counts/search-count-table.ts';
import { readSearchBatch } from '../shared/counts/searched-lines.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { beginInvocation, log } from '../shared/runtime/log.ts';

const searches = searchCountTable(documentClient(), requireEnvironment(SEARCH_COUNT_TABLE.environmentVariable));

/** The lines of `find-dealers` that are searches, as CloudWatch Logs hands them on. A batch that fails is tried again, then kept. */
export async function handler({ awslogs }: CloudWatchLogsEvent, context: Context): Promise<void> {
  beginInvocation({ invocationId: context.awsRequestId });
  const batch = readSearchBatch(awslogs.data);
  if (batch === undefined) return;
  const isNew = await searches.add(batch, Date.now());
  if (!isNew) log('info', 'searches were counted before');
}
