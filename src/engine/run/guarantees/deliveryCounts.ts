/**
 * Counts by record what the sinks and stream processors of a run were given: watches a run from outside and is no part of it. Results of stream processors are not compared: under another guarantee they
 * are other records.
 */
import type { RunWatcher } from '../../broker/watcher.ts';
import type { FetchedRecords } from '../../log/partitionLog.ts';
import { sourceOf } from '../../values/paths.ts';
import type { EngineContext } from '../state.ts';

/** One sink: by source and number of the record, how often it was served (255: that often or more). */
export interface SinkCounts {
  readonly node: number;
  readonly times: Uint8Array[];
  /** When the record was made, by the same indexes, microseconds. */
  readonly madeUs: Float64Array[];
  /** Number of the last record served for the first time of each key. */
  readonly last: Map<string, number>;
  /** Records served for the first time after one of the same key that was made later. */
  reordered: number;
}

export interface DeliveryCounts {
  readonly sinks: SinkCounts[];
  readonly watcher: RunWatcher;
  /** By member: what its open transaction has taken from a source, which counts when that is committed. */
  readonly open: Map<number, Taken[]>;
  /** The run it watches, once there is one. */
  ctx: EngineContext | null;
}

interface Taken {
  readonly source: number;
  readonly sequence: number;
  readonly key: number;
  readonly timestampUs: number;
}

export function createDeliveryCounts(): DeliveryCounts {
  const watcher: RunWatcher = {
    serviceEnded: (member, done) => count(counts, member, done),
    transactionEnded: (producer) => endTransaction(counts, producer),
  };
  const counts: DeliveryCounts = { sinks: [], open: new Map(), ctx: null, watcher };
  return counts;
}

/** A transaction is over, or its member is, which may have asked for its commit. */
function endTransaction(counts: DeliveryCounts, index: number): void {
  const { ctx, open } = counts;
  if (ctx === null) return;
  const { member, transaction } = ctx.producers[index]!;
  const taken = open.get(member);
  if (taken === undefined) return;
  open.delete(member);
  if (transaction!.phase !== 'ending' || !transaction!.commits) return;
  const sink = sinkFor(counts, ctx.workers[member]!.node);
  for (const each of taken) take(sink, each);
}

function count(
  counts: DeliveryCounts,
  member: number,
  done: { readonly fetched: FetchedRecords; readonly from: number; readonly count: number },
): void {
  const { ctx } = counts;
  if (ctx === null) return;
  const { node, streams, readProcessWrite } = ctx.workers[member]!;
  if (ctx.nodes[node]!.role !== 'sink' && streams === null) return;
  const sink = sinkFor(counts, node);
  const { path, sequence, key, timestampUs } = done.fetched.columns;
  for (let i = done.from; i < done.from + done.count; i++) {
    const source = sourceOf(ctx.paths, path[i]!);
    if (isResult(ctx, source)) continue;
    const taken = { source, sequence: sequence[i]!, key: key[i]!, timestampUs: timestampUs[i]! };
    if (streams === null || readProcessWrite === null) take(sink, taken);
    else openOf(counts, member).push(taken);
  }
}

/** Whether records of a root are made by a stream processor. */
const isResult = ({ streams }: EngineContext, root: number): boolean =>
  streams.nodes.some((node) => node !== null && (node.resultsPath === root || node.internalPath === root));

function sinkFor({ sinks }: DeliveryCounts, node: number): SinkCounts {
  let sink = sinks.find((known) => known.node === node);
  if (sink === undefined) sinks.push((sink = { node, times: [], madeUs: [], last: new Map(), reordered: 0 }));
  return sink;
}

function openOf({ open }: DeliveryCounts, member: number): Taken[] {
  let taken = open.get(member);
  if (taken === undefined) open.set(member, (taken = []));
  return taken;
}

function take(sink: SinkCounts, { source, sequence, key, timestampUs }: Taken): void {
  note(sink, source, sequence, timestampUs);
  if (sink.times[source]![sequence] === 1 && key >= 0) noteOrder(sink, `${source}/${key}`, sequence);
}

function note(sink: SinkCounts, source: number, sequence: number, timestampUs: number): void {
  while (sink.times.length <= source) {
    sink.times.push(new Uint8Array(0));
    sink.madeUs.push(new Float64Array(0));
  }
  if (sink.times[source]!.length <= sequence) {
    const length = Math.max(1024, 2 * (sequence + 1));
    const times = new Uint8Array(length);
    const madeUs = new Float64Array(length);
    times.set(sink.times[source]!);
    madeUs.set(sink.madeUs[source]!);
    sink.times[source] = times;
    sink.madeUs[source] = madeUs;
  }
  const times = sink.times[source]!;
  if (times[sequence]! < 255) times[sequence]!++;
  sink.madeUs[source]![sequence] = timestampUs;
}

function noteOrder(sink: SinkCounts, key: string, sequence: number): void {
  const last = sink.last.get(key) ?? -1;
  if (sequence < last) sink.reordered++;
  else sink.last.set(key, sequence);
}
