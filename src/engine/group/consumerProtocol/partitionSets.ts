/** Sets of partitions as ascending lists of global partition indexes: small, comparable and cloneable. None of these changes its arguments. */

/** What is in both. */
export function intersection(left: readonly number[], right: readonly number[]): number[] {
  const both: number[] = [];
  let j = 0;
  for (const value of left) {
    while (j < right.length && right[j] < value) j++;
    if (j < right.length && right[j] === value) both.push(value);
  }
  return both;
}

/** What is in `left` only. */
export function difference(left: readonly number[], right: readonly number[]): number[] {
  const rest: number[] = [];
  let j = 0;
  for (const value of left) {
    while (j < right.length && right[j] < value) j++;
    if (j >= right.length || right[j] !== value) rest.push(value);
  }
  return rest;
}

/** What is in either; the two have nothing in common. */
export function disjointUnion(left: readonly number[], right: readonly number[]): number[] {
  return [...left, ...right].sort(ascending);
}

/** Whether all of `part` is in `whole`. */
export function isSubset(part: readonly number[], whole: readonly number[]): boolean {
  return difference(part, whole).length === 0;
}

export function ascending(left: number, right: number): number {
  return left - right;
}
