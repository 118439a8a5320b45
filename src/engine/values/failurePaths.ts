/**
 * What a path says of failures: a record that is sent to a retry or dead letter topic gets one step more, which names the node where it failed and the partition it
 * first came from. So the number of an attempt and the moment before which it is not made need no columns: records that never fail carry nothing. The steps leave the value as it was.
 */
import { extendPath, type PathTable } from './paths.ts';

/** Sent to be tried again, or given up. */
type FailureKind = 'retry' | 'dead-letter';

export interface FailureStep {
  readonly kind: FailureKind;
  /** Node at which it failed. */
  readonly node: number;
  /** Global index of the partition it was in when it failed first. */
  readonly partition: number;
}

/** Whether the last step of a path is that of a failure. */
export const hasFailed = ({ steps, parents, nodes }: PathTable, path: number): boolean => parents[path]! >= 0 && steps[path]! >= nodes;

/** The last step of a path that `hasFailed`. */
export function failureAt({ steps, nodes }: PathTable, path: number): FailureStep {
  const step = steps[path]! - nodes;
  const place = Math.floor(step / nodes);
  return { kind: place % 2 === 0 ? 'retry' : 'dead-letter', node: step % nodes, partition: place >> 1 };
}

/** The path of a record that failed at `node` and is sent on as `kind`; it keeps the partition it came from first. */
export function failedPath(
  table: PathTable,
  path: number,
  failure: { readonly kind: FailureKind; readonly node: number; readonly partition: number },
): number {
  const retried = isRetry(table, path);
  const partition = retried ? failureAt(table, path).partition : failure.partition;
  const place = 2 * partition + (failure.kind === 'retry' ? 0 : 1);
  return extendPath(table, path, table.nodes * (1 + place) + failure.node);
}

/** A copy that is to be tried again. */
export const isRetry = (table: PathTable, path: number): boolean => hasFailed(table, path) && failureAt(table, path).kind === 'retry';

/** How often a record has been sent to be tried again since it was last done: attempts before the present one, all retry topics together. */
export function retriesBefore(table: PathTable, path: number): number {
  let count = 0;
  for (let at = path; isRetry(table, at); at = table.parents[at]!) count++;
  return count;
}

/** The path without the failures at its end: that of the record as it was when it failed first, and of what is made of it when it is done. */
export function withoutFailures(table: PathTable, path: number): number {
  let at = path;
  while (hasFailed(table, at)) at = table.parents[at]!;
  return at;
}
