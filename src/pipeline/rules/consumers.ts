/** Consumer groups: timeouts that contradict each other, members without work, members of one group that do not fit together. */
import type { PipelineNode } from '../document.ts';
import { isStreams } from '../effectiveConfig.ts';
import type { Finding } from '../finding.ts';
import { parseOffsetReset } from '../offsetReset.ts';
import { isPooled } from './pools.ts';
import { recordsAtOnce, serviceTimeMs } from './rates.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, groupsOf, isConsumer, nodesWhere, numberOf, textOf, topicsOf } from './rule.ts';

function isClassic(context: RuleContext, node: PipelineNode): boolean {
  return textOf(context, node, 'group.protocol') !== 'consumer';
}

function timeouts(context: RuleContext, node: PipelineNode): readonly Finding[] {
  // Elsewhere the broker decides.
  if (!isClassic(context, node)) return [];
  const session = numberOf(context, node, 'session.timeout.ms');
  const heartbeat = numberOf(context, node, 'heartbeat.interval.ms');
  const findings: Finding[] = [];
  if (heartbeat >= session) {
    // Kafka's client refuses to start (org.apache.kafka.clients.consumer.internals.Heartbeat).
    const message = `"${node.name}" sends a heartbeat every ${heartbeat} ms, which is not below its session timeout of ${session} ms; Kafka's client refuses that.`;
    findings.push(
      about(
        context,
        node,
        { severity: 'error', code: 'consumer.heartbeat', message, remedy: 'Set heartbeat.interval.ms to a third of session.timeout.ms.' },
        'heartbeat.interval.ms',
      ),
    );
  } else if (heartbeat * 3 > session) {
    const message = `"${node.name}" has fewer than three heartbeats (${heartbeat} ms) in a session (${session} ms): one lost heartbeat more, and a living member is taken for dead.`;
    findings.push(
      about(
        context,
        node,
        {
          severity: 'warning',
          code: 'consumer.heartbeat',
          message,
          remedy: 'Set heartbeat.interval.ms to at most a third of session.timeout.ms.',
        },
        'heartbeat.interval.ms',
      ),
    );
  }
  if (session < 6_000) {
    const message = `The session timeout of "${node.name}" is ${session} ms; a Kafka broker refuses less than group.min.session.timeout.ms, by default 6000.`;
    findings.push(
      about(
        context,
        node,
        { severity: 'warning', code: 'consumer.session-timeout', message, remedy: 'Set session.timeout.ms to 6000 or more.' },
        'session.timeout.ms',
      ),
    );
  }
  return findings;
}

/** A full poll must be worked off within max.poll.interval.ms, or the member is thrown out and its partitions are dealt out again. */
function pollInterval(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const records = numberOf(context, node, 'max.poll.records');
  const intervalMs = numberOf(context, node, 'max.poll.interval.ms');
  const together = recordsAtOnce(context, node);
  // A poll loop in front of a pool stands still only where it blocks, for what the queue has no place for.
  const pooled = isPooled(context, node);
  if (pooled && textOf(context, node, 'pool.when.full') !== 'block') return [];
  const awaited = pooled ? Math.max(0, records - numberOf(context, node, 'pool.queue.capacity')) : records;
  const pollMs = Math.ceil(awaited / together) * serviceTimeMs(context, node);
  if (!(pollMs > intervalMs)) return [];
  const message = `A full poll of "${node.name}" (${records} records) takes about ${Math.round(pollMs)} ms on average, longer than max.poll.interval.ms (${intervalMs} ms): members will be thrown out of the group.`;
  return [
    about(
      context,
      node,
      { severity: 'warning', code: 'consumer.poll-interval', message, remedy: 'Lower max.poll.records, or raise max.poll.interval.ms.' },
      'max.poll.records',
    ),
  ];
}

function fetching(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const minimum = numberOf(context, node, 'fetch.min.bytes');
  const maximum = numberOf(context, node, 'fetch.max.bytes');
  if (!(minimum > maximum)) return [];
  const message = `"${node.name}" waits for ${minimum} bytes but takes at most ${maximum}: every fetch waits its full fetch.max.wait.ms.`;
  return [
    about(
      context,
      node,
      { severity: 'warning', code: 'consumer.fetch-bytes', message, remedy: 'Lower fetch.min.bytes, or raise fetch.max.bytes.' },
      'fetch.min.bytes',
    ),
  ];
}

/** More members than partitions: the assignors leave some without any, but in a share group. Counted over all nodes of the group. */
function idleMembers(context: RuleContext, groupId: string, nodes: readonly PipelineNode[]): readonly Finding[] {
  const members = nodes.reduce((sum, node) => sum + numberOf(context, node, 'instances'), 0);
  const topics = new Set(nodes.flatMap((node) => topicsOf(context, node, 'read')));
  // A stream processor has tasks, which only its plan knows (streams/check).
  if (nodes.some(isStreams)) return [];
  if (topics.size === 0 || nodes.every((node) => textOf(context, node, 'group.protocol') === 'share')) return [];
  const partitions = [...topics].map((topic) => numberOf(context, topic, 'partitions'));
  // Range deals out each topic by itself, always to the same first members; the sticky assignors spread all partitions.
  const isRange = nodes.every((node) => strategiesOf(context, node)[0] === 'range');
  const working = isRange ? Math.max(...partitions) : partitions.reduce((sum, count) => sum + count, 0);
  if (!(members > working)) return [];
  const message = `The group "${groupId}" has ${members} members for ${working} partition${working === 1 ? '' : 's'}: ${members - working} of them stay idle.`;
  const words = { message, remedy: 'Add partitions, or take members away; idle ones are only spare.' };
  return [about(context, nodes[0]!, { severity: 'warning', code: 'group.idle-members', ...words }, 'instances')];
}

/** Names of assignors a node's members offer, in order; in the consumer protocol the one the broker uses if nobody else has a say. */
function strategiesOf(context: RuleContext, node: PipelineNode): readonly string[] {
  if (!isClassic(context, node)) {
    const assignor = textOf(context, node, 'group.remote.assignor');
    return assignor === 'none' ? [String([context.cluster['group.consumer.assignors']].flat()[0])] : [assignor];
  }
  return textOf(context, node, 'partition.assignment.strategy').split(',');
}

function disagreements(context: RuleContext, groupId: string, nodes: readonly PipelineNode[]): readonly Finding[] {
  const [first, ...others] = nodes;
  if (first === undefined) return [];
  const topicsRead = (node: PipelineNode) =>
    topicsOf(context, node, 'read')
      .map((topic) => topic.id)
      .sort()
      .join(' ');
  const findings: Finding[] = [];
  for (const node of others) {
    // Where the broker deals out the partitions, the members' assignors are votes.
    const shared =
      !(isClassic(context, node) && isClassic(context, first)) ||
      strategiesOf(context, node).some((strategy) => strategiesOf(context, first).includes(strategy));
    if (!shared) {
      const message = `"${node.name}" and "${first.name}" are in the group "${groupId}" without a common assignment strategy; the coordinator refuses the second (INCONSISTENT_GROUP_PROTOCOL).`;
      findings.push(
        about(
          context,
          node,
          {
            severity: 'error',
            code: 'group.inconsistent-protocol',
            message,
            remedy: 'Give all members of a group a partition.assignment.strategy they share.',
          },
          'partition.assignment.strategy',
        ),
      );
    }
    if (topicsRead(node) !== topicsRead(first)) {
      const message = `"${node.name}" and "${first.name}" share the group "${groupId}" but read different topics.`;
      findings.push(
        about(
          context,
          node,
          {
            severity: 'warning',
            code: 'group.different-topics',
            message,
            remedy: 'Give them different group ids, unless you mean to show what happens.',
          },
          'group.id',
        ),
      );
    }
  }
  return findings;
}

/** Static members of one group are told apart by their instance ids alone; two with the same one fence each other. */
function instanceIds(context: RuleContext, groupId: string, nodes: readonly PipelineNode[]): readonly Finding[] {
  const firstWith = new Map<string, PipelineNode>();
  return nodes.flatMap((node) => {
    const id = textOf(context, node, 'group.instance.id');
    const other = firstWith.get(id);
    if (id === '' || other === undefined) {
      firstWith.set(id, node);
      return [];
    }
    const message = `"${node.name}" and "${other.name}" are in the group "${groupId}" with the same group.instance.id "${id}": their members put each other out (FENCED_INSTANCE_ID).`;
    const words = { message, remedy: 'Give each node of the group a group.instance.id of its own.' };
    return [about(context, node, { severity: 'error' as const, code: 'group.same-instance-id', ...words }, 'group.instance.id')];
  });
}

/** AutoOffsetResetStrategy.Validator: what Kafka's client refuses to start with. */
function offsetReset(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const reset = textOf(context, node, 'auto.offset.reset');
  if (parseOffsetReset(reset) !== null) return [];
  const message = `auto.offset.reset of "${node.name}" is "${reset}", which Kafka's client refuses.`;
  const words = { message, remedy: 'Use earliest, latest, none, or by_duration: and an ISO 8601 duration, such as by_duration:PT1H.' };
  return [about(context, node, { severity: 'error', code: 'consumer.auto-offset-reset', ...words }, 'auto.offset.reset')];
}

export const consumerRules: readonly Rule[] = [
  (context) =>
    nodesWhere(context, isConsumer).flatMap((node) =>
      [offsetReset, timeouts, pollInterval, fetching].flatMap((rule) => rule(context, node)),
    ),
  (context) =>
    [...groupsOf(context)].flatMap(([id, nodes]) => [
      ...idleMembers(context, id, nodes),
      ...disagreements(context, id, nodes),
      ...instanceIds(context, id, nodes),
    ]),
];
