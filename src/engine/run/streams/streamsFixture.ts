/** For tests: pipelines with one stream processor, and what its topics hold at the end of a run. */
import type { Config, PipelineDocument } from '../../../pipeline/document.ts';
import { createFetchedRecords, readBatches } from '../../log/partitionLog.ts';
import { valueText } from '../../values/reader.ts';
import { keyText } from '../../workload/keys.ts';
import type { Run } from '../build.ts';
import { documentOf, type Sketch } from '../harness.ts';

const template = '{"id": {{sequence}}, "customer": "c{{integer 1 4}}", "amount": {{integer 1 100}}}';

/** Orders of a shop for two seconds, a query over them, and its result's topic; nodes of the sketch are added or replaced. */
export function shop(sql: string, config: Config = {}, sketch: Partial<Sketch> = {}): PipelineDocument {
  const workload = { 'workload.rate': 100, 'workload.records': 200, 'key.shape': 'uniform', 'key.count': 8 };
  return documentOf({
    seconds: 4,
    ...sketch,
    nodes: {
      shop: { kind: 'producer', config: { ...workload, 'value.template': template }, to: ['orders'] },
      orders: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
      query: {
        kind: 'sql',
        config: { sql, 'commit.interval.ms': 200, 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 1000, ...config },
        to: ['result'],
      },
      result: { kind: 'topic', config: { partitions: 2 } },
      ...sketch.nodes,
    },
  });
}

export interface ReadRecord {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestampMs: number;
}

/** Committed records of a topic, partition after partition. */
export function recordsOf({ ctx, programs }: Run, topic: string): ReadRecord[] {
  const { firstPartition, partitionCount } = ctx.topics.find(({ name }) => name === topic)!;
  const read = createFetchedRecords(-1, 1024);
  const found: ReadRecord[] = [];
  for (let partition = 0; partition < partitionCount; partition++) {
    const { log } = ctx.partitions[firstPartition + partition]!;
    const options = {
      limit: log.logEndOffset,
      maxBytes: Infinity,
      maxRecords: 4096,
      atLeastOne: true,
      isolation: 'read_committed',
    } as const;
    for (let offset = log.logStartOffset; offset < log.logEndOffset; offset = read.nextOffset) {
      readBatches(log, { ...options, offset }, read);
      const { columns, count } = read;
      for (let i = 0; i < count; i++) {
        const key = columns.key[i]!;
        const identity = {
          ...{ path: columns.path[i]!, sequence: columns.sequence[i]!, key, size: columns.size[i]! },
          ...{ timestampUs: columns.timestampUs[i]!, partition, offset: 0 },
        };
        const value = valueText(programs.reader, identity);
        found.push({ partition, key: key < 0 ? null : keyText(ctx.keys, key), value, timestampMs: identity.timestampUs / 1000 });
      }
      if (read.nextOffset <= offset) break;
    }
  }
  return found;
}

/** What a table's topic comes to: the last value of each key. */
export function tableOf(run: Run, topic = 'result'): Record<string, string> {
  const rows: Record<string, string> = {};
  for (const { key, value } of recordsOf(run, topic)) {
    if (key === null) continue;
    if (value === null) delete rows[key];
    else rows[key] = value;
  }
  return rows;
}
