/** Fetches of share groups at the leaders of their partitions: acknowledgements first, then records, at once or when there are some (DelayedShareFetch, KafkaApis.handleShareFetchRequest). */
import { isBrokerUp } from '../broker/links.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { bytesAvailable, missingBlock, missingBlockForTimestamp } from '../log/partitionLog.ts';
import { followLogStart } from './acknowledge.ts';
import { acquire } from './acquire.ts';
import { closeSession, takeAcknowledgements } from './shareAcknowledge.ts';
import { tellEnded } from './shareEndings.ts';
import { answerWhenDone, beginMs, load, readableAt, stopWaiting, watchLocks } from './shareLeader.ts';
import { canAcquire, nextFetchOffset } from './sharePartition.ts';
import { isShareRequestThere, shareRequestAt } from './shareRequests.ts';
import { type ShareContext, shareGroupOf, type ShareGroupState, type ShareRequest } from './shareState.ts';

/** EventKind.ShareRequestArrived. Returns the number of the block of `counters.missingPartition` that must be resident first, or -1 when done. */
export function onShareRequestArrived(ctx: ShareContext, slot: number, id: number): number {
  const request = shareRequestAt(ctx, slot, id);
  if (!request || request.state !== 'travelling' || !isShareRequestThere(ctx, slot, request)) return -1;
  if (!request.acknowledged) {
    request.acknowledged = true;
    for (const of of request.acknowledgements) takeAcknowledgements(ctx, request, slot, of);
  }
  if (request.type === 'close') closeSession(ctx, request);
  if (request.type !== 'fetch') {
    answerWhenDone(ctx, slot, request);
    return -1;
  }
  const missing = missingFor(ctx, request);
  if (missing >= 0) return missing;
  const { maxWaitUs } = fetchLimitsOf(ctx, request.member);
  if (tryFetch(ctx, slot, request, maxWaitUs <= 0)) return -1;
  request.state = 'waiting';
  request.deadlineUs = ctx.events.nowUs + maxWaitUs;
  wait(ctx, slot, request);
  return -1;
}

function wait(ctx: ShareContext, slot: number, { member, broker, partitions, deadlineUs }: ShareRequest): void {
  const group = shareGroupOf(ctx, member);
  for (const index of partitions) {
    group.partitions.get(index)!.waiting.push(slot);
    ctx.partitions[index].shareWaits++;
  }
  const { expiryUs } = ctx.share.members[member]!;
  if (expiryUs[broker] !== Infinity) return;
  expiryUs[broker] = deadlineUs;
  schedule(ctx.events, deadlineUs, EventKind.ShareFetchExpired, member, broker);
}

/** EventKind.ShareFetchExpired: a fetch of a member at a broker may have waited `fetch.max.wait.ms`. Returns as onShareRequestArrived does. */
export function onShareFetchExpired(ctx: ShareContext, member: number, broker: number): number {
  const own = ctx.share.members[member]!;
  const { items } = ctx.share.requests;
  let nextUs = Infinity;
  for (let slot = 0; slot < items.length; slot++) {
    const request = items[slot];
    if (!request || request.member !== member || request.broker !== broker || request.state !== 'waiting') continue;
    if (request.deadlineUs > ctx.events.nowUs) {
      nextUs = Math.min(nextUs, request.deadlineUs);
      continue;
    }
    if (!isBrokerUp(ctx, broker)) continue;
    const missing = missingFor(ctx, request);
    if (missing >= 0) return missing;
    tryFetch(ctx, slot, request, true);
  }
  own.expiryUs[broker] = nextUs;
  if (nextUs !== Infinity) schedule(ctx.events, nextUs, EventKind.ShareFetchExpired, member, broker);
  return -1;
}

/** EventKind.ShareRecordsAvailable: a partition has more to acquire, or another leader; those who wait for it are looked at in the order they came. Returns as onShareRequestArrived does. */
export function onShareRecordsAvailable(ctx: ShareContext, index: number): number {
  for (const group of ctx.share.groups) {
    const share = group?.partitions.get(index);
    if (!share) continue;
    for (const slot of [...share.waiting]) {
      const request = ctx.share.requests.items[slot]!;
      if (!isBrokerUp(ctx, request.broker)) continue;
      const missing = missingFor(ctx, request);
      if (missing >= 0) return missing;
      tryFetch(ctx, slot, request, false);
    }
  }
  ctx.partitions[index].shareWakes = false;
  return -1;
}

function fetchLimitsOf(ctx: ShareContext, member: number): { minBytes: number; maxBytes: number; maxWaitUs: number; maxRecords: number } {
  const { fetchMinBytes, fetchMaxBytes, fetchMaxWaitUs, maxPollRecords } = ctx.consumers[member].config;
  return { minBytes: fetchMinBytes, maxBytes: fetchMaxBytes, maxWaitUs: fetchMaxWaitUs, maxRecords: maxPollRecords };
}

/**
 * Number of a block that must be resident to answer the request, with its partition in the counters; -1 for none. Loads what its broker leads and has not loaded yet, and notes what another broker
 * leads: that is told at once.
 */
function missingFor(ctx: ShareContext, request: ShareRequest): number {
  const group = shareGroupOf(ctx, request.member);
  for (const index of request.partitions) {
    const partition = ctx.partitions[index];
    const share = group.partitions.get(index)!;
    if (readableAt(request, group, partition, partition.log.logStartOffset) === null) {
      request.refused = true;
      continue;
    }
    const seeks = share.broker < 0 && group.reset.strategy === 'by_duration';
    let missing = seeks ? missingBlockForTimestamp(partition.log, beginMs(ctx, group)) : -1;
    if (missing < 0) {
      load(ctx, group, share, request.broker);
      followLogStart(share, partition.log.logStartOffset);
      tellEnded(ctx, share);
      const offset = nextFetchOffset(share);
      const readable = readableAt(request, group, partition, offset)!;
      if (offset < readable.limit) missing = missingBlock(readable.log, offset);
    }
    if (missing < 0) continue;
    ctx.counters.missingPartition = index;
    return missing;
  }
  return -1;
}

/** Acquires and answers if there is enough, or `force`: whatever there is. What it reads must be resident. Returns whether the fetch is done. */
function tryFetch(ctx: ShareContext, slot: number, request: ShareRequest, force: boolean): boolean {
  const group = shareGroupOf(ctx, request.member);
  if (!hasEnough(ctx, group, request) && !force && !request.refused) return false;
  stopWaiting(ctx, slot, request);
  const { maxBytes, maxRecords } = fetchLimitsOf(ctx, request.member);
  const { maxPartitionFetchBytes } = ctx.consumers[request.member].config;
  const { recordLimit } = ctx.share.members[request.member]!.config;
  const lockUs = ctx.events.nowUs + group.limits.lockUs;
  let records = 0;
  let bytes = 0;
  for (const index of request.partitions) {
    if (records >= maxRecords || (bytes > 0 && bytes >= maxBytes)) break;
    const share = group.partitions.get(index)!;
    const readable = readableAt(request, group, ctx.partitions[index], nextFetchOffset(share));
    if (readable === null) continue;
    const taken = acquire(
      ctx,
      share,
      readable,
      group.limits,
      {
        member: request.member,
        life: request.life,
        maxRecords: maxRecords - records,
        recordLimit,
        maxBytes: Math.min(maxPartitionFetchBytes, maxBytes - bytes),
        atLeastOne: bytes === 0,
        isolation: group.isolation,
        lockUs,
      },
      request.fetched,
    );
    tellEnded(ctx, share);
    if (taken.records > 0) watchLocks(ctx, share);
    mix(ctx.trace, ctx.events.nowUs, EventKind.ShareRequestArrived, index, share.endOffset);
    records += taken.records;
    bytes += taken.bytes;
    if (taken.isClosed) break;
  }
  request.fetchDone = true;
  answerWhenDone(ctx, slot, request);
  return true;
}

/** Whether at least `fetch.min.bytes` can be acquired. */
function hasEnough(ctx: ShareContext, group: ShareGroupState, request: ShareRequest): boolean {
  const { minBytes } = fetchLimitsOf(ctx, request.member);
  let bytes = 0;
  for (const index of request.partitions) {
    const share = group.partitions.get(index)!;
    const offset = nextFetchOffset(share);
    const readable = readableAt(request, group, ctx.partitions[index], offset);
    if (readable === null || offset >= readable.limit || !canAcquire(share, readable.limit, group.limits)) continue;
    if (minBytes <= 1) return true;
    bytes += bytesAvailable(readable.log, offset, readable.limit, minBytes);
    if (bytes >= minBytes) return true;
  }
  return minBytes <= 0;
}
