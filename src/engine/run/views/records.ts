/** Looking at single records: the only place where a record becomes an object. */
import type { Block, PartitionLog } from '../../log/logState.ts';
import { batchIndexAt, batchLastOffset, batchSizeAt, blockIndexAt, recordIndexAt, recordOffsetAt } from '../../log/search.ts';
import type { RecordPage, RecordView } from '../../report/recordPage.ts';
import { notBeforeUs } from '../../process/dueRecords.ts';
import { failureHeaders } from '../../producer/failureHeaders.ts';
import { sourceOf } from '../../values/paths.ts';
import { valueText } from '../../values/reader.ts';
import { recordHeaders } from '../../workload/headers.ts';
import { keyText } from '../../workload/keys.ts';
import type { Run } from '../build.ts';
import { rootsOf } from '../roots.ts';
import { coordinatorTexts } from '../groups/coordinatorRecords.ts';

const valueCharactersMax = 4096;

/**
 * Up to `limit` records from `offset` on (moved into the log when it lies outside), with the offsets they have: compaction leaves holes, markers are no
 * records. With a block number instead of a page: that block of the partition must be made resident first.
 */
export function readPage(
  run: Run,
  options: { readonly partition: number; readonly offset: number; readonly limit: number },
): { readonly page: RecordPage } | { readonly missing: number } {
  const { log } = run.ctx.partitions[options.partition]!;
  const { logStartOffset, highWatermark, blocks } = log;
  const from = Math.max(logStartOffset, Math.min(options.offset, highWatermark));
  const records: RecordView[] = [];
  const first = from < highWatermark && blocks.length > 0 ? blockIndexAt(log, from) : blocks.length;
  for (const block of blocks.slice(first)) {
    if (records.length >= options.limit || block.baseOffset >= highWatermark) break;
    if (block.columns === null) return { missing: block.number };
    for (let index = recordIndexAt(block, from); index < block.recordCount && records.length < options.limit; index++) {
      if (recordOffsetAt(block, index) >= highWatermark) break;
      // A marker has no source, and no key.
      if (block.columns.path[index]! >= 0) records.push(recordAt(run, options.partition, block, index));
      else if (block.columns.key[index]! >= 0) records.push(coordinatorRecordAt(run, block, index));
    }
  }
  const older = olderPage(log, from, options.limit);
  if (typeof older === 'object' && older !== null) return older;
  const last = records.at(-1);
  const newerOffset = last !== undefined && records.length === options.limit && last.offset + 1 < highWatermark ? last.offset + 1 : null;
  return { page: { logStartOffset, highWatermark, records, olderOffset: older, newerOffset } };
}

/** Offset `limit` records before `from`, or the first there is; null when none is. A block with holes must be resident to tell. */
function olderPage({ blocks, logStartOffset }: PartitionLog, from: number, limit: number): number | null | { readonly missing: number } {
  let left = limit;
  let found: number | null = null;
  for (let i = blocks.length - 1; i >= 0 && left > 0; i--) {
    const block = blocks[i]!;
    if (block.baseOffset >= from) continue;
    // Not resident, a block without holes is known by its samples: they have no offsets then.
    if (block.columns === null && block.sentSampleOffsets !== null) return { missing: block.number };
    const end = Math.min(recordIndexAt(block, from), block.recordCount);
    if (end === 0) continue;
    const index = Math.max(0, end - left);
    left -= end - index;
    found = Math.max(logStartOffset, recordOffsetAt(block, index));
  }
  return found !== null && found < from ? found : null;
}

function recordAt(run: Run, partitionIndex: number, block: Block, index: number): RecordView {
  const { ctx, programs } = run;
  const { partition } = ctx.partitions[partitionIndex]!;
  const columns = block.columns!;
  const batches = block.batches!;
  const offset = recordOffsetAt(block, index);
  const batch = batchIndexAt(block, batches, offset);
  const path = columns.path[index]!;
  const key = columns.key[index]!;
  const size = columns.size[index]!;
  const timestampUs = columns.timestampUs[index]!;
  const sequence = columns.sequence[index]!;
  const logAppendTime = (batches.attributes[batch]! & 8) !== 0;
  const identity = { path, sequence, key, size, timestampUs, partition, offset };
  const source = programs.reader.programs.sources[sourceOf(ctx.paths, path)]!.name;
  const step = ctx.paths.parents[path]! < 0 ? source : ctx.nodes[ctx.paths.steps[path]! % ctx.nodes.length]!.id;
  return {
    offset,
    timestampMs: logAppendTime ? batches.maxTimestampMs[batch]! : Math.floor(timestampUs / 1000),
    key: key < 0 ? null : keyText(ctx.keys, key),
    value: valueText(programs.reader, identity, valueCharactersMax),
    valueSizeBytes: Math.max(0, size),
    headers: [
      ...headersOf(run, sourceOf(ctx.paths, path)),
      ...failureHeaders(ctx, path, Math.ceil(notBeforeUs(ctx, columns, index) / 1000)).map(({ name, value }) => ({
        key: name,
        value: String(value),
      })),
    ],
    batchBaseOffset: batches.baseOffset[batch]!,
    batchLastOffset: batchLastOffset(block, batches, batch),
    batchSizeBytes: batchSizeAt(block, batches, batch),
    writtenBy: step,
    source,
    sequence,
  };
}

/** A record of `__consumer_offsets`. */
function coordinatorRecordAt({ ctx }: Run, block: Block, index: number): RecordView {
  const columns = block.columns!;
  const batches = block.batches!;
  const offset = recordOffsetAt(block, index);
  const batch = batchIndexAt(block, batches, offset);
  return {
    offset,
    timestampMs: Math.floor(columns.timestampUs[index]! / 1000),
    ...coordinatorTexts(ctx, columns, index),
    valueSizeBytes: Math.max(0, columns.size[index]!),
    headers: [],
    batchBaseOffset: batches.baseOffset[batch]!,
    batchLastOffset: batchLastOffset(block, batches, batch),
    batchSizeBytes: batchSizeAt(block, batches, batch),
    writtenBy: '',
    source: '',
    sequence: 0,
  };
}

/** Headers of the records of a source, by its number. */
function headersOf({ topology }: Run, source: number): RecordView['headers'] {
  const root = rootsOf(topology.nodes)[source]!;
  if (root.kind !== 'producer') return [];
  const { settings } = topology.nodes[root.node]!;
  return recordHeaders(settings).map(({ name, value }) => ({ key: name, value }));
}
