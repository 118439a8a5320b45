/**
 * A record as the columns hold it. Everything about its value follows from its identity (source and sequence) and the steps it passed, so values are
 * computed when asked for, never stored. Hot paths reuse one such object for many records.
 */
export interface RecordIdentity {
  /** Id in the path table. */
  path: number;
  /** Number at its source, from 0. */
  sequence: number;
  /** Id in the key table; -1 for none. */
  key: number;
  /** Bytes of the value; -1 is a null value. */
  size: number;
  timestampUs: number;
  /** Where it is read from. */
  partition: number;
  offset: number;
}
