import type { TransactionContext } from '../transactions/context.ts';
import type { PathTable } from '../values/paths.ts';
import { sourceOf } from '../values/paths.ts';
import type { KeyTable } from '../workload/keys.ts';
import type { ProducerState } from './state.ts';

export interface ProducerContext extends TransactionContext {
  readonly producers: ProducerState[];
  readonly keys: KeyTable;
  readonly paths: PathTable;
  /** Bytes that headers add to each record, by the source it comes from; empty where no source has any. */
  readonly headerBytes: readonly number[];
}

/** Bytes that headers add to a record with this path: they stay with it through all processors. */
export function headerBytesAt({ headerBytes, paths }: ProducerContext, path: number): number {
  return headerBytes.length === 0 ? 0 : headerBytes[sourceOf(paths, path)];
}
