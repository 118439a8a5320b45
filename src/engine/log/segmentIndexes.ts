/**
 * The offset index and time index of a segment, made anew from its batches (LogSegment.append, OffsetIndex, TimeIndex). A broker's own may have
 * other entries after a truncation, which lets the count towards the next entry begin anew.
 */

/** Entries in the order they were made, as columns. */
export interface IndexEntries {
  /** Last offset of the batch an entry points to, and where in the `.log` that batch begins. */
  readonly offsets: number[];
  readonly positions: number[];
  /** Largest timestamp up to an entry, and the last offset of the batch that has it. */
  readonly timestampsMs: number[];
  readonly timestampOffsets: number[];
}

export interface IndexBuilder extends IndexEntries {
  bytesSinceEntry: number;
  largestMs: number;
  largestOffset: number;
  indexedMs: number;
}

export function createIndexBuilder(baseOffset: number): IndexBuilder {
  return {
    offsets: [],
    positions: [],
    timestampsMs: [],
    timestampOffsets: [],
    bytesSinceEntry: 0,
    largestMs: -1,
    largestOffset: baseOffset,
    indexedMs: -1,
  };
}

/** Takes the next batch: an entry is due once more than `indexIntervalBytes` stand before it since the last one. */
export function addToIndexes(
  builder: IndexBuilder,
  batch: { readonly lastOffset: number; readonly maxTimestampMs: number; readonly position: number; readonly sizeBytes: number },
  indexIntervalBytes: number,
): void {
  if (batch.maxTimestampMs > builder.largestMs) {
    builder.largestMs = batch.maxTimestampMs;
    builder.largestOffset = batch.lastOffset;
  }
  if (builder.bytesSinceEntry > indexIntervalBytes) {
    builder.offsets.push(batch.lastOffset);
    builder.positions.push(batch.position);
    addTimeEntry(builder);
    builder.bytesSinceEntry = 0;
  }
  builder.bytesSinceEntry += batch.sizeBytes;
}

/** The last time entry, which a broker writes when it closes or rolls the segment (LogSegment.onBecomeInactiveSegment). */
export function closeIndexes(builder: IndexBuilder): void {
  addTimeEntry(builder);
}

/** TimeIndex.maybeAppend: only when the timestamp is larger than the last entry's. */
function addTimeEntry(builder: IndexBuilder): void {
  if (builder.largestMs <= builder.indexedMs) return;
  builder.timestampsMs.push(builder.largestMs);
  builder.timestampOffsets.push(builder.largestOffset);
  builder.indexedMs = builder.largestMs;
}
