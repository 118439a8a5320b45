/**
 * Which source made a record and which steps changed or passed it on, as one number. Plain data; entries are interned in the order they are first
 * asked for, so the same run gives the same ids. Entries 0 … sources-1 are the sources themselves.
 */
export interface PathTable {
  /** Nodes of the pipeline: steps from this number on are failures (`failurePaths.ts`). */
  readonly nodes: number;
  /** Path before the last step; -1 for a source. */
  parents: number[];
  /** Last step, or the source's number. */
  steps: number[];
  /** First path that extends this one, and the next one with the same parent; -1 for none. */
  firstChildren: number[];
  nextSiblings: number[];
  /** How often the table was full and a record kept the path it had. */
  overflows: number;
}

/** Longer only in a pipeline whose records go round in circles. */
export const pathsMax = 100_000;

/** A table that holds the sources. */
export function createPathTable(sources: number, nodes = Infinity): PathTable {
  const table: PathTable = { nodes, parents: [], steps: [], firstChildren: [], nextSiblings: [], overflows: 0 };
  for (let source = 0; source < sources; source++) append(table, -1, source);
  return table;
}

function append(table: PathTable, parent: number, step: number): number {
  const id = table.parents.length;
  table.parents.push(parent);
  table.steps.push(step);
  table.firstChildren.push(-1);
  table.nextSiblings.push(-1);
  return id;
}

/** Id of `parent` followed by `step`. A path has as many children as steps read it: few, so a walk over them is the fastest lookup. */
export function extendPath(table: PathTable, parent: number, step: number): number {
  let last = -1;
  for (let child = table.firstChildren[parent]!; child >= 0; child = table.nextSiblings[child]!) {
    if (table.steps[child] === step) return child;
    last = child;
  }
  if (table.parents.length >= pathsMax) {
    table.overflows++;
    return parent;
  }
  const id = append(table, parent, step);
  if (last < 0) table.firstChildren[parent] = id;
  else table.nextSiblings[last] = id;
  return id;
}

/** Number of the source at the root of a path. */
export function sourceOf(table: PathTable, path: number): number {
  let at = path;
  while (table.parents[at]! >= 0) at = table.parents[at]!;
  return table.steps[at]!;
}

/** Number of sources: they are the first paths. */
export function rootCount({ parents }: PathTable): number {
  let count = 0;
  while (count < parents.length && parents[count]! < 0) count++;
  return count;
}
