import { furtherBase, positionAt, uniformAt } from './keyDraws.ts';

/** Walker's alias table in Vose's form: a choice by any weights in constant time, from two random numbers. */
export interface AliasTable {
  /** Chance to stay in the column drawn. */
  readonly keep: Float64Array;
  /** Outcome otherwise. */
  readonly other: Int32Array;
}

/** Weights must not be negative, and not all zero. */
export function createAliasTable(weights: Float64Array): AliasTable {
  const count = weights.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += weights[i];
  if (!(sum > 0)) throw new Error('A choice by weight needs at least one weight above 0.');
  const keep = new Float64Array(count);
  const other = new Int32Array(count);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < count; i++) {
    keep[i] = (weights[i] / sum) * count;
    other[i] = i;
    (keep[i] < 1 ? small : large).push(i);
  }
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number;
    const high = large[large.length - 1];
    other[low] = high;
    keep[high] -= 1 - keep[low];
    if (keep[high] < 1) small.push(large.pop() as number);
  }
  // What is left on either side differs from 1 by rounding alone.
  for (const i of small) keep[i] = 1;
  for (const i of large) keep[i] = 1;
  return { keep, other };
}

/** The outcome for record `sequence`, from two numbers that follow from it and `base`. */
export function aliasAt(table: AliasTable, base: number, sequence: number): number {
  const column = positionAt(base, sequence, table.keep.length);
  return uniformAt(furtherBase(base, 2), sequence) < table.keep[column] ? column : table.other[column];
}
