import type { PipelineNode } from './document.ts';
import { effectiveConfig } from './effectiveConfig.ts';
import { parseBranches } from './expressions/lists.ts';

/** The names of a branch node's ways out, in order; empty for every other kind. While a line cannot be read, what stands before its colon counts. */
export function branchNames(node: PipelineNode): readonly string[] {
  if (node.kind !== 'branch') return [];
  const lines = effectiveConfig(node)['branches'];
  if (typeof lines !== 'object') return [];
  const parsed = parseBranches(lines);
  if (parsed.ok) return parsed.branches.map((branch) => branch.name);
  return lines.map((line) => line.split(':', 1)[0]!.trim()).filter((name) => name !== '');
}

/** The ways out for records whose service failed, in order; empty where the node's errors leave by none. */
export function failurePorts(node: PipelineNode): readonly FailurePort[] {
  const action = effectiveConfig(node)['error.action'];
  if (action === 'retry-topic') return ['retry', 'dead-letter'];
  return action === 'dead-letter' ? ['dead-letter'] : [];
}

export type FailurePort = 'retry' | 'dead-letter';

/** All named ways out of a node. A branch has no other; beside those of failures is the one without a name, of all but sinks. */
export const portNames = (node: PipelineNode): readonly string[] => (node.kind === 'branch' ? branchNames(node) : failurePorts(node));
