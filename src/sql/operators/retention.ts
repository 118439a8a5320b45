/** How stores of windows forget: whole segments of time at once, when all of a segment is older than the retention (`AbstractSegments`). */
import type { Store } from './store.ts';
import type { Run } from './topology.ts';

/** Ids by the segment of their time. */
export interface Segments {
  /** No segment that is kept is before. */
  earliest: number;
  readonly ids: Map<number, Set<string>>;
}

export const noSegments = (): Segments => ({ earliest: Infinity, ids: new Map() });

/** Segments are half the retention long, at least a minute (`Stores.defaultSegmentInterval`). */
const segmentMsMin = 60_000;
export const segmentOf = (timeMs: number, retentionMs: number): number =>
  Math.floor(timeMs / Math.max(Math.floor(retentionMs / 2), segmentMsMin));

export function addToSegment(segments: Segments, id: string, segment: number): void {
  segments.earliest = Math.min(segments.earliest, segment);
  const ids = segments.ids.get(segment) ?? new Set();
  segments.ids.set(segment, ids.add(id));
}

export function removeFromSegment({ ids }: Segments, id: string, segment: number): void {
  const among = ids.get(segment);
  among?.delete(id);
  if (among?.size === 0) ids.delete(segment);
}

/** Drops all entries of segments before the one that `oldestMs` falls into. */
export function dropSegments<V, I extends { readonly segments: Segments }>(
  store: Store<V, I>,
  { oldestMs, retentionMs }: { readonly oldestMs: number; readonly retentionMs: number },
  run: Run,
): void {
  const { segments } = store.index(run);
  const oldest = segmentOf(oldestMs, retentionMs);
  if (segments.earliest >= oldest) return;
  for (const [segment, ids] of [...segments.ids]) if (segment < oldest) for (const id of [...ids]) store.drop(id, run.state);
  segments.earliest = Math.min(Infinity, ...segments.ids.keys());
}
