import type { TransactionContext } from '../transactions/context.ts';
import { hasFailed } from '../values/failurePaths.ts';
import type { PathTable } from '../values/paths.ts';
import { sourceOf } from '../values/paths.ts';
import type { KeyTable } from '../workload/keys.ts';
import { failureHeaderBytes } from './failureHeaders.ts';
import type { ProducerState } from './state.ts';

export interface ProducerContext extends TransactionContext {
  readonly producers: ProducerState[];
  readonly keys: KeyTable;
  readonly paths: PathTable;
  /** Bytes that headers add to each record, by the source it comes from; empty where no source has any. */
  readonly headerBytes: readonly number[];
}

/** Bytes that headers add to a record with this path: those of its source stay with it through all processors, those of failures until it is done. */
export function headerBytesAt(ctx: ProducerContext, path: number): number {
  const { headerBytes, paths } = ctx;
  const ofSource = headerBytes.length === 0 ? 0 : headerBytes[sourceOf(paths, path)];
  return hasFailed(paths, path) ? ofSource + failureHeaderBytes(ctx, path) : ofSource;
}
