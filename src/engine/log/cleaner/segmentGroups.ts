/** Which segments a cleaning merges into one (Cleaner.groupSegmentsBySize). */
import type { Segment } from '../logState.ts';

/** Limits of a merged segment, and where the cleaning ends. */
export interface GroupLimits {
  readonly segmentBytes: number;
  readonly segmentIndexBytes: number;
  readonly firstUncleanableOffset: number;
}

/**
 * Groups neighbours as long as their sizes before cleaning add up to no more than a segment, their indexes to no more than an index, and all
 * offsets stay within 2^31 of the first. The last offset of a segment is taken from the beginning of the next one.
 */
export function groupSegments<T extends { readonly segment: Readonly<Segment> }>(segments: readonly T[], limits: GroupLimits): T[][] {
  const groups: T[][] = [];
  let bytes = 0;
  let offsetIndexBytes = 0;
  let timeIndexBytes = 0;
  for (const [i, member] of segments.entries()) {
    const { sizeBytes, offsetIndexEntries, timeIndexEntries } = member.segment;
    bytes += sizeBytes;
    offsetIndexBytes += offsetIndexEntries * 8;
    timeIndexBytes += timeIndexEntries * 12;
    const group = groups.at(-1);
    const lastOffset = (i + 1 < segments.length ? segments[i + 1].segment.baseOffset : limits.firstUncleanableOffset) - 1;
    if (
      group !== undefined &&
      bytes <= limits.segmentBytes &&
      offsetIndexBytes <= limits.segmentIndexBytes &&
      timeIndexBytes <= limits.segmentIndexBytes &&
      (sizeBytes === 0 || lastOffset - group[0].segment.baseOffset <= 2147483647)
    ) {
      group.push(member);
    } else {
      groups.push([member]);
      bytes = sizeBytes;
      offsetIndexBytes = offsetIndexEntries * 8;
      timeIndexBytes = timeIndexEntries * 12;
    }
  }
  return groups;
}
