/** Counts by record what the sinks of a run were given: watches a run from outside and is no part of it. */
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
  /** The run it watches, once there is one. */
  ctx: EngineContext | null;
}

export function createDeliveryCounts(): DeliveryCounts {
  const counts: DeliveryCounts = { sinks: [], ctx: null, watcher: { serviceEnded: (member, done) => count(counts, member, done) } };
  return counts;
}

function count(
  { ctx, sinks }: DeliveryCounts,
  member: number,
  done: { readonly fetched: FetchedRecords; readonly from: number; readonly count: number },
): void {
  if (ctx === null) return;
  const node = ctx.workers[member]!.node;
  if (ctx.nodes[node]!.role !== 'sink') return;
  let sink = sinks.find((known) => known.node === node);
  if (sink === undefined) sinks.push((sink = { node, times: [], madeUs: [], last: new Map(), reordered: 0 }));
  const { path, sequence, key, timestampUs } = done.fetched.columns;
  for (let i = done.from; i < done.from + done.count; i++) {
    const source = sourceOf(ctx.paths, path[i]!);
    note(sink, source, sequence[i]!, timestampUs[i]!);
    if (sink.times[source]![sequence[i]!] === 1 && key[i]! >= 0) noteOrder(sink, `${source}/${key[i]}`, sequence[i]!);
  }
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
