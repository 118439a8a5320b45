/** Single records of a run as columns, and what follows from them: times in the system and numbers in the system over time. */
import type { RecordProbe } from '../../src/engine/process/context.ts';

/** Records of one node, in the order their service ended. */
export interface Samples {
  count: number;
  sentUs: Float64Array;
  startUs: Float64Array;
  endUs: Float64Array;
  /** When the source sent the record this one comes from. */
  originUs: Float64Array;
  member: Int32Array;
}

export function createSamples(capacity: number): Samples {
  const times = () => new Float64Array(capacity);
  return { count: 0, sentUs: times(), startUs: times(), endUs: times(), originUs: times(), member: new Int32Array(capacity) };
}

/** Collects the records of several nodes. `byNode` holds null for nodes that are not asked about. */
export function collectInto(byNode: readonly (Samples | null)[]): RecordProbe {
  return {
    node: -1,
    record(sentUs, startUs, endUs, originUs, node, member) {
      const samples = byNode[node];
      if (!samples || samples.count === samples.sentUs.length) return;
      const at = samples.count++;
      samples.sentUs[at] = sentUs;
      samples.startUs[at] = startUs;
      samples.endUs[at] = endUs;
      samples.originUs[at] = originUs;
      samples.member[at] = member;
    },
  };
}

/** Gives every record of a write the write's start, which the probe has on the last one only. Returns the number of writes. */
export function spreadWriteStarts(samples: Samples): number {
  const { startUs, endUs, count } = samples;
  let writes = 0;
  for (let i = count - 1; i >= 0; i--) {
    if (i === count - 1 || endUs[i] !== endUs[i + 1]) writes++;
    else startUs[i] = Math.min(startUs[i]!, startUs[i + 1]!);
  }
  return writes;
}

/** Columns of one member alone. */
export function ofMember(samples: Samples, member: number): Samples {
  const part = createSamples(samples.count);
  for (let i = 0; i < samples.count; i++) {
    if (samples.member[i] !== member) continue;
    const at = part.count++;
    part.sentUs[at] = samples.sentUs[i]!;
    part.startUs[at] = samples.startUs[i]!;
    part.endUs[at] = samples.endUs[i]!;
    part.originUs[at] = samples.originUs[i]!;
    part.member[at] = member;
  }
  return part;
}

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Mean, largest value and time shares of a number that goes up at `upUs` and down at `downUs` (both sorted here), over a window. */
export interface Course {
  readonly mean: number;
  /** Largest number that lasted longer than no time. */
  readonly max: number;
  /** Part of the time at which the number is n; numbers beyond the table are in its last entry. */
  readonly shares: Float64Array;
}

const sharesMax = 256;

/** Columns of one server are in order already, and looking is cheaper than sorting. */
function sortUp(times: Float64Array): void {
  for (let i = 1; i < times.length; i++) {
    if (times[i]! >= times[i - 1]!) continue;
    times.sort();
    return;
  }
}

export function courseOf(upUs: Float64Array, downUs: Float64Array, { fromUs, toUs }: Window): Course {
  sortUp(upUs);
  sortUp(downUs);
  const shares = new Float64Array(sharesMax);
  let up = 0;
  let down = 0;
  let area = 0;
  let max = 0;
  let lastUs = fromUs;
  while (lastUs < toUs) {
    const nextUs = Math.min(up < upUs.length ? upUs[up]! : Infinity, down < downUs.length ? downUs[down]! : Infinity, toUs);
    if (nextUs > lastUs) {
      const present = up - down;
      area += present * (nextUs - lastUs);
      shares[Math.min(sharesMax - 1, present)]! += nextUs - lastUs;
      if (present > max) max = present;
      lastUs = nextUs;
    }
    if (lastUs >= toUs) break;
    while (up < upUs.length && upUs[up]! <= nextUs) up++;
    while (down < downUs.length && downUs[down]! <= nextUs) down++;
  }
  const lengthUs = toUs - fromUs;
  for (let n = 0; n < sharesMax; n++) shares[n]! /= lengthUs;
  return { mean: area / lengthUs, max, shares };
}

/** Differences `to - from` in ms of the records sent within a window. */
export function differencesMs(samples: Samples, fromColumn: Float64Array, toColumn: Float64Array, { fromUs, toUs }: Window): Float64Array {
  const values = new Float64Array(samples.count);
  let count = 0;
  for (let i = 0; i < samples.count; i++) {
    const sent = samples.originUs[i]!;
    if (sent < fromUs || sent > toUs) continue;
    values[count++] = (toColumn[i]! - fromColumn[i]!) / 1000;
  }
  return values.subarray(0, count);
}

export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Smallest value with at least this part of all values at or below it. Sorts them, which the second time costs little. */
export function quantileOf(values: Float64Array, quantile: number): number {
  sortUp(values);
  return values[Math.max(0, Math.ceil(quantile * values.length) - 1)]!;
}
