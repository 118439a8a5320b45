/** Bringing a member into being: group member, consumer, worker and, for a processor, its producer, all under one index. */
import { createConsumer } from '../consumer/consumer.ts';
import { createMember } from '../group/membership.ts';
import { createCallState } from '../process/externalCalls.ts';
import { createMicroBatch } from '../process/microBatch.ts';
import type { NodeState } from '../process/node.ts';
import { createReadProcessWrite } from '../process/readProcessWrite.ts';
import { createWorker } from '../process/worker.ts';
import { createProducer } from '../producer/producer.ts';
import { createShareMember } from '../share/shareState.ts';
import { createThread } from '../streams/state.ts';
import { rootCount } from '../values/paths.ts';
import { shareClientConfig } from './groups/shareGroups.ts';
import {
  consumerConfig,
  failureProducerConfig,
  isExactlyOnce,
  memberConfig,
  numberOf,
  producerClientConfig,
  seenIdsOf,
  type Settings,
} from './configs.ts';
import type { EngineContext } from './state.ts';
import { memberTransactionOf } from './transactions.ts';

/** Adds one member to a node; it is down until started. Returns its index. */
export function addMember(ctx: EngineContext, node: NodeState, settings: Settings): number {
  const index = ctx.members.length;
  const number = node.members.length;
  const { seed } = ctx.plan;
  let producer = -1;
  const topics = node.written;
  if (node.role === 'processor' || topics.length > 0) {
    producer = ctx.producers.length;
    ctx.producers.push(
      createProducer({
        seed,
        name: `${node.id}/${number}`,
        index: producer,
        node: node.id,
        endpoint: -2 - node.index,
        member: index,
        topics,
        config: node.role === 'processor' ? producerClientConfig(settings) : failureProducerConfig(settings),
        workload: null,
        path: -1,
        valueSize: null,
        compression: node.compression,
        transaction: memberTransactionOf(ctx, node, settings, number),
      }),
    );
  }
  ctx.members.push(
    createMember({
      index,
      group: node.group,
      clientId: `${node.name}-${number}`,
      endpoint: -2 - node.index,
      type: ctx.groups[node.group].type,
      config: memberConfig(settings, { number, topics: node.inputs }),
      seed,
    }),
  );
  ctx.share.members.push(
    ctx.share.groups[node.group] === null ? null : createShareMember(index, ctx.brokers.length, shareClientConfig(settings)),
  );
  const earliestTopics = ctx.programs[node.index]?.streams?.layout.earliestTopics ?? [];
  ctx.consumers.push(createConsumer(index, node.group, consumerConfig(settings), seed, earliestTopics));
  const readProcessWrite = isExactlyOnce(node.role, settings)
    ? createReadProcessWrite(Math.round(numberOf(settings, 'commit.interval.ms') * 1000))
    : null;
  const seen = seenIdsOf(settings, 'in-memory', rootCount(ctx.paths));
  const streams = ctx.streams.nodes[node.index] ? createThread(index) : null;
  const stepwise = producer >= 0 || seen !== null || node.seen !== null || node.table !== null;
  const { pool } = node;
  const batch = node.microBatch === null ? null : createMicroBatch();
  ctx.workers.push(
    createWorker({
      index,
      node: node.index,
      nodeId: node.id,
      number,
      producer,
      stepwise,
      seen,
      seed,
      readProcessWrite,
      pool,
      batch,
      calls: node.external === null ? null : createCallState(seed, `${node.id}/${number}`),
      streams,
    }),
  );
  node.members.push(index);
  return index;
}

/** A member of a node that starts again takes the node's present settings for its life in the group: a rolling restart. One that runs keeps what it has. */
export function renewMember(ctx: EngineContext, node: NodeState, number: number): void {
  const member = ctx.members[node.members[number]!]!;
  if (member.state === 'down') member.config = memberConfig(node.settings, { number, topics: node.inputs });
}
