/** Records as people look at them: what the record browser shows of a partition. Plain JSON. */
export interface RecordView {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  /** The value as text (JSON where it is JSON), cut at 4 KiB; `valueSizeBytes` is the true size. */
  readonly value: string | null;
  readonly valueSizeBytes: number;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
  readonly batchBaseOffset: number;
  readonly batchLastOffset: number;
  readonly batchSizeBytes: number;
  /** Node whose producer wrote it. */
  readonly writtenBy: string;
  /** Source producer and its record number: the record's identity. */
  readonly source: string;
  readonly sequence: number;
}

export interface RecordPage {
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly records: readonly RecordView[];
  /** Where the page before and the page after begin; null where there is none. Offsets are not consecutive where a log was compacted. */
  readonly olderOffset: number | null;
  readonly newerOffset: number | null;
}
