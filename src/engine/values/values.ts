/** What a record's value is. Everything follows from the record's identity (source and sequence), so values are computed when asked for, never stored. */
export type { Json } from '../../pipeline/templates/json.ts';
export type { Expression } from '../../pipeline/expressions/syntax.ts';
export type { ValueTemplate } from './compileTemplate.ts';

/** A record as the columns hold it; hot paths reuse one such object for many records. */
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
