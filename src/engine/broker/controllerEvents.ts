/** The active controller: its loss and election, the regular check of leaders, and what a person asks of it (kafka-leader-election, -reassign-partitions, -topics). */
import { electLeader } from '../cluster/leaderElection.ts';
import { reassignReplicas } from '../cluster/alterPartition.ts';
import { addPartitions, brokerOf, contextOf, onImbalanceCheck as balance, recordPartition } from '../cluster/controller.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { nextBelow } from '../kernel/random.ts';
import { noteCluster } from './clusterState.ts';
import type { BrokerContext, TopicState } from './context.ts';
import { renewSessions } from './lives.ts';
import { changeMetadata, scheduleImbalanceCheck } from './metadata.ts';

/**
 * The machine of the active controller dies. The other voters notice after `controller.quorum.fetch.timeout.ms` and elect within `controller.quorum.election.timeout.ms`; a lost
 * voter is back after `broker.restart.ms`. Without a majority nobody is elected before that.
 */
export function loseController(ctx: BrokerContext): void {
  const { quorum, config } = ctx.cluster;
  noteCluster(ctx, 'controller.lost', {});
  quorum.votersUp--;
  quorum.active = false;
  schedule(ctx.events, ctx.events.nowUs + config.brokerRestartUs, EventKind.ControllerElected, quorum.epoch, 1);
  elect(ctx);
}

function elect(ctx: BrokerContext): void {
  const { quorum, config, random } = ctx.cluster;
  // Counted anew with each loss: an election that is under way is stale.
  quorum.epoch++;
  if (quorum.votersUp * 2 <= config.quorumVoters) return;
  const inUs = config.quorumFetchTimeoutUs + nextBelow(random, config.quorumElectionTimeoutUs + 1);
  schedule(ctx.events, ctx.events.nowUs + inUs, EventKind.ControllerElected, quorum.epoch, 0);
}

/** EventKind.ControllerElected */
export function onControllerElected(ctx: BrokerContext, epoch: number, voterReturned: number): void {
  const { cluster, events } = ctx;
  const { quorum } = cluster;
  if (voterReturned === 1) {
    quorum.votersUp++;
    if (!quorum.active && (quorum.votersUp - 1) * 2 <= cluster.config.quorumVoters) elect(ctx);
    return;
  }
  if (quorum.active || epoch !== quorum.epoch) return;
  quorum.active = true;
  quorum.activeSinceUs = events.nowUs;
  noteCluster(ctx, 'controller.elected', { leaderEpoch: epoch });
  renewSessions(ctx);
  for (const { kind, a, b } of quorum.waiting) schedule(events, events.nowUs, kind, a, b);
  quorum.waiting.length = 0;
  scheduleImbalanceCheck(ctx, [...cluster.controller.partitions.keys()]);
}

/** Puts the event just taken off until there is an active controller. Gives whether it had to. */
export function waitsForController(ctx: BrokerContext): boolean {
  const { quorum } = ctx.cluster;
  if (quorum.active) return false;
  const { kind, a, b } = ctx.events;
  quorum.waiting.push({ kind, a, b });
  return true;
}

/** EventKind.ImbalanceCheck: leadership goes back to preferred replicas that are in sync (CLU-10); comes again while one is not the leader. */
export function onImbalanceCheck(ctx: BrokerContext): void {
  const { cluster, events } = ctx;
  cluster.imbalanceCheckDue = false;
  if (!cluster.quorum.active) return;
  const { changed, more } = balance(cluster.controller);
  if (changed.length > 0) changeMetadata(ctx, changed);
  if (more && !cluster.imbalanceCheckDue) {
    cluster.imbalanceCheckDue = true;
    schedule(events, events.nowUs, EventKind.ImbalanceCheck, 0, 0);
    return;
  }
  scheduleImbalanceCheck(ctx, [...cluster.controller.partitions.keys()]);
}

/** `kafka-leader-election --election-type preferred --all-topic-partitions`. Gives how many leaders changed. */
export function preferLeaders(ctx: BrokerContext): number {
  const { controller } = ctx.cluster;
  const changed: number[] = [];
  for (let index = 0; index < controller.partitions.length; index++) {
    if (controller.partitions[index].replicas.length === 0) continue;
    const { partition } = electLeader(controller.partitions[index], 'preferred', contextOf(controller, index));
    if (recordPartition(controller, index, partition)) changed.push(index);
  }
  if (changed.length > 0) changeMetadata(ctx, changed);
  return changed.length;
}

/** `kafka-leader-election --election-type unclean` of one partition. Gives Kafka's error, or NONE. */
export function electUnclean(ctx: BrokerContext, index: number): string {
  const { controller } = ctx.cluster;
  const { error, partition } = electLeader(controller.partitions[index], 'unclean', contextOf(controller, index));
  if (recordPartition(controller, index, partition)) changeMetadata(ctx, [index]);
  return error;
}

/** `kafka-reassign-partitions --execute` of one partition, with a throttle (0: none) that ends when it is done. Gives Kafka's message of a refusal, or null. */
export function reassignPartition(
  ctx: BrokerContext,
  index: number,
  wanted: { readonly replicas: readonly number[]; readonly throttleBytesPerSecond: number },
): string | null {
  const { controller, throttles } = ctx.cluster;
  const context = { ...contextOf(controller, index), isRegistered: (id: number) => brokerOf(controller, id) !== undefined };
  const { error, message, partition } = reassignReplicas(controller.partitions[index], wanted.replicas, context);
  if (error !== 'NONE') return message ?? error;
  const { throttleBytesPerSecond } = wanted;
  const moves = partition.addingReplicas.length > 0 || partition.removingReplicas.length > 0;
  if (throttleBytesPerSecond > 0 && moves) throttles.push({ partition: index, bytesPerUs: throttleBytesPerSecond / 1e6 });
  if (recordPartition(controller, index, partition)) changeMetadata(ctx, [index]);
  return null;
}

/** `kafka-topics --alter --partitions`: the next ones of the topic's reserve are placed as a new topic's would be. Gives Kafka's message of a refusal, or null. */
export function addTopicPartitions(ctx: BrokerContext, topic: TopicState, count: number): string | null {
  const { controller, random } = ctx.cluster;
  const first = topic.firstPartition + topic.partitionCount;
  const replicationFactor = controller.partitions[topic.firstPartition].replicas.length;
  const policy = controller.policies[topic.firstPartition];
  const placed = addPartitions(controller, { count, replicationFactor, policy, at: first }, (bound) => nextBelow(random, bound));
  if (placed.error !== 'NONE') return placed.message;
  topic.partitionCount += count;
  if (ctx.ledger !== null) ctx.ledger.partitionsAddedUs[ctx.topics.indexOf(topic)] = ctx.events.nowUs;
  changeMetadata(
    ctx,
    Array.from({ length: count }, (_, i) => first + i),
  );
  return null;
}
