/** Edges: those that may not be, and the ones that are missing. */
import { branchNames, failurePorts } from '../branches.ts';
import type { PipelineNode } from '../document.ts';
import { isStreams } from '../effectiveConfig.ts';
import type { Finding } from '../finding.ts';
import { pointer } from '../findings.ts';
import { edgeRefusal, hasOneOutput } from '../wiring.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, roleOf } from './rule.ts';

function refusedEdges(context: RuleContext): readonly Finding[] {
  const seen = new Set<string>();
  const withOutput = new Set<string>();
  return context.document.edges.flatMap((edge, index): Finding[] => {
    const source = context.nodes.get(edge.source);
    const target = context.nodes.get(edge.target);
    if (source === undefined || target === undefined) return [];
    const key = JSON.stringify([edge.source, edge.target, edge.sourcePort ?? null]);
    const isSecond = seen.has(key);
    const isSecondOutput = hasOneOutput(source) && withOutput.has(source.id);
    seen.add(key);
    withOutput.add(source.id);
    const message = edgeRefusal(source, target, edge.sourcePort, { isSecond, isSecondOutput });
    if (message === null) return [];
    return [
      {
        severity: 'error',
        code: 'edge.refused',
        path: pointer('edges', index),
        edge: edge.id,
        node: source.id,
        message,
        remedy: 'Remove the wire, or lead it another way.',
      },
    ];
  });
}

/** What each role misses when a side has no wire: [incoming, outgoing]. */
function unwired(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const hasIncoming = (context.incoming.get(node.id) ?? []).length > 0;
  const hasOutgoing = (context.outgoing.get(node.id) ?? []).length > 0;
  const warn = (code: string, message: string, remedy: string) => [about(context, node, { severity: 'warning', code, message, remedy })];
  switch (roleOf(node)) {
    case 'producer':
      return hasOutgoing ? [] : warn('node.unwired', `The producer "${node.name}" writes nowhere.`, 'Wire it to a topic.');
    case 'topic':
      return hasIncoming
        ? []
        : warn('topic.nothing-written', `Nothing writes to the topic "${node.name}".`, 'Wire a producer or a processor to it.');
    case 'sink':
      return hasIncoming ? [] : warn('node.unwired', `The sink "${node.name}" reads nothing.`, 'Wire a topic to it.');
    case 'processor': {
      // Which topics a query reads and writes stands in its text; what misses a wire is told with it (streams/check).
      if (isStreams(node)) return [];
      if (!hasIncoming) return warn('node.unwired', `"${node.name}" reads nothing.`, 'Wire a topic to it.');
      // A service may do its work elsewhere; the others exist only for what they write.
      if (hasOutgoing || node.kind === 'service') return [];
      return warn('node.no-output', `What "${node.name}" makes goes nowhere.`, 'Wire it to a topic.');
    }
  }
}

function unwiredBranches(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const edges = context.outgoing.get(node.id) ?? [];
  if (node.kind !== 'branch' || edges.length === 0) return [];
  const wired = new Set(edges.map((edge) => edge.sourcePort));
  return branchNames(node)
    .filter((name) => !wired.has(name))
    .map((name) => {
      const words = {
        message: `Records that take the branch "${name}" of "${node.name}" go nowhere.`,
        remedy: 'Wire the branch to a topic, unless they shall be dropped.',
      };
      return about(context, node, { severity: 'info', code: 'branch.unwired', ...words }, 'branches');
    });
}

/** Failed records that are to leave by a port which has no wire. */
function unwiredFailures(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const wired = new Set((context.outgoing.get(node.id) ?? []).map((edge) => edge.sourcePort));
  const instead = failurePorts(node).includes('retry') && wired.has('dead-letter') ? 'become dead letters at once' : 'are skipped';
  return failurePorts(node)
    .filter((port) => !wired.has(port))
    .map((port) => {
      const [what, happens] =
        port === 'retry' ? ['Records to be tried again', instead] : ['Records that failed for good', 'are skipped and only counted'];
      const words = {
        message: `${what} at "${node.name}" ${happens}: its ${port} port is not wired.`,
        remedy: `Wire the ${port} port to a topic, or choose another error.action.`,
      };
      return about(context, node, { severity: 'warning', code: 'failures.unwired', ...words }, 'error.action');
    });
}

/** Nodes no producer's records can reach, though each of them is wired. */
function unreachable(context: RuleContext): readonly Finding[] {
  const reached = new Set(context.document.nodes.filter((node) => roleOf(node) === 'producer').map((node) => node.id));
  for (const id of reached) for (const edge of context.outgoing.get(id) ?? []) reached.add(edge.target);
  return context.document.nodes
    .filter((node) => !reached.has(node.id) && (context.incoming.get(node.id) ?? []).length > 0)
    .map((node) => {
      const words = { message: `No producer's records ever reach "${node.name}".`, remedy: 'Wire a producer to a topic that leads here.' };
      return about(context, node, { severity: 'warning', code: 'node.unreachable', ...words });
    });
}

/** Topics whose records can come back to them; one finding for all. */
function loops(context: RuleContext): readonly Finding[] {
  const inLoop = context.document.nodes.filter((node) => roleOf(node) === 'topic' && reaches(context, node.id, node.id));
  const first = inLoop[0];
  if (first === undefined) return [];
  const names = inLoop.slice(0, 5).map((node) => `"${node.name}"`);
  const words = {
    message: `Records may go round for ever: ${names.join(', ')} feed themselves.`,
    remedy: 'Make sure that a filter or a branch lets every record out at some time.',
  };
  return [about(context, first, { severity: 'warning', code: 'pipeline.loop', ...words })];
}

function reaches(context: RuleContext, from: string, to: string): boolean {
  const reached = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of context.outgoing.get(id) ?? []) {
      // What is tried again comes back on purpose, and not more often than the attempts allow.
      if (edge.sourcePort === 'retry' && context.nodes.get(id)?.kind !== 'branch') continue;
      if (edge.target === to) return true;
      if (!reached.has(edge.target)) open.push(edge.target);
      reached.add(edge.target);
    }
  }
  return false;
}

export const wireRules: readonly Rule[] = [
  refusedEdges,
  (context) =>
    context.document.nodes.flatMap((node) => [
      ...unwired(context, node),
      ...unwiredBranches(context, node),
      ...unwiredFailures(context, node),
    ]),
  unreachable,
  loops,
];
