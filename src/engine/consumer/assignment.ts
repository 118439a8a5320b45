/** Taking up and giving up partitions, and finding where to start (ConsumerCoordinator.onJoinComplete, SubscriptionState, OffsetFetcher). */
import type { ConsumerContext } from './context.ts';
import type { LetGo } from '../ledger/state.ts';
import type { FetchLimits } from '../broker/fetchSession.ts';
import { noteOwnership } from '../group/groupHistory.ts';
import type { GroupMember } from '../group/memberState.ts';
import { type ConsumerConfig, type ConsumerState, ownedPartition } from './consumer.ts';
import type { OffsetFetchRequest } from './offsetFetch.ts';
import { countPaused } from './pausing.ts';
import { resetPosition, setPosition } from './positions.ts';
import { noteLetGo, noteStart } from './reading.ts';
import { forgetRecovery, learnLeaders, noteLeaderless, planRetry } from './recovery.ts';
import { dropQueueOfOthers, limitsOf, reopenSessions } from './sessions.ts';

/**
 * Follows the member's current assignment: what is kept stays as it is with all that was fetched, what is gone is forgotten, what is new
 * has no position yet, and the next poll that goes on asks for it, whatever this one does.
 */
export function takeUpAssignment(ctx: ConsumerContext, consumer: ConsumerState): void {
  const member = ctx.members[consumer.index]!;
  if (consumer.assignmentVersion !== member.assignmentVersion) takeUpNew(ctx, consumer, member);
}

function takeUpNew(ctx: ConsumerContext, consumer: ConsumerState, member: GroupMember): void {
  consumer.assignmentVersion = member.assignmentVersion;
  noteLetGo(ctx, consumer, 'rebalance', member.owned);
  if (member.type !== 'share') noteHistory(ctx, consumer, member.owned);
  consumer.owned = member.owned.map(
    (index) =>
      ownedPartition(consumer, index) ?? {
        index,
        fetchOffset: -1,
        position: -1,
        processed: -1,
        buffered: 0,
        steppedFrom: -1,
        steppedTo: -1,
        session: -1,
        place: -1,
        lastEpoch: -1,
        refused: false,
        validateUs: 0,
        preferred: -1,
        preferredUntilUs: 0.5,
        paused: false,
        seek: null,
        timesSet: 0,
        start: null,
      },
  );
  countPaused(consumer);
  if (ctx.watcher !== null) ctx.watcher.assigned?.(consumer.index, member.generation, member.owned);
  dropQueueOfOthers(ctx, consumer);
  if (ctx.cluster.metadataVersion > consumer.metadataVersion) learnLeaders(ctx, consumer, ctx.cluster.metadataVersion);
  reopenSessions(ctx, consumer);
  if (consumer.owned.some((owned) => owned.session < 0)) noteLeaderless(ctx, consumer);
  // Positions in what it keeps wait for new leaders to confirm them.
  else if (consumer.owned.some((owned) => owned.validateUs > 0)) planRetry(ctx, consumer);
  if (consumer.owned.some((owned) => owned.fetchOffset < 0)) consumer.resolveAttempts = Math.max(0, consumer.resolveAttempts);
}

function noteHistory(ctx: ConsumerContext, { index, group, owned }: ConsumerState, after: readonly number[]): void {
  noteOwnership(ctx.groups[group]!.history, { member: index, before: owned, after, nowUs: ctx.events.nowUs });
}

/** Forgets everything: the process is gone. */
export function forgetAssignment(ctx: ConsumerContext, consumer: ConsumerState, how: LetGo['how']): void {
  noteLetGo(ctx, consumer, how);
  if (ctx.members[consumer.index]!.type !== 'share') noteHistory(ctx, consumer, []);
  consumer.owned = [];
  countPaused(consumer);
  consumer.resolveAttempts = -1;
  consumer.assignmentVersion = -1;
  forgetRecovery(consumer);
  dropQueueOfOthers(ctx, consumer);
  reopenSessions(ctx, consumer);
}

/**
 * Gives every partition of an answered OffsetFetch its start: the group's committed offset when it is in the log, else what auto.offset.reset says. A consumer with `none` fails. Partitions that it
 * does not own any more are passed over.
 */
export function resolvePositions(
  ctx: ConsumerContext,
  consumer: ConsumerState,
  fetched: Pick<OffsetFetchRequest, 'partitions' | 'offsets'>,
): void {
  for (let i = 0; i < fetched.partitions.length; i++) {
    const owned = ownedPartition(consumer, fetched.partitions[i]!);
    if (owned === undefined || owned.fetchOffset >= 0) continue;
    const log = ctx.partitions[owned.index]!.log;
    const offset = fetched.offsets[i]!;
    if (offset >= log.logStartOffset && offset <= log.logEndOffset) {
      setPosition(owned, offset);
      noteStart(ctx, consumer, owned, 'committed');
      if (ctx.watcher !== null) ctx.watcher.positionSet?.(consumer.index, owned.index, offset, 'committed');
    } else resetPosition(ctx, consumer, owned);
  }
}

/** New configs of a running consumer. Where fetches change, those on their way are given up and asked for anew; returns whether that is so. */
export function reconfigureConsumer(ctx: ConsumerContext, consumer: ConsumerState, config: ConsumerConfig): boolean {
  const before = limitsOf(consumer.config);
  const limits = limitsOf(config);
  consumer.config = config;
  const changed = (Object.keys(limits) as (keyof FetchLimits)[]).some((name) => limits[name] !== before[name]);
  if (changed) reopenSessions(ctx, consumer);
  return changed;
}
