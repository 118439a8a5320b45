/** Why a node is as it is, in whole sentences, from its settings and its live numbers. */
import { effectiveConfig, groupIdOf, kindOf, type PipelineDocument, type PipelineNode } from '../../pipeline/index.ts';
import { formatCount, formatRate, formatSeconds, formatShare } from '../format/numbers.ts';
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

/** The partition that holds most of the lag, when one stands out. */
function hotPartition(slow: SlowNode): { readonly partition: number; readonly share: number } | null {
  const total = slow.groupPartitions.reduce((sum, row) => sum + (row.lagRecords > 0 ? row.lagRecords : 0), 0);
  const worst = slow.groupPartitions.reduce<(typeof slow.groupPartitions)[number] | null>(
    (most, row) => (most === null || row.lagRecords > most.lagRecords ? row : most),
    null,
  );
  if (worst === null || total <= 0 || slow.groupPartitions.length < 2) return null;
  const share = worst.lagRecords / total;
  return share >= 0.4 && share >= 2 / slow.groupPartitions.length ? { partition: worst.partition, share } : null;
}

function lagSentences(node: PipelineNode, slow: SlowNode): readonly string[] {
  const alive = slow.members.filter((member) => member.state !== 'down');
  const idle = alive.filter((member) => member.partitions.length === 0 && member.state !== 'joining');
  const hot = hotPartition(slow);
  const sentences: string[] = [];
  if (slow.condition === 'outage')
    sentences.push(
      `${node.name} is stopped: it writes nothing until it is resumed. The log keeps the records meanwhile, as long as retention allows.`,
    );
  else if (alive.length === 0) sentences.push('No member is alive, so nobody reads. Restart one or add one.');
  else if (slow.condition === 'rebalancing')
    sentences.push('The group is rebalancing: partitions are being dealt out, and those that move are not read meanwhile.');
  else if (slow.busy > 0.95 && slow.lagTrend > 0) {
    sentences.push(
      `Its members are busy ${formatShare(slow.busy)} of the time: records arrive faster than ${plural(alive.length, 'member')} can serve them.`,
    );
    const room = slow.groupPartitions.length - alive.length;
    sentences.push(
      room > 0
        ? `Up to ${plural(room, 'more member')} would get a partition each; a shorter service time helps too.`
        : `There is a member for each partition already: more partitions, larger writes or a shorter service time would help, more members would not.`,
    );
  } else if (slow.lagTrend < 0)
    sentences.push(`It catches up: at this rate the lag is gone in ${formatSeconds(slow.lagRecords / -slow.lagTrend)}.`);
  if (hot !== null)
    sentences.push(
      `Partition ${hot.partition} holds ${formatShare(hot.share)} of the lag. Only one member may read a partition: a finer key would spread the load, more members would not.`,
    );
  if (idle.length > 0)
    sentences.push(
      `${plural(idle.length, 'member')} ${idle.length === 1 ? 'has' : 'have'} no partition and ${idle.length === 1 ? 'stays' : 'stay'} idle.`,
    );
  return sentences;
}

/** Why it lags, or that it does not; null without a run. */
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
  const title = behind
    ? `It is ${formatSeconds(slow.lagSeconds)} behind, ${plural(slow.lagRecords, 'record')}.`
    : 'It keeps up with the log.';
  return { tone: slow.mood, title, sentences: lagSentences(node, slow) };
}
