/** One readable line for an event: when, what, who, and what it is about. For golden traces, and for whoever steps through a run. */
import { EventKind } from '../../kernel/eventKinds.ts';
import { putBack, takeNext } from '../../kernel/eventSet.ts';
import type { Run } from '../build.ts';
import type { EngineContext } from '../state.ts';

const nameOfKind = new Map<number, string>(Object.entries(EventKind).map(([name, kind]) => [kind, name]));

/** The line of the event that comes next, null when none waits. The run goes on as if nobody had asked. */
export function describeNext(run: Run): string | null {
  const { events } = run.ctx;
  const { nowUs, kind, a, b } = events;
  if (!takeNext(events)) return null;
  const line = lineOf(run.ctx);
  putBack(events);
  events.nowUs = nowUs;
  events.kind = kind;
  events.a = a;
  events.b = b;
  return line;
}

function lineOf(ctx: EngineContext): string {
  const { nowUs, kind } = ctx.events;
  const time = (nowUs / 1000).toFixed(3).padStart(10);
  const { who, what } = aboutOf(ctx);
  return `${time}  ${nameOfKind.get(kind)!.padEnd(20)}  ${who.padEnd(16)}  ${what}`.trimEnd();
}

interface About {
  readonly who: string;
  readonly what: string;
}

const gone: About = { who: '-', what: 'no longer wanted' };
const about = (who: string, what = ''): About => ({ who, what });

function aboutOf(ctx: EngineContext): About {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.ProducerWake:
    case EventKind.ProducerSpace:
    case EventKind.ProducerFlushed:
      return about(producerName(ctx, a));
    case EventKind.ProduceArrived:
    case EventKind.ProduceAnswered:
      return produceOf(ctx, a);
    case EventKind.FetchArrived:
    case EventKind.FetchExpired:
    case EventKind.FetchAnswered:
      return fetchOf(ctx, a, b);
    case EventKind.CommitArrived:
    case EventKind.CommitAnswered:
      return commitOf(ctx, a);
    case EventKind.TransactionOffsetsArrived:
    case EventKind.TransactionOffsetsAnswered:
      return transactionOffsetsOf(ctx, a);
    case EventKind.OffsetFetchArrived:
    case EventKind.OffsetFetchAnswered:
      return offsetFetchOf(ctx, a);
    case EventKind.GroupRequestArrived:
    case EventKind.GroupResponseArrived:
      return groupRequestOf(ctx, a);
    case EventKind.MemberWake:
      return about(memberName(ctx, a), ctx.workers[a]!.phase);
    case EventKind.ServiceDone:
      return serviceOf(ctx, a, b);
    case EventKind.GroupSessionCheck:
    case EventKind.HeartbeatDue:
    case EventKind.MemberAssigned:
    case EventKind.PollIntervalCheck:
    case EventKind.ProcessingCommitDue:
    case EventKind.ProcessingTransactionEnded:
      return about(memberName(ctx, a));
    case EventKind.ChangelogReadArrived:
    case EventKind.ChangelogReadAnswered:
    case EventKind.ChangelogReadDue:
      return changelogReadOf(ctx, a, b);
    case EventKind.GroupJoinDeadline:
    case EventKind.GroupSyncDeadline:
      return about(`group ${ctx.groups[a]!.groupId}`, ctx.groups[a]!.state);
    case EventKind.FaultDue:
      return about(ctx.faults[a]!.fault.node ?? 'cluster', ctx.faults[a]!.fault.action);
    case EventKind.RetentionCheck:
      return about('brokers');
    case EventKind.MetadataArrived:
    case EventKind.BrokerSessionEnd:
    case EventKind.BrokerStarted:
    case EventKind.BrokerHeartbeat:
    case EventKind.DiskFailure:
    case EventKind.IsrCheck:
    case EventKind.ProduceExpired:
    case EventKind.RemoteTierRound:
      return about(`broker ${a}`);
    case EventKind.ReplicaFetchArrived:
    case EventKind.ReplicaFetchExpired:
    case EventKind.ReplicaFetchAnswered:
      return replicaFetchOf(ctx, a, b);
    case EventKind.AlterPartitionArrived:
    case EventKind.AlterPartitionAnswered:
      return isrRequestOf(ctx, a);
    default:
      return about('cluster');
  }
}

function memberName(ctx: EngineContext, member: number): string {
  const worker = ctx.workers[member]!;
  return `${ctx.nodes[worker.node]!.name}-${worker.number}`;
}

function producerName(ctx: EngineContext, index: number): string {
  const producer = ctx.producers[index]!;
  if (producer.member >= 0) return memberName(ctx, producer.member);
  return ctx.nodes.find((node) => node.id === producer.node)!.name;
}

function partitionName(ctx: EngineContext, index: number): string {
  const { topic, partition } = ctx.partitions[index]!;
  return `${ctx.topics[topic]!.name}-${partition}`;
}

function changelogReadOf(ctx: EngineContext, slot: number, requestId: number): About {
  const read = ctx.streams.reads.items[slot];
  if (!read || read.requestId !== requestId) return gone;
  return about(memberName(ctx, read.member), `task ${read.task}, ${partitionName(ctx, read.partition)} from ${read.offset}`);
}

function produceOf(ctx: EngineContext, slot: number): About {
  const request = ctx.produceRequests.items[slot];
  if (!request) return gone;
  const batches = request.batches.map(({ partition, count }) => `${partitionName(ctx, partition)} ${count} records`);
  return about(producerName(ctx, request.producer), `broker ${request.broker}: ${batches.join(', ')}`);
}

function fetchOf(ctx: EngineContext, slot: number, request: number): About {
  const session = ctx.fetchSessions.items[slot];
  if (!session) return gone;
  const who = memberName(ctx, session.member);
  if (ctx.events.kind === EventKind.FetchExpired) return about(who, session.id === request ? session.state : 'of a closed session');
  if (session.requestId !== request) return about(who, 'of an earlier request');
  if (session.state === 'answering') {
    const parts = session.fetched.map(
      ({ partition, baseOffset, nextOffset }) => `${partitionName(ctx, partition)} [${baseOffset}, ${nextOffset})`,
    );
    return about(who, `broker ${session.broker}: ${parts.length === 0 ? 'nothing' : parts.join(', ')}`);
  }
  const asked = [...session.partitions].flatMap((index, i) =>
    session.included[i] === 1 ? [`${partitionName(ctx, index)} from ${session.offsets[i]!}`] : [],
  );
  return about(who, `broker ${session.broker}: ${asked.join(', ')}`);
}

function replicaFetchOf(ctx: EngineContext, slot: number, request: number): About {
  const fetcher = ctx.replication.fetchers[slot]!;
  const { follower, leader, state, asked, askedCount } = fetcher;
  const who = `broker ${follower}`;
  if (ctx.events.kind === EventKind.ReplicaFetchExpired) return about(who, `broker ${leader}: ${state}`);
  if (fetcher.requestId !== request) return about(who, 'of an earlier request');
  if (state === 'starting' || state === 'pausing') return about(who, `broker ${leader}: fetches again`);
  const parts = asked.slice(0, askedCount).flatMap(({ partition, fetchOffset, endOffset, result }) => {
    const name = partitionName(ctx, partition);
    if (state !== 'answering') return [`${name} from ${fetchOffset}`];
    return result === 'records' ? [`${name} [${fetchOffset}, ${endOffset})`] : result === 'nothing' ? [] : [`${name} ${result}`];
  });
  return about(who, `broker ${leader}: ${parts.length === 0 ? 'nothing' : parts.join(', ')}`);
}

function isrRequestOf(ctx: EngineContext, broker: number): About {
  const parts = ctx.replication.isrRequests[broker]!.underWay.map(
    ({ partition, request }) => `${partitionName(ctx, partition)} ISR ${request.isr.join(' ')}`,
  );
  return about(`broker ${broker}`, parts.join(', '));
}

function transactionOffsetsOf(ctx: EngineContext, slot: number): About {
  const request = ctx.transactionOffsets.items[slot];
  if (!request) return gone;
  const what = request.partitions.map((index, i) => `${partitionName(ctx, index)} ${request.offsets[i]!}`);
  return about(memberName(ctx, request.member), `broker ${request.broker}: ${request.error === 'NONE' ? what.join(', ') : request.error}`);
}

function offsetFetchOf(ctx: EngineContext, slot: number): About {
  const request = ctx.offsetFetches.items[slot];
  if (!request) return gone;
  const what = request.partitions.map(
    (index, i) => partitionName(ctx, index) + (i < request.offsets.length ? ` ${request.offsets[i]!}` : ''),
  );
  return about(memberName(ctx, request.member), `broker ${request.broker}: ${request.error === 'NONE' ? what.join(', ') : request.error}`);
}

function commitOf(ctx: EngineContext, slot: number): About {
  const request = ctx.commitRequests.items[slot];
  if (!request) return gone;
  const offsets = request.partitions.map((index, i) => `${partitionName(ctx, index)} ${request.offsets[i]!}`);
  const error = ctx.events.kind === EventKind.CommitAnswered && request.error !== 'NONE' ? ` ${request.error}` : '';
  return about(memberName(ctx, request.member), `${offsets.join(', ')}${error}`);
}

function groupRequestOf(ctx: EngineContext, slot: number): About {
  const request = ctx.groupRequests.items[slot];
  return request ? about(memberName(ctx, request.member), request.type) : gone;
}

function serviceOf(ctx: EngineContext, member: number, generation: number): About {
  const worker = ctx.workers[member]!;
  if (generation !== worker.generation) return about(memberName(ctx, member), 'of an earlier poll');
  return about(memberName(ctx, member), `${worker.served} of ${worker.count} records settled`);
}
