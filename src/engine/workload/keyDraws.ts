import { hashAt } from '../kernel/hash.ts';

/** Distance between the bases of one choice's further numbers; any odd number far from small differences would do. */
const step = 0x9e3779b9;

/** The base of number `index` of a choice whose first number has `base`. */
export function furtherBase(base: number, index: number): number {
  return (base + Math.imul(index, step)) >>> 0;
}

/** In [0, 1), 32 bits, for record `sequence`. */
export function uniformAt(base: number, sequence: number): number {
  return hashAt(base, sequence) * 2.3283064365386963e-10;
}

/** In [0, 1), 53 bits: two hashes. */
export function fineUniformAt(base: number, sequence: number): number {
  return (hashAt(base, sequence) * 2097152 + (hashAt(furtherBase(base, 1), sequence) >>> 11)) * 1.1102230246251565e-16;
}

/** Up to here 32 bits are enough: the chance of one outcome is off by less than 1 in 65,536 of itself. */
const coarseLimit = 65536;

/** An integer in [0, count) for record `sequence`, all alike. */
export function positionAt(base: number, sequence: number, count: number): number {
  if (count <= coarseLimit) return Math.floor(hashAt(base, sequence) * (count * 2.3283064365386963e-10));
  return Math.min(count - 1, Math.floor(fineUniformAt(base, sequence) * count));
}

/** The number of a record that says whether it has a value; what keys use is far below. */
const nullIndex = 65537;

/** Takes the value from the part `share` of the records from `sequence` on: a size of -1. Which ones follows from their numbers, as their keys do. */
export function takeValues(base: number, sequence: number, share: number, sizes: Int32Array, n: number): void {
  if (share <= 0) return;
  const nullBase = furtherBase(base, nullIndex);
  for (let i = 0; i < n; i++) if (uniformAt(nullBase, sequence + i) < share) sizes[i] = -1;
}

/** Fills `target[0..n)` with `first` + `positionAt` of the records from `sequence` on. */
export function fillPositions(base: number, sequence: number, first: number, count: number, target: Int32Array, n: number): void {
  if (count > coarseLimit) {
    for (let i = 0; i < n; i++) target[i] = first + positionAt(base, sequence + i, count);
    return;
  }
  const scale = count * 2.3283064365386963e-10;
  for (let i = 0; i < n; i++) target[i] = first + Math.floor(hashAt(base, sequence + i) * scale);
}
