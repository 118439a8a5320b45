/** For the ledger: what a thread with transactions has processed has arrived when its transaction is committed, and not before. */
import type { PollSlice } from '../../consumer/fetching.ts';
import { noteDelivered, rootOf } from '../../ledger/deliveries.ts';
import type { StreamThread } from '../../streams/state.ts';
import type { ProcessContext } from '../context.ts';
import type { WorkerState } from '../worker.ts';

/** A record is processed in the open transaction. */
export function keepDelivered(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, { fetched }: PollSlice, index: number): void {
  const { ledger } = ctx;
  if (ledger === null) return;
  const place = ledger.sinkAt[worker.node]![ctx.partitions[fetched.partition]!.topic]!;
  const { path, sequence, key } = fetched.columns;
  thread.delivered.push(place, rootOf(ctx.paths, path[index]!), sequence[index]!, key[index]!);
}

/** The transaction is over: with its commit what it processed has arrived, else it is read again. */
export function tellDelivered({ ledger }: ProcessContext, thread: StreamThread, isCommitted: boolean): void {
  const { delivered } = thread;
  if (isCommitted && ledger !== null)
    for (let i = 0; i < delivered.length; i += 4)
      noteDelivered(ledger, ledger.sinks[delivered[i]!]!, delivered[i + 1]!, delivered[i + 2]!, delivered[i + 3]!);
  thread.delivered = [];
}
