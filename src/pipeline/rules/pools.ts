/** Pools behind a poll loop: where they are not used, what they do not use, and what they lose. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, isConsumer, nodesWhere, numberOf, textOf } from './rule.ts';

/** Why a node that asks for a pool has none; null where it has one. */
function unusedBecause(context: RuleContext, node: PipelineNode): string | null {
  if (textOf(context, node, 'group.protocol') === 'share') return 'a share group shares single records out among its members already';
  if (textOf(context, node, 'processing.guarantee') === 'exactly_once_v2')
    return 'with processing.guarantee=exactly_once_v2 offsets and outputs of a poll are one transaction';
  return null;
}

/** Whether a node's members hand their records to a pool. */
export const isPooled = (context: RuleContext, node: PipelineNode): boolean =>
  textOf(context, node, 'processing.mode') === 'pool' && unusedBecause(context, node) === null;

function findingsOf(context: RuleContext, node: PipelineNode): readonly Finding[] {
  if (textOf(context, node, 'processing.mode') !== 'pool') return [];
  const found: Finding[] = [];
  const warn = (code: string, config: string, message: string, remedy: string): void => {
    found.push(about(context, node, { severity: 'warning', code, message, remedy }, config));
  };
  const reason = unusedBecause(context, node);
  if (reason !== null) {
    const message = `"${node.name}" sets processing.mode=pool, but ${reason}: its polls are worked off in the poll loop.`;
    warn('pool.unused', 'processing.mode', message, 'Set processing.mode to poll-loop, or change the other config.');
    return found;
  }
  const mode = textOf(context, node, 'commit.mode');
  if (mode !== 'after-processing') {
    const message = `"${node.name}" hands its records to a pool and commits with commit.mode=${mode} what it has handed over, done or not: a crash loses what the pool still holds.`;
    warn('pool.commits-early', 'commit.mode', message, 'Set commit.mode to after-processing.');
  }
  for (const config of ['write.batch.records', 'concurrency']) {
    if (!Object.hasOwn(node.config, config) || !(numberOf(context, node, config) > 1)) continue;
    const message = `"${node.name}" sets ${config} to ${numberOf(context, node, config)}; each thread of a pool takes one record at a time.`;
    warn(
      'pool.unused-config',
      config,
      message,
      `Take it back to 1, or set processing.mode to poll-loop; pool.threads is what counts here.`,
    );
  }
  return found;
}

/** The rules of pools. */
export const poolRules: Rule = (context) => nodesWhere(context, isConsumer).flatMap((node) => findingsOf(context, node));
