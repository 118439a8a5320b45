/**
 * What a processor does to one record, compiled from its configs. Functions, so never part of a run's state; they are pure and see the
 * record only through its identity and position.
 */
import type { StreamsProgram } from '../streams/program.ts';
import type { RecordIdentity } from '../values/recordIdentity.ts';

export interface OperationProgram {
  /** Condition of a filter; absent: everything passes. */
  readonly passes?: (record: RecordIdentity) => boolean;
  /** Index of the branch a record takes, -1 for none. */
  readonly branchOf?: (record: RecordIdentity) => number;
  /** Id in the key table of the record's new key; -1 is the null key. */
  readonly newKey?: (record: RecordIdentity) => number;
  /** Of poison records: whether every attempt fails. */
  readonly fails?: (record: RecordIdentity) => boolean;
  /** What the node knows a record by, where that is not its identity; null is the text "null". */
  readonly idOf?: (record: RecordIdentity) => string;
  /** Size of the new value in bytes. */
  readonly newSize?: (record: RecordIdentity) => number;
  /** Step the record's path is extended by; -1 where the value stays what it was. */
  readonly step: number;
  /** Of a stream processor. */
  readonly streams?: StreamsProgram;
}
