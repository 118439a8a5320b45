/** The one list of node kinds. Everything that differs by kind is a `Record<NodeKind, …>` somewhere, so a new row here fails to compile there. */
import type { ConfigDefinition, KindDefinition } from './definition.ts';
import { microBatch } from './microBatch.ts';
import { branch, filter, map, merge, rekey, service } from './processors.ts';
import { producer } from './producer.ts';
import { sink } from './sink.ts';
import { operators, sql } from './streams.ts';
import { topic } from './topic.ts';

export const nodeKinds = { producer, topic, filter, map, rekey, branch, merge, service, 'micro-batch': microBatch, sql, operators, sink } as const satisfies Record<string, KindDefinition>;

export type NodeKind = keyof typeof nodeKinds;

export const nodeKindNames = Object.keys(nodeKinds) as readonly NodeKind[];

/** The definition of a kind, with its wide type. */
export function kindOf(kind: NodeKind): KindDefinition {
  return nodeKinds[kind];
}

/** The row of one config of a kind, or undefined when the kind has no such config. */
export function configDefinition(kind: NodeKind, name: string): ConfigDefinition | undefined {
  return kindOf(kind).config.find((row) => row.name === name);
}
