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
