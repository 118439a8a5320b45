/** Calls of systems outside: what they do not go together with. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import { isPooled } from './pools.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, nodesWhere, numberOf, textOf } from './rule.ts';

function findingsOf(context: RuleContext, node: PipelineNode): readonly Finding[] {
  if (!(numberOf(context, node, 'call.latency.ms') > 0)) return [];
  const refuse = (config: string, message: string, remedy: string): Finding =>
    about(
      context,
      node,
      { severity: 'error', code: 'service.calls', message: `"${node.name}" calls a system outside, ${message}`, remedy },
      config,
    );
  const found: Finding[] = [];
  if (numberOf(context, node, 'concurrency') > 1 && !isPooled(context, node))
    found.push(
      refuse(
        'concurrency',
        'which several records of one poll cannot do at the same time.',
        'Set concurrency to 1 and processing.mode to pool, or add instances.',
      ),
    );
  if (textOf(context, node, 'group.protocol') === 'share')
    found.push(
      refuse(
        'group.protocol',
        'which members of a share group cannot do.',
        'Set group.protocol to consumer or classic, or call.latency.ms to 0.',
      ),
    );
  return found;
}

export const callRules: Rule = (context) =>
  nodesWhere(context, ({ kind }) => kind === 'service').flatMap((node) => findingsOf(context, node));
