/** The end of a service that is more than a record done: effects that are kept once, and failed records that leave by a wire of their own. */
import type { PollSlice } from '../consumer/fetching.ts';
import type { NodeMetrics } from '../measures/nodeMetrics.ts';
import { sendRecord } from '../producer/producer.ts';
import { failedPath } from '../values/failurePaths.ts';
import type { ProcessContext } from './context.ts';
import { deadLetterOutput, Outcome, retryOutput } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { identify, recordAt, seenBy } from './recordAt.ts';
import { keepSeen } from './seenIds.ts';
import { upsert } from './upsertTable.ts';
import type { WorkerState } from './worker.ts';

/** A record whose service has ended: `index` in its answer, `record` in the poll. */
export interface Ended {
  readonly worker: WorkerState;
  readonly node: NodeState;
  readonly metrics: NodeMetrics;
  readonly slice: PollSlice;
  readonly index: number;
  readonly record: number;
}

/** Whether a node keeps something of every record that is done. */
export const keepsEffects = (worker: WorkerState, node: NodeState): boolean => seenBy(worker, node) !== null || node.table !== null;

/** Keeps id and row of a record that is done. Another member may have been faster: then the table's unique key refuses it, and nothing is done. */
export function keepEffect(ctx: ProcessContext, { worker, node, slice, index, record }: Ended): void {
  const identity = recordAt(ctx, slice, index);
  const seen = seenBy(worker, node);
  if (seen !== null && !keepSeen(seen, identify(ctx, node.index, identity), ctx.events.nowUs)) {
    worker.failed[record] = Outcome.duplicate;
    return;
  }
  if (node.table !== null) upsert(node.table, identity);
}

const output = { topic: 0, timestampUs: 0, key: 0, size: 0, sequence: 0, path: 0 };

/** Sends a failed record where it is to go; false when there is no buffer memory. Records that are given up or known go nowhere. */
export function sendFailed(ctx: ProcessContext, { worker, node, slice, index, record }: Ended): boolean {
  const outcome = worker.failed[record];
  if (outcome !== Outcome.retried && outcome !== Outcome.deadLettered) return true;
  const identity = recordAt(ctx, slice, index);
  const kind = outcome === Outcome.retried ? 'retry' : 'dead-letter';
  const topics = node.outputs[outcome === Outcome.retried ? retryOutput : deadLetterOutput]!;
  output.timestampUs = identity.timestampUs;
  output.sequence = identity.sequence;
  output.key = identity.key;
  output.size = identity.size;
  output.path = failedPath(ctx.paths, identity.path, { kind, node: node.index, partition: slice.fetched.partition });
  for (let t = Math.max(0, worker.outputCursor); t < topics.length; t++) {
    output.topic = topics[t]!;
    if (!sendRecord(ctx, worker.producer, output)) {
      worker.outputCursor = t;
      return false;
    }
    if (ctx.watcher !== null) ctx.watcher.outputSent?.(worker.index, slice.fetched, index, output.topic);
  }
  worker.outputCursor = -1;
  return true;
}

/** Counts what became of `count` records of the poll from `base` on. */
export function countOutcomes(worker: WorkerState, metrics: NodeMetrics, base: number, count: number): void {
  const { failed, retries, waitUs } = worker;
  for (let i = base; i < base + count; i++) {
    metrics.retried += retries[i]!;
    metrics.backoffUs += waitUs[i]!;
    switch (failed[i]) {
      case Outcome.skipped:
      case Outcome.rejected:
        metrics.failed++;
        break;
      case Outcome.retried:
        metrics.retried++;
        break;
      case Outcome.deadLettered:
        metrics.deadLettered++;
        break;
      case Outcome.duplicate:
        metrics.deduplicated++;
        break;
    }
  }
}
