/** Looking at single records: the only place where a record becomes an object. */
import { batchEnd, blockIndexAt, lastAtMost } from '../log/search.ts';
import { missingBlock } from '../log/read.ts';
import type { RecordPage, RecordView } from '../report/recordPage.ts';
import { sourceOf } from '../values/paths.ts';
import { valueText } from '../values/reader.ts';
import { keyText } from '../workload/keys.ts';
import type { Run } from './build.ts';

const valueCharactersMax = 4096;

/**
 * Up to `limit` records from `offset` (moved into the log when it lies outside). With a block number instead of a page: that block of the partition
 * must be made resident first.
 */
export function readPage(
  run: Run,
  options: { readonly partition: number; readonly offset: number; readonly limit: number },
): { readonly page: RecordPage } | { readonly missing: number } {
  const { log } = run.ctx.partitions[options.partition]!;
  const from = Math.max(log.logStartOffset, Math.min(options.offset, log.highWatermark));
  const to = Math.min(log.highWatermark, from + options.limit);
  const records: RecordView[] = [];
  for (let offset = from; offset < to; offset++) {
    const missing = missingBlock(log, offset);
    if (missing >= 0) return { missing };
    records.push(recordAt(run, options.partition, offset));
  }
  return { page: { logStartOffset: log.logStartOffset, highWatermark: log.highWatermark, records } };
}

function recordAt(run: Run, partitionIndex: number, offset: number): RecordView {
  const { ctx, programs } = run;
  const { log, partition } = ctx.partitions[partitionIndex]!;
  const block = log.blocks[blockIndexAt(log, offset)]!;
  const columns = block.columns!;
  const batches = block.batches!;
  const index = offset - block.baseOffset;
  const batch = lastAtMost(batches.baseOffset, block.batchCount, offset);
  const last = block.baseOffset + batchEnd(block, batches, batch) - 1;
  const endPosition = batch + 1 < block.batchCount ? batches.position[batch + 1]! : block.endPosition;
  const path = columns.path[index]!;
  const key = columns.key[index]!;
  const size = columns.size[index]!;
  const timestampUs = columns.timestampUs[index]!;
  const sequence = columns.sequence[index]!;
  const logAppendTime = (batches.attributes[batch]! & 8) !== 0;
  const identity = { path, sequence, key, size, timestampUs, partition, offset };
  const source = programs.reader.programs.sources[sourceOf(ctx.paths, path)]!.name;
  const step = ctx.paths.parents[path]! < 0 ? source : ctx.nodes[ctx.paths.steps[path]!]!.id;
  return {
    offset,
    timestampMs: logAppendTime ? batches.maxTimestampMs[batch]! : Math.floor(timestampUs / 1000),
    key: key < 0 ? null : keyText(ctx.keys, key),
    value: valueText(programs.reader, identity, valueCharactersMax),
    valueSizeBytes: Math.max(0, size),
    headers: [],
    batchBaseOffset: batches.baseOffset[batch]!,
    batchLastOffset: last,
    batchSizeBytes: endPosition - batches.position[batch]!,
    writtenBy: step,
    source,
    sequence,
  };
}
