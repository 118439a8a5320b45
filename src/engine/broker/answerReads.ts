/** When a broker has read all that an answer is to hold: from memory, from its disk, from the remote tier. */
import type { FetchedRecords } from '../log/partitionLog.ts';
import type { BrokerContext } from './context.ts';
import { diskReadUs } from './disk.ts';
import { noteWritten } from './pageCache.ts';
import { remoteReadUs } from './remoteTier.ts';
import type { ReplicaFetcher } from './replicaFetcherState.ts';

/** Of an answer to a consumer; now when all of it is in memory. */
export function answerReadUs(ctx: BrokerContext, broker: number, answer: readonly FetchedRecords[]): number {
  let readyUs = ctx.events.nowUs;
  if (ctx.capacity.pageCaches === null && ctx.capacity.remoteTier === null) return readyUs;
  for (let i = 0; i < answer.length; i++) {
    const { partition, position, bytes, nextOffset } = answer[i];
    // What a leader that was cut off has written beside the partition's log is little, and new.
    if (position < 0) continue;
    const tier = ctx.partitions[partition].tier;
    const isRemote = tier !== null && nextOffset <= tier.localStartOffset;
    const atUs = isRemote ? remoteReadUs(ctx, broker, bytes) : diskReadUs(ctx, broker, { partition, from: position, to: position + bytes });
    if (atUs > readyUs) readyUs = atUs;
  }
  return readyUs;
}

/** The same for an answer to a follower, whose own memory holds the records once it has written them. */
export function replicaAnswerReadUs(ctx: BrokerContext, { leader, follower, asked, askedCount }: ReplicaFetcher): number {
  const { pageCaches } = ctx.capacity;
  let readyUs = ctx.events.nowUs;
  if (pageCaches === null) return readyUs;
  for (let i = 0; i < askedCount; i++) {
    const { partition, result, position, bytes } = asked[i];
    if (result !== 'records' || position < 0) continue;
    const atUs = diskReadUs(ctx, leader, { partition, from: position, to: position + bytes });
    if (atUs > readyUs) readyUs = atUs;
    noteWritten(pageCaches[follower], partition, position + bytes, bytes);
  }
  return readyUs;
}
