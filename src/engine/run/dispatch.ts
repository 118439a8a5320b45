/** Who handles which event. The only place that knows all of the engine's parts. */
import { onFetchArrived, onFetchExpired } from '../broker/fetch.ts';
import { onProduceArrived } from '../broker/produce.ts';
import { onRetentionCheck } from '../broker/retention.ts';
import { onCommitAnswered, onCommitArrived } from '../consumer/commits.ts';
import { onFetchAnswered } from '../consumer/fetching.ts';
import { onGroupRequestArrived, onJoinDeadline, onSessionCheck, onSyncDeadline } from '../group/coordinator.ts';
import { onGroupResponseArrived, onHeartbeatDue, onPollIntervalCheck } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import {
  onCommitDone,
  onFetched,
  onMemberAssigned,
  onMemberWake,
  onProducerFlushed,
  onProducerSpace,
  onServiceDone,
} from '../process/pollLoop.ts';
import { settleSinks } from '../metrics/observe.ts';
import { onProduceAnswered, onProducerWake } from '../producer/producer.ts';
import { onFaultDue } from './faults.ts';
import type { EngineContext } from './state.ts';
import { addEntry } from './timeline.ts';

/** Executes the event just taken. Returns the number of a block it needs first (nothing has happened then), or -1. */
export function dispatch(ctx: EngineContext): number {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.ProducerWake:
      onProducerWake(ctx, a, b);
      return -1;
    case EventKind.ProduceArrived:
      onProduceArrived(ctx, a);
      return -1;
    case EventKind.ProduceAnswered:
      onProduceAnswered(ctx, a);
      return -1;
    case EventKind.FetchArrived:
      return onFetchArrived(ctx, a, b);
    case EventKind.FetchExpired:
      return onFetchExpired(ctx, a, b);
    case EventKind.FetchAnswered:
      fetchAnswered(ctx, a, b);
      return -1;
    case EventKind.MemberWake:
      onMemberWake(ctx, a, b);
      return -1;
    case EventKind.ServiceDone:
      onServiceDone(ctx, a, b);
      return -1;
    case EventKind.CommitArrived:
      onCommitArrived(ctx, a);
      return -1;
    case EventKind.CommitAnswered:
      commitAnswered(ctx, a);
      return -1;
    case EventKind.GroupRequestArrived:
      onGroupRequestArrived(ctx, a);
      return -1;
    case EventKind.GroupResponseArrived:
      onGroupResponseArrived(ctx, a);
      return -1;
    case EventKind.GroupJoinDeadline:
      onJoinDeadline(ctx, a, b);
      return -1;
    case EventKind.GroupSyncDeadline:
      onSyncDeadline(ctx, a, b);
      return -1;
    case EventKind.GroupSessionCheck:
      onSessionCheck(ctx, a, b);
      return -1;
    case EventKind.HeartbeatDue:
      onHeartbeatDue(ctx, a, b);
      return -1;
    case EventKind.PollIntervalCheck:
      onPollIntervalCheck(ctx, a, b);
      return -1;
    case EventKind.MemberAssigned:
      onMemberAssigned(ctx, a);
      return -1;
    case EventKind.FaultDue:
      onFaultDue(ctx, a);
      return -1;
    case EventKind.RetentionCheck:
      retentionCheck(ctx);
      return -1;
    case EventKind.ProducerSpace:
      producerSpace(ctx, a);
      return -1;
    case EventKind.ProducerFlushed:
      producerFlushed(ctx, a);
      return -1;
    default:
      throw new Error(`event kind ${kind} has no handler`);
  }
}

function fetchAnswered(ctx: EngineContext, slot: number, requestId: number): void {
  const session = ctx.fetchSessions.items[slot];
  const resetsBefore = session ? ctx.consumers[session.member]!.resets : 0;
  const member = onFetchAnswered(ctx, slot, requestId);
  if (member >= 0) onFetched(ctx, member, resetsBefore);
}

function commitAnswered(ctx: EngineContext, slot: number): void {
  const member = onCommitAnswered(ctx, slot);
  if (member >= 0) onCommitDone(ctx, member);
}

function producerSpace(ctx: EngineContext, producer: number): void {
  const { member } = ctx.producers[producer]!;
  if (member >= 0) onProducerSpace(ctx, member);
}

function producerFlushed(ctx: EngineContext, producer: number): void {
  const { member } = ctx.producers[producer];
  if (member >= 0) onProducerFlushed(ctx, member);
}

function retentionCheck(ctx: EngineContext): void {
  // What was jumped over counts as expired or skipped by where the log begins when the record behind it is settled: that must not hang on who looks.
  settleSinks(ctx);
  const deletedByTopic = new Map<number, number>();
  onRetentionCheck(ctx, ctx.plan.retentionCheckUs, (partition, records) => {
    const { topic } = ctx.partitions[partition]!;
    deletedByTopic.set(topic, (deletedByTopic.get(topic) ?? 0) + records);
  });
  for (const [topic, records] of deletedByTopic) {
    const { node, name } = ctx.topics[topic]!;
    addEntry(ctx, { timeUs: ctx.events.nowUs, code: 'retention.deleted', node, text: `Retention deleted ${records} records of ${name}.` });
  }
}
