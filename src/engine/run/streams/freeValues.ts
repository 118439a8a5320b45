/** Records of stream processors that no log and no client holds any more are given up, chunk by chunk: what people look at and what is computed further lies in logs. */
import type { PartitionLog } from '../../log/partitionLog.ts';
import type { RecordColumns } from '../../log/columns.ts';
import { inFlightBatches } from '../../producer/inFlight.ts';
import { sourceOf } from '../../values/paths.ts';
import { chunkOf, freeChunks, type StoredValues } from '../../values/storedValues.ts';
import type { EngineContext } from '../state.ts';

/** Below this nothing is looked for; above it, when twice as much is kept as after the last look. */
const sweepBytesMin = 64_000_000;
/** What all stream processors of a run may keep together; a run that needs more is ended as bounded. */
const keptBytesMax = 1_500_000_000;

/** Chunks that are held, by the root of paths; null for roots whose records are not stored. */
type Held = readonly (Set<number> | null)[];

/** Looks whether chunks can be given up. False when more is kept than may be. */
export function boundStoredValues(ctx: EngineContext): boolean {
  const stored = ctx.streams.nodes.flatMap((node) => (node === null ? [] : [node.results, node.internal]));
  const bytes = stored.reduce((sum, values) => sum + values.bytes, 0);
  if (bytes > sweepBytesMin && bytes > 2 * ctx.streams.counters.sweptBytes) {
    sweep(ctx);
    ctx.streams.counters.sweptBytes = stored.reduce((sum, values) => sum + values.bytes, 0);
  }
  return bytes <= keptBytesMax;
}

/** What a bounded run says. */
export const storedBound = `${keptBytesMax / 1e9} GB of results and internal records of stream processors`;

/** Gives up what nobody holds; nothing at all while a log has blocks that are not in memory, since nobody knows what is in them. */
export function sweep(ctx: EngineContext): void {
  const byRoot: StoredValues[] = [];
  for (const node of ctx.streams.nodes)
    if (node !== null) {
      byRoot[node.resultsPath] = node.results;
      byRoot[node.internalPath] = node.internal;
    }
  const held: Held = Array.from(byRoot, (values) => (values === undefined ? null : new Set<number>()));
  const rootOf = rootFinder(ctx);
  const mark = (columns: RecordColumns, from: number, count: number): void => {
    for (let i = from; i < from + count; i++) held[rootOf(columns.path[i]!)]?.add(chunkOf(columns.sequence[i]!));
  };
  if (!markLogs(ctx, mark)) return;
  markClients(ctx, mark);
  byRoot.forEach((values, root) => freeChunks(values, held[root]!));
}

type Mark = (columns: RecordColumns, from: number, count: number) => void;

function rootFinder({ paths }: EngineContext): (path: number) => number {
  const known: number[] = [];
  return (path) => (known[path] ??= sourceOf(paths, path));
}

function markLogs({ partitions }: EngineContext, mark: Mark): boolean {
  const markLog = ({ blocks, logStartOffset }: PartitionLog): boolean =>
    blocks.every(({ columns, recordCount, endOffset }) => {
      // Deleted, though its segment is still there.
      if (endOffset <= logStartOffset) return true;
      if (columns === null) return false;
      mark(columns, 0, recordCount);
      return true;
    });
  return partitions.every(({ log, replicas }) => markLog(log) && replicas.every(({ tail }) => tail === null || markLog(tail)));
}

/** What producers have not written yet, and what consumers have fetched and not handed on. */
function markClients(ctx: EngineContext, mark: Mark): void {
  for (const producer of ctx.producers) {
    const batches = [...inFlightBatches(ctx, producer), ...(producer.accumulator?.queues.flat() ?? [])];
    for (const { columns, from, count } of batches) mark(columns, from, count);
  }
  for (const request of ctx.produceRequests.items)
    if (request !== null) for (const { columns, from, count } of request.batches) mark(columns, from, count);
  const fetched = [
    ...ctx.consumers.flatMap(({ queue, held }) => [...queue, ...held]),
    ...ctx.workers.flatMap(({ slices, streams }) =>
      [...slices, ...(streams?.tasks.flatMap(({ queues }) => queues.flatMap((each) => each.slices)) ?? [])].map((slice) => slice.fetched),
    ),
    ...ctx.fetchSessions.items.flatMap((session) => session?.fetched ?? []),
    ...ctx.streams.reads.items.flatMap((read) => read?.fetched ?? []),
    ...ctx.workers.flatMap(({ pool }) =>
      pool === null ? [] : [...pool.lanes.values()].flatMap(({ slices }) => slices.map(({ slice }) => slice.fetched)),
    ),
  ];
  for (const { columns, count } of fetched) mark(columns, 0, count);
  for (const { streams, node } of ctx.workers) {
    const state = ctx.streams.nodes[node];
    if (streams === null || !state) continue;
    for (const { path, sequence } of streams.outputs) markOne(mark, path, sequence);
  }
}

function markOne(mark: Mark, path: number, sequence: number): void {
  mark({ path: [path], sequence: [sequence] } as unknown as RecordColumns, 0, 1);
}
