/**
 * A sealed block as bytes for the store: a header, then each column in the narrowest of a few forms that gives it back exactly. Little-endian
 * throughout; a checksum in the header covers everything after it, so a flipped bit is found when the block is loaded.
 */
import { createBatchColumns, createBatchProducers } from './block.ts';
import type { RecordColumns } from './columns.ts';
import { createColumns } from './columns.ts';
import type { PackedBytes } from './columnPacking.ts';
import { packedBytes, packFloats, packInts, unpackFloats, unpackInts } from './columnPacking.ts';
import { crc32c } from './crc32c.ts';
import type { BatchColumns, BatchProducerColumns, Block } from './logState.ts';

const magic = 0x4c4a424b;
const version = 2;
const headerBytes = 64;
const flagChecksum = 1;
/** Columns a block has only where it needs them, as bits of the header's word at 32. */
const Optional = { offsets: 1, producers: 2, lastOffset: 4 } as const;

export interface BlockContents {
  readonly baseOffset: number;
  readonly recordCount: number;
  readonly batchCount: number;
  readonly columns: RecordColumns;
  readonly batches: BatchColumns;
  readonly offsets: Float64Array | null;
}

/** Why bytes are not a block. */
export interface BlockFault {
  readonly error: 'BLOCK_CORRUPT' | 'BLOCK_VERSION_UNKNOWN';
  readonly detail: string;
}

let scratch = new DataView(new ArrayBuffer(65536));

/** One buffer for all images in the making: fresh pages cost more than the packing. It never leaves this file and holds nothing between calls. */
function scratchView(bytes: number): DataView {
  if (scratch.byteLength < bytes) scratch = new DataView(new ArrayBuffer(bytes));
  return scratch;
}

/** The image of a resident block, checksum not yet stamped. */
export function encodeBlock(block: Block): ArrayBuffer {
  const { columns, batches, recordCount, batchCount } = block;
  if (columns === null || batches === null) throw new Error(`log: block ${block.number} is not resident`);
  const sink = {
    view: scratchView(headerBytes + packedBytes(recordCount, 48) + packedBytes(batchCount, 56) + packedBytes(batchCount, 40)),
    position: headerBytes,
  };
  packFloats(sink, columns.timestampUs, recordCount, null);
  packFloats(sink, columns.sentUs, recordCount, columns.timestampUs);
  packInts(sink, columns.key, recordCount);
  packInts(sink, columns.size, recordCount);
  packInts(sink, columns.sequence, recordCount);
  packInts(sink, columns.path, recordCount);
  packFloats(sink, batches.baseOffset, batchCount, null);
  packInts(sink, batches.firstRecord, batchCount);
  packFloats(sink, batches.position, batchCount, null);
  packFloats(sink, batches.baseTimestampMs, batchCount, null);
  packFloats(sink, batches.maxTimestampMs, batchCount, batches.baseTimestampMs);
  packFloats(sink, batches.appendUs, batchCount, null);
  packInts(sink, batches.attributes, batchCount);
  packInts(sink, batches.leaderEpoch, batchCount);
  const { producers, lastOffset } = batches;
  if (block.offsets !== null) packFloats(sink, block.offsets, recordCount, null);
  if (producers !== null) packProducers(sink, producers, batchCount);
  if (lastOffset !== null) packFloats(sink, lastOffset, batchCount, batches.baseOffset);
  const optional =
    (block.offsets === null ? 0 : Optional.offsets) |
    (producers === null ? 0 : Optional.producers) |
    (lastOffset === null ? 0 : Optional.lastOffset);
  const view = sink.view;
  for (let at = 0; at < headerBytes; at += 4) view.setUint32(at, 0);
  view.setUint32(0, magic, true);
  view.setUint16(4, version, true);
  view.setUint16(6, 0, true);
  view.setUint32(12, sink.position, true);
  view.setFloat64(16, block.baseOffset, true);
  view.setUint32(24, recordCount, true);
  view.setUint32(28, batchCount, true);
  view.setUint32(32, optional, true);
  return view.buffer.slice(0, sink.position) as ArrayBuffer;
}

function packProducers(sink: PackedBytes, producers: BatchProducerColumns, count: number): void {
  packFloats(sink, producers.producerId, count, null);
  packInts(sink, producers.producerEpoch, count);
  packInts(sink, producers.baseSequence, count);
  packInts(sink, producers.marker, count);
  packInts(sink, producers.coordinatorEpoch, count);
}

function unpackProducers(source: PackedBytes, count: number): BatchProducerColumns {
  const producers = createBatchProducers(count);
  unpackFloats(source, producers.producerId, count, null);
  unpackInts(source, producers.producerEpoch, count);
  unpackInts(source, producers.baseSequence, count);
  unpackInts(source, producers.marker, count);
  unpackInts(source, producers.coordinatorEpoch, count);
  return producers;
}

/** Computes and writes the checksum of an image: the work of the storage worker, or of whoever stores. */
export function stampImage(image: ArrayBuffer): void {
  const view = new DataView(image);
  view.setUint16(6, flagChecksum, true);
  view.setUint32(8, crc32c(new Uint8Array(image), 12), true);
}

/** What the header of a whole image says it holds. */
export function imageHeader(image: ArrayBuffer): Pick<BlockContents, 'baseOffset' | 'recordCount' | 'batchCount'> {
  const view = new DataView(image);
  return { baseOffset: view.getFloat64(16, true), recordCount: view.getUint32(24, true), batchCount: view.getUint32(28, true) };
}

/** Whether an image is whole: null, or what is wrong with it. */
export function checkImage(image: ArrayBuffer): BlockFault | null {
  const view = new DataView(image);
  if (image.byteLength < headerBytes || view.getUint32(0, true) !== magic) {
    return { error: 'BLOCK_CORRUPT', detail: `${image.byteLength} bytes do not begin with a block's header` };
  }
  if (view.getUint16(4, true) !== version) {
    return {
      error: 'BLOCK_VERSION_UNKNOWN',
      detail: `the block has version ${view.getUint16(4, true)}, this program reads version ${version}`,
    };
  }
  if (view.getUint32(12, true) !== image.byteLength) {
    return { error: 'BLOCK_CORRUPT', detail: `the block says it has ${view.getUint32(12, true)} bytes, there are ${image.byteLength}` };
  }
  if (view.getUint16(6, true) !== flagChecksum) return { error: 'BLOCK_CORRUPT', detail: 'the block has no checksum' };
  const stored = view.getUint32(8, true);
  const computed = crc32c(new Uint8Array(image), 12);
  return stored === computed ? null : { error: 'BLOCK_CORRUPT', detail: `the block has checksum ${stored}, its bytes give ${computed}` };
}

/** The contents of a stamped image, checksum checked first. */
export function decodeBlock(image: ArrayBuffer): BlockContents | BlockFault {
  const fault = checkImage(image);
  if (fault !== null) return fault;
  const view = new DataView(image);
  const { recordCount, batchCount } = imageHeader(image);
  const source = { view, position: headerBytes };
  const columns = createColumns(recordCount);
  unpackFloats(source, columns.timestampUs, recordCount, null);
  unpackFloats(source, columns.sentUs, recordCount, columns.timestampUs);
  unpackInts(source, columns.key, recordCount);
  unpackInts(source, columns.size, recordCount);
  unpackInts(source, columns.sequence, recordCount);
  unpackInts(source, columns.path, recordCount);
  const batches = createBatchColumns(batchCount);
  unpackFloats(source, batches.baseOffset, batchCount, null);
  unpackInts(source, batches.firstRecord, batchCount);
  unpackFloats(source, batches.position, batchCount, null);
  unpackFloats(source, batches.baseTimestampMs, batchCount, null);
  unpackFloats(source, batches.maxTimestampMs, batchCount, batches.baseTimestampMs);
  unpackFloats(source, batches.appendUs, batchCount, null);
  unpackInts(source, batches.attributes, batchCount);
  unpackInts(source, batches.leaderEpoch, batchCount);
  const optional = view.getUint32(32, true);
  const offsets = (optional & Optional.offsets) === 0 ? null : new Float64Array(recordCount);
  if (offsets !== null) unpackFloats(source, offsets, recordCount, null);
  if ((optional & Optional.producers) !== 0) batches.producers = unpackProducers(source, batchCount);
  if ((optional & Optional.lastOffset) !== 0) {
    batches.lastOffset = new Float64Array(batchCount);
    unpackFloats(source, batches.lastOffset, batchCount, batches.baseOffset);
  }
  return { ...imageHeader(image), columns, batches, offsets };
}
