import type { Config, ConfigValue, PipelineDocument, PipelineNode, Position } from '../document.ts';
import type { Change, Placed } from './change.ts';
import { indexesOf, insertParts, takeParts } from './lists.ts';

/** A document after a change, and the change that leads back to a document equal to the one before. */
export interface AppliedChange {
  readonly document: PipelineDocument;
  readonly inverse: Change;
}

/**
 * Applies one edit. Pure: the given document stays as it is, and parts the edit does not touch are shared with the result.
 * Values are not checked here (see `checkConfigValue`, `wiringRefusal`, `validateDocument`).
 * @throws Error when the change names a node, edge, fault or objective the document does not have, or an id it already has: a bug, not bad input.
 */
export function applyChange(document: PipelineDocument, change: Change): AppliedChange {
  switch (change.type) {
    case 'nodes.add':
    case 'edges.add':
    case 'fault.add':
    case 'objective.add':
      return add(document, change);
    case 'parts.remove':
    case 'fault.remove':
    case 'objective.remove':
      return remove(document, change);
    case 'fault.set':
    case 'objective.set':
    case 'edge.set':
      return replaceItem(document, change);
    case 'nodes.move':
      return move(document, change.positions);
    case 'node.rename':
    case 'node.config':
      return changeNode(document, change);
    case 'cluster.config': {
      const { config, before } = withConfig(document.cluster.config, change.config, change.value);
      return { document: { ...document, cluster: { ...document.cluster, config } }, inverse: { ...change, value: before } };
    }
    case 'document.set':
      return { document: { ...document, [change.field]: change.value }, inverse: { ...change, value: document[change.field] } };
    case 'guarantee.set': {
      const { guarantee, ...rest } = document;
      const inverse = { type: 'guarantee.set', value: guarantee ?? null } as const;
      return { document: change.value === null ? rest : { ...document, guarantee: change.value }, inverse };
    }
    case 'scenario.set': {
      const scenario = { ...document.scenario, [change.field]: change.value };
      return { document: { ...document, scenario }, inverse: { ...change, value: document.scenario[change.field] } };
    }
    case 'document.replace':
      return { document: change.document, inverse: { type: 'document.replace', document } };
    case 'batch':
      return applyAll(document, change.changes);
    case 'lists.insert': {
      const result = insertParts(document, change.parts);
      return { document: result.document, inverse: { type: 'lists.take', at: result.at } };
    }
    case 'lists.take': {
      const result = takeParts(document, change.at);
      return { document: result.document, inverse: { type: 'lists.insert', parts: result.parts } };
    }
  }
}

function applyAll(document: PipelineDocument, changes: readonly Change[]): AppliedChange {
  const inverses: Change[] = [];
  let current = document;
  for (const change of changes) {
    const applied = applyChange(current, change);
    current = applied.document;
    inverses.push(applied.inverse);
  }
  return { document: current, inverse: { type: 'batch', changes: inverses.reverse() } };
}

function appended<T>(list: readonly T[], items: readonly T[]): readonly Placed<T>[] {
  return items.map((item, index) => ({ at: list.length + index, item }));
}

function mustBeNew(list: readonly { readonly id: string }[], items: readonly { readonly id: string }[], what: string): void {
  const ids = new Set(list.map((item) => item.id));
  for (const { id } of items) {
    if (ids.has(id)) throw new Error(`Expected a new ${what} id, got "${id}", which is taken.`);
    ids.add(id);
  }
}

function add(
  document: PipelineDocument,
  change: Extract<Change, { type: 'nodes.add' | 'edges.add' | 'fault.add' | 'objective.add' }>,
): AppliedChange {
  const { faults, objectives } = document.scenario;
  switch (change.type) {
    case 'nodes.add': {
      const { nodes, edges = [], positions = [] } = change;
      mustBeNew(document.nodes, nodes, 'node');
      mustBeNew(document.edges, edges, 'edge');
      const parts = {
        nodes: appended(document.nodes, nodes),
        edges: appended(document.edges, edges),
        positions: appended(document.layout.positions, positions),
      };
      return applyChange(document, { type: 'lists.insert', parts });
    }
    case 'edges.add':
      mustBeNew(document.edges, change.edges, 'edge');
      return applyChange(document, { type: 'lists.insert', parts: { edges: appended(document.edges, change.edges) } });
    case 'fault.add':
      return applyChange(document, { type: 'lists.insert', parts: { faults: [{ at: change.at ?? faults.length, item: change.fault }] } });
    case 'objective.add':
      mustBeNew(objectives, [change.objective], 'objective');
      return applyChange(document, {
        type: 'lists.insert',
        parts: { objectives: [{ at: change.at ?? objectives.length, item: change.objective }] },
      });
  }
}

function remove(
  document: PipelineDocument,
  change: Extract<Change, { type: 'parts.remove' | 'fault.remove' | 'objective.remove' }>,
): AppliedChange {
  switch (change.type) {
    case 'parts.remove': {
      const { nodes = [], edges = [] } = change;
      nodes.forEach((node) => indexById(document.nodes, node, 'node'));
      edges.forEach((edge) => indexById(document.edges, edge, 'edge'));
      return applyChange(document, { type: 'lists.take', at: indexesOf(document, nodes, edges) });
    }
    case 'fault.remove':
      return applyChange(document, { type: 'lists.take', at: { faults: [change.at] } });
    case 'objective.remove': {
      const at = indexById(document.scenario.objectives, change.objective, 'objective');
      return applyChange(document, { type: 'lists.take', at: { objectives: [at] } });
    }
  }
}

function indexById(list: readonly { readonly id: string }[], id: string, what: string): number {
  const index = list.findIndex((item) => item.id === id);
  if (index === -1) throw new Error(`Expected the id of a ${what} in the document, got "${id}".`);
  return index;
}

function replaceItem(
  document: PipelineDocument,
  change: Extract<Change, { type: 'fault.set' | 'objective.set' | 'edge.set' }>,
): AppliedChange {
  const { scenario, edges } = document;
  switch (change.type) {
    case 'fault.set': {
      const before = scenario.faults[change.at];
      if (before === undefined) throw new Error(`Expected a fault's index below ${scenario.faults.length}, got ${change.at}.`);
      const faults = scenario.faults.with(change.at, change.fault);
      return { document: { ...document, scenario: { ...scenario, faults } }, inverse: { ...change, fault: before } };
    }
    case 'objective.set': {
      const at = indexById(scenario.objectives, change.objective.id, 'objective');
      const objectives = scenario.objectives.with(at, change.objective);
      return {
        document: { ...document, scenario: { ...scenario, objectives } },
        inverse: { ...change, objective: scenario.objectives[at]! },
      };
    }
    case 'edge.set': {
      const at = indexById(edges, change.edge.id, 'edge');
      return { document: { ...document, edges: edges.with(at, change.edge) }, inverse: { ...change, edge: edges[at]! } };
    }
  }
}

function changeNode(document: PipelineDocument, change: Extract<Change, { type: 'node.rename' | 'node.config' }>): AppliedChange {
  const index = indexById(document.nodes, change.node, 'node');
  const node = document.nodes[index]!;
  const nodes = (next: PipelineNode) => document.nodes.with(index, next);
  if (change.type === 'node.rename') {
    return { document: { ...document, nodes: nodes({ ...node, name: change.name }) }, inverse: { ...change, name: node.name } };
  }
  const { config, before } = withConfig(node.config, change.config, change.value);
  return { document: { ...document, nodes: nodes({ ...node, config }) }, inverse: { ...change, value: before } };
}

/** A config with one value set, or taken away by null, and what was there before (null: nothing). */
function withConfig(
  config: Config,
  name: string,
  value: ConfigValue | null,
): { readonly config: Config; readonly before: ConfigValue | null } {
  const before = Object.hasOwn(config, name) ? config[name]! : null;
  if (value !== null) return { config: { ...config, [name]: value }, before };
  return { config: Object.fromEntries(Object.entries(config).filter(([key]) => key !== name)), before };
}

/** New places for nodes; a node without a place gets one. */
function move(document: PipelineDocument, moved: readonly Position[]): AppliedChange {
  const byNode = new Map(moved.map((position) => [position.node, position]));
  const old = document.layout.positions.filter((position) => byNode.has(position.node));
  const placed = new Set(old.map((position) => position.node));
  const positions = document.layout.positions.map((position) => byNode.get(position.node) ?? position);
  const fresh = [...byNode.values()].filter((position) => !placed.has(position.node));
  const at = fresh.map((_, index) => positions.length + index);
  const inverse: Change = { type: 'nodes.move', positions: old };
  return {
    document: { ...document, layout: { ...document.layout, positions: [...positions, ...fresh] } },
    inverse: fresh.length === 0 ? inverse : { type: 'batch', changes: [{ type: 'lists.take', at: { positions: at } }, inverse] },
  };
}
