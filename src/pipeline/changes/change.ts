/** Every edit of a document as a value. `applyChange` gives the new document and the change that undoes it. */
import type { ConfigValue, Fault, Objective, PipelineDocument, PipelineEdge, PipelineNode, Position } from '../document.ts';
import type { Guarantee } from '../guaranteeNames.ts';

/** An item and the index it has once the whole change is applied. */
export interface Placed<T> {
  readonly at: number;
  readonly item: T;
}

/** Items for each list of the document, sorted by `at`. */
export interface PlacedParts {
  readonly nodes?: readonly Placed<PipelineNode>[];
  readonly edges?: readonly Placed<PipelineEdge>[];
  readonly positions?: readonly Placed<Position>[];
  readonly faults?: readonly Placed<Fault>[];
  readonly objectives?: readonly Placed<Objective>[];
}

/** Indexes into each list of the document before the change, sorted. */
export type PartIndexes = { readonly [List in keyof PlacedParts]?: readonly number[] };

export type Change =
  /** New nodes at the end, with edges that may also lead to nodes already there. */
  | {
      readonly type: 'nodes.add';
      readonly nodes: readonly PipelineNode[];
      readonly edges?: readonly PipelineEdge[];
      readonly positions?: readonly Position[];
    }
  /** Nodes (by id) with their edges, positions, faults and objectives, and further edges (by id). */
  | { readonly type: 'parts.remove'; readonly nodes?: readonly string[]; readonly edges?: readonly string[] }
  | { readonly type: 'nodes.move'; readonly positions: readonly Position[] }
  | { readonly type: 'node.rename'; readonly node: string; readonly name: string }
  /** `null` takes the config away: the default applies again. */
  | { readonly type: 'node.config'; readonly node: string; readonly config: string; readonly value: ConfigValue | null }
  | { readonly type: 'edges.add'; readonly edges: readonly PipelineEdge[] }
  /** Replaces the edge with the same id: another branch, another end. */
  | { readonly type: 'edge.set'; readonly edge: PipelineEdge }
  | { readonly type: 'cluster.config'; readonly config: string; readonly value: ConfigValue | null }
  | { readonly type: 'document.set'; readonly field: 'name' | 'description'; readonly value: string }
  /** `null` takes the guarantee away: every node is as configured again. */
  | { readonly type: 'guarantee.set'; readonly value: Guarantee | null }
  | { readonly type: 'scenario.set'; readonly field: 'seed' | 'durationMs'; readonly value: number }
  /** Faults have no ids: they are addressed by their index. Absent `at` means the end. */
  | { readonly type: 'fault.add'; readonly fault: Fault; readonly at?: number }
  | { readonly type: 'fault.remove'; readonly at: number }
  | { readonly type: 'fault.set'; readonly at: number; readonly fault: Fault }
  | { readonly type: 'objective.add'; readonly objective: Objective; readonly at?: number }
  | { readonly type: 'objective.remove'; readonly objective: string }
  /** Replaces the objective with the same id. */
  | { readonly type: 'objective.set'; readonly objective: Objective }
  | { readonly type: 'document.replace'; readonly document: PipelineDocument }
  /** One step for undo, applied in order. */
  | { readonly type: 'batch'; readonly changes: readonly Change[] }
  /** The two exact inverses of each other that removals are undone with. */
  | { readonly type: 'lists.insert'; readonly parts: PlacedParts }
  | { readonly type: 'lists.take'; readonly at: PartIndexes };
