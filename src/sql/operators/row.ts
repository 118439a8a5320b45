import type { Payload } from '../formats/serde.ts';
import type { SqlValue } from '../types/sqlType.ts';

/** Values of a row, in the order of the schema at that place. */
export type Row = readonly SqlValue[];

/** The window of a windowed key; `endMs` is exclusive for windows of time, the last record's time for sessions. */
export interface RowWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly kind: 'time' | 'session';
}

/** A record's header; its value is null or bytes in base64. */
export interface Header {
  readonly key: string;
  readonly value: string | null;
}

interface Envelope {
  /** Null where the record has no key. */
  readonly key: Row | null;
  readonly timestampMs: number;
  readonly window: RowWindow | null;
  readonly headers: readonly Header[];
}

/** A record of a stream between two operators. */
export interface StreamRecord extends Envelope {
  readonly value: Row | null;
}

/** A change of a table between two operators (`Change`): the row of the key before and after; null where there is none. */
export interface TableChange extends Envelope {
  readonly before: Row | null;
  readonly after: Row | null;
}

/** A record as it stands in a topic; the window goes with the key. */
export interface TopicRecord {
  readonly key: Payload;
  readonly value: Payload;
  readonly timestampMs: number;
  readonly window: RowWindow | null;
  readonly headers: readonly Header[];
}

/** A record as it is read from a topic, with where it stood. */
export interface SourceRecord extends TopicRecord {
  readonly partition: number;
  readonly offset: number;
}

/** A row of a table and the time of the record that it comes from (`ValueAndTimestamp`). */
export interface StoredRow {
  readonly row: Row;
  readonly timestampMs: number;
}

/** Equal for equal keys and ordered as the bytes of the keys are; what stores find and iterate rows by. */
export type KeyIdentity = (key: Row) => string;

/** How keys are told apart and how an internal topic's partitioner sees them. */
export interface KeyForm {
  readonly identity: KeyIdentity;
  readonly payload: (key: Row | null) => Payload;
}
