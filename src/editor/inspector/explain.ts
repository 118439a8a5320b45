/** Why a node is as it is, in whole sentences, from its settings and its live numbers. */
import { effectiveConfig, groupIdOf, kindOf, type PipelineDocument, type PipelineNode } from '../../pipeline/index.ts';
import { formatCount, formatRate, formatSeconds } from '../format/numbers.ts';
import type { SlowNode } from '../stores/slowNodes.ts';

export interface Explanation {
  readonly tone: 'calm' | 'rising' | 'breached';
  readonly title: string;
  readonly sentences: readonly string[];
}

const plural = (count: number, word: string) => `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;

function names(document: PipelineDocument, ids: readonly string[]): string {
  const found = ids.map((id) => document.nodes.find((node) => node.id === id)?.name ?? id);
  if (found.length < 2) return found[0] ?? 'nothing yet';
  return `${found.slice(0, -1).join(', ')} and ${found.at(-1)}`;
}

/** `a writes`, `a and b write`. */
function doing(subjects: string, count: number, verb: string): string {
  return `${subjects} ${verb}${count > 1 ? '' : 's'}`;
}

/** What the node does, from the drawing alone. */
export function describe(document: PipelineDocument, node: PipelineNode): string {
  const config = effectiveConfig(node);
  const reads = names(
    document,
    document.edges.filter((edge) => edge.target === node.id).map((edge) => edge.source),
  );
  const writes = names(
    document,
    document.edges.filter((edge) => edge.source === node.id).map((edge) => edge.target),
  );
  switch (kindOf(node.kind).role) {
    case 'producer':
      return `${node.name} writes records to ${writes}: ${String(config['workload.shape'])} workload, ${formatRate(Number(config['workload.rate']))}, keys ${String(config['key.shape'])}. A batch leaves when it holds ${formatCount(Number(config['batch.size']))} bytes or has waited ${String(config['linger.ms'])} ms.`;
    case 'topic': {
      const writers = doing(reads, document.edges.filter((edge) => edge.target === node.id).length, 'write');
      const readers = doing(writes, document.edges.filter((edge) => edge.source === node.id).length, 'read');
      return `${node.name} is a log in ${plural(Number(config['partitions']), 'partition')}. ${writers} to it, ${readers} from it, each at its own pace. Records with one key stay in order in one partition.`;
    }
    case 'processor':
      return `${node.name} reads ${reads} as the consumer group “${groupIdOf(node)}” with ${plural(Number(config['instances']), 'member')} and writes to ${writes}. At most one member reads a partition at a time.`;
    case 'sink':
      return `${node.name} reads ${reads} as the consumer group “${groupIdOf(node)}” with ${plural(Number(config['instances']), 'member')} and writes ${plural(Number(config['write.batch.records']), 'record')} at a time to the system it stands for.`;
  }
}

/** How it stands; null without a run. Why it lags the run itself says. */
export function explain(node: PipelineNode, slow: SlowNode | undefined): Explanation | null {
  if (slow === undefined) return null;
  const { role } = kindOf(node.kind);
  if (role === 'producer') {
    const blocked = slow.condition === 'blocked on buffer memory';
    return blocked
      ? {
          tone: 'breached',
          title: 'It is blocked.',
          sentences: [
            'buffer.memory is full: send() waits until the brokers have taken batches, at most max.block.ms, then refuses the record.',
          ],
        }
      : { tone: 'calm', title: `It writes ${slow.text.rateOut}.`, sentences: [] };
  }
  if (role === 'topic' && slow.replication !== null) {
    const tone = slow.replication.worst === 'under-replicated' ? 'rising' : 'breached';
    return {
      tone,
      title: `${plural(slow.replication.count, 'partition')} ${slow.replication.worst}.`,
      sentences: [slow.replication.sentence],
    };
  }
  if (role === 'topic') return { tone: 'calm', title: `It takes ${slow.text.rateIn} and gives ${slow.text.rateOut}.`, sentences: [] };
  const behind = slow.mood !== 'calm';
  const title = behind ? `It is ${formatSeconds(slow.lagSeconds)} behind.` : 'It keeps up with the log.';
  return { tone: slow.mood, title, sentences: [] };
}
