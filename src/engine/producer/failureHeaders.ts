/**
 * Headers of records in retry and dead letter topics, named as Spring Kafka names them (KafkaHeaders, RetryTopicHeaders): where a record came from, which attempt comes
 * next and when. They follow from its path; only the original offset is not kept, and stands there as -1.
 */
import type { BrokerContext } from '../broker/context.ts';
import { failureAt, hasFailed, retriesBefore } from '../values/failurePaths.ts';
import type { PathTable } from '../values/paths.ts';
import { varintBytes } from '../workload/payload.ts';
import { utf8Length } from '../workload/utf8.ts';

/** A text, or a number of 4 or 8 bytes. */
export interface FailureHeader {
  readonly name: string;
  readonly value: string | number;
  readonly bytes: number;
}

type Context = Pick<BrokerContext, 'partitions' | 'topics'> & { readonly paths: PathTable };

/** The headers at the end of a path, none where it does not end with a failure. `notBeforeMs` is when a retry is due. */
export function failureHeaders({ paths, partitions, topics }: Context, path: number, notBeforeMs: number): FailureHeader[] {
  if (!hasFailed(paths, path)) return [];
  const { kind, partition } = failureAt(paths, path);
  const from = partitions[partition]!;
  const { name } = topics[from.topic]!;
  const prefix = kind === 'retry' ? 'kafka_original' : 'kafka_dlt-original';
  const origin = [
    { name: `${prefix}-topic`, value: name, bytes: utf8Length(name) },
    { name: `${prefix}-partition`, value: from.partition, bytes: 4 },
    { name: `${prefix}-offset`, value: -1, bytes: 8 },
  ];
  if (kind !== 'retry') return origin;
  return [
    ...origin,
    { name: 'retry_topic-attempts', value: retriesBefore(paths, path) + 1, bytes: 4 },
    { name: 'retry_topic-backoff-timestamp', value: notBeforeMs, bytes: 8 },
  ];
}

/** Bytes they add to a record. */
export function failureHeaderBytes(ctx: Context, path: number): number {
  let total = 0;
  for (const { name, bytes } of failureHeaders(ctx, path, 0)) {
    const nameBytes = utf8Length(name);
    total += varintBytes(nameBytes) + nameBytes + varintBytes(bytes) + bytes;
  }
  return total;
}
