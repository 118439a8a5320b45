/** What the log view shows: the segments of a partition as files, the batches of one, its indexes, and the bytes of a batch field by field. */

export interface SegmentFile {
  /** As Kafka names it: `00000000000000000000.log`. */
  readonly name: string;
  readonly bytes: number;
}

export interface SegmentView {
  readonly baseOffset: number;
  /** Offset after the last one it may hold: the next segment's base, or the log's end. */
  readonly endOffset: number;
  readonly active: boolean;
  readonly sizeBytes: number;
  readonly batches: number;
  /** Records of data, and markers beside them. Fewer than there are offsets where compaction left holes. */
  readonly records: number;
  readonly markers: number;
  readonly createdMs: number;
  /** -1 when no record has a timestamp. */
  readonly largestTimestampMs: number;
  readonly offsetIndexEntries: number;
  readonly timeIndexEntries: number;
  readonly abortedTransactions: number;
  readonly files: readonly SegmentFile[];
  /** Kept on the broker's disk, in the remote tier, or both. */
  readonly tier: 'local' | 'remote' | 'both';
}

/** A partition's log as its directory on the leader's disk. */
export interface PartitionLogView {
  readonly topic: string;
  readonly partition: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  /** Up to where `read_committed` readers may read. */
  readonly lastStableOffset: number;
  readonly logEndOffset: number;
  readonly sizeBytes: number;
  readonly compacted: boolean;
  /** First offset no cleaning has reached yet; null before the first one. */
  readonly cleanerCheckpoint: number | null;
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number }[];
  /** Producer ids the log knows of. */
  readonly producers: number;
  /** Oldest first; the last one is active. */
  readonly segments: readonly SegmentView[];
  /** Files that belong to no segment: snapshots of the producers, leader epochs, the topic's id. */
  readonly files: readonly SegmentFile[];
}

/** One batch as a line of the list. */
export interface BatchSummary {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Byte position within the segment's `.log`. */
  readonly position: number;
  readonly sizeBytes: number;
  readonly records: number;
  readonly leaderEpoch: number;
  /** null: no producer id. */
  readonly producer: { readonly id: number; readonly epoch: number; readonly baseSequence: number } | null;
  readonly transactional: boolean;
  readonly control: 'COMMIT' | 'ABORT' | null;
  readonly compression: string;
  readonly maxTimestampMs: number;
}

/** Some batches of a segment, by their number in it. */
export interface BatchPage {
  readonly from: number;
  readonly total: number;
  readonly batches: readonly BatchSummary[];
}

/** A segment's two indexes, as columns: which batch stands where, and which offset is the first beyond a timestamp. */
export interface SegmentIndexes {
  readonly offsets: Float64Array;
  readonly positions: Float64Array;
  readonly timestampsMs: Float64Array;
  readonly timestampOffsets: Float64Array;
}

/** What a field is part of, which is how it is coloured. */
export type FieldKind = 'batch' | 'record' | 'key' | 'value' | 'headers' | 'compressed';

/** Some bits of a field that packs several things. */
export interface BitField {
  /** `0–2`, counted from the lowest. */
  readonly bits: string;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** One field of a batch's encoding: where it stands in the bytes, and what it says. */
export interface ByteField {
  readonly name: string;
  /** From the first byte of what is shown. */
  readonly from: number;
  readonly length: number;
  readonly value: string;
  readonly meaning: string;
  /** 'header', or the number of the record it belongs to. */
  readonly part: 'header' | number;
  readonly kind: FieldKind;
  /** How the number is written: `int32`, `varint`, … ; empty for plain bytes. */
  readonly type: string;
  readonly bits?: readonly BitField[];
}

export interface BatchBytes {
  readonly baseOffset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fields: readonly ByteField[];
  /** The records of a compressed batch as they are before compression; null for one that is not compressed. */
  readonly unpacked: { readonly bytes: Uint8Array<ArrayBuffer>; readonly fields: readonly ByteField[] } | null;
  /** Codec of the batch that cannot be written here: its bytes are shown uncompressed; null when they are as a broker has them. */
  readonly missingCodec: string | null;
}
