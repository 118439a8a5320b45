/** Insertion and removal at exact indexes, the pair every structural change is undone with. */
import type { Fault, PipelineDocument } from '../document.ts';
import type { PartIndexes, Placed, PlacedParts } from './change.ts';

type Lists = { readonly [List in keyof Required<PlacedParts>]: readonly Required<PlacedParts>[List][number]['item'][] };

const listNames = ['nodes', 'edges', 'positions', 'faults', 'objectives'] as const satisfies readonly (keyof PlacedParts)[];

function listsOf(document: PipelineDocument): Lists {
  const { nodes, edges, layout, scenario } = document;
  return { nodes, edges, positions: layout.positions, faults: scenario.faults, objectives: scenario.objectives };
}

/** The document with some lists exchanged; parts whose lists stay keep their identity. */
function withLists(document: PipelineDocument, lists: Partial<Lists>): PipelineDocument {
  const { nodes = document.nodes, edges = document.edges } = lists;
  const { positions = document.layout.positions, faults = document.scenario.faults, objectives = document.scenario.objectives } = lists;
  const layout = positions === document.layout.positions ? document.layout : { ...document.layout, positions };
  const isScenarioSame = faults === document.scenario.faults && objectives === document.scenario.objectives;
  const scenario = isScenarioSame ? document.scenario : { ...document.scenario, faults, objectives };
  return { ...document, nodes, edges, layout, scenario };
}

function inserted<T>(list: readonly T[], placed: readonly Placed<T>[]): readonly T[] {
  const result: T[] = [];
  let next = 0;
  for (const { at, item } of placed) {
    while (result.length < at && next < list.length) result.push(list[next++]!);
    if (result.length !== at)
      throw new Error(`Expected a place up to ${result.length}, got ${at}: the change belongs to another document.`);
    result.push(item);
  }
  while (next < list.length) result.push(list[next++]!);
  return result;
}

/** Puts items at their places and says where they are now. */
export function insertParts(
  document: PipelineDocument,
  parts: PlacedParts,
): { readonly document: PipelineDocument; readonly at: PartIndexes } {
  const lists = listsOf(document);
  const changed: Record<string, readonly unknown[]> = {};
  const at: Record<string, readonly number[]> = {};
  for (const name of listNames) {
    const placed: readonly Placed<unknown>[] = parts[name] ?? [];
    if (placed.length === 0) continue;
    changed[name] = inserted<unknown>(lists[name], placed);
    at[name] = placed.map((item) => item.at);
  }
  return { document: withLists(document, changed as Partial<Lists>), at };
}

/** Takes items out by index and says what was where. */
export function takeParts(
  document: PipelineDocument,
  at: PartIndexes,
): { readonly document: PipelineDocument; readonly parts: PlacedParts } {
  const lists = listsOf(document);
  const changed: Record<string, readonly unknown[]> = {};
  const parts: Record<string, readonly Placed<unknown>[]> = {};
  for (const name of listNames) {
    const indexes = at[name] ?? [];
    if (indexes.length === 0) continue;
    const list: readonly unknown[] = lists[name];
    const outside = indexes.find((index) => !Object.hasOwn(list, index));
    if (outside !== undefined) throw new Error(`Expected an index below ${list.length} in ${name}, got ${outside}.`);
    const taken = new Set(indexes);
    changed[name] = list.filter((_, index) => !taken.has(index));
    parts[name] = indexes.map((index) => ({ at: index, item: list[index] }));
  }
  return { document: withLists(document, changed as Partial<Lists>), parts };
}

/** Where everything that goes with these nodes and edges stands: their own places, and those of edges, positions, faults and objectives that name the nodes. */
export function indexesOf(document: PipelineDocument, nodeIds: readonly string[], edgeIds: readonly string[]): PartIndexes {
  const nodes = new Set(nodeIds);
  const edges = new Set(edgeIds);
  const lists = listsOf(document);
  return {
    nodes: where(lists.nodes, (node) => nodes.has(node.id)),
    edges: where(lists.edges, (edge) => edges.has(edge.id) || nodes.has(edge.source) || nodes.has(edge.target)),
    positions: where(lists.positions, (position) => nodes.has(position.node)),
    faults: where(lists.faults, (fault) => namesOneOf(fault, nodes)),
    objectives: where(lists.objectives, (objective) => nodes.has(objective.node)),
  };
}

/** Whether a fault happens to one of the nodes, or names one as an end of a network fault. */
function namesOneOf(fault: Fault, nodes: ReadonlySet<string>): boolean {
  if (fault.node !== undefined) return nodes.has(fault.node);
  if (!('between' in fault) || nodes.size === 0) return false;
  return [...fault.between, ...fault.and].some((end) => end.startsWith('node:') && nodes.has(end.slice('node:'.length)));
}

function where<T>(list: readonly T[], matches: (item: T) => boolean): readonly number[] {
  return list.flatMap((item, index) => (matches(item) ? [index] : []));
}
