import { createColumns } from '../log/columns.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { appendBatch, type BatchToAppend, type PartitionLog } from '../log/partitionLog.ts';
import type { BrokerContext } from './context.ts';
import type { ProducerBatch, ProduceRequest } from './produceRequest.ts';
import { partitionAdvanced } from './fetch.ts';
import { diskWrittenUs, requestArrivalUs, responseArrivalUs } from './network.ts';
import { takeSlot } from './slots.ts';

/** Bytes of a produce answer: header and one partition response, about what Kafka's schema takes. Only its network time matters. */
const answerSizeBytes = 64;

/**
 * Sends a produce request at the clock's now: pays the network, then the handler and the disk of the broker, appends, and schedules
 * `ProduceAnswered` for the producer. Even at zero cost, the append and the answer are events of their own. Returns the slot.
 */
export function submitProduce(ctx: BrokerContext, request: ProduceRequest): number {
  const slot = takeSlot(ctx.produceRequests, request);
  schedule(ctx.events, requestArrivalUs(ctx, request.broker, request.sizeBytes), EventKind.ProduceArrived, slot, 0);
  return slot;
}

/** Reused for every append: the log copies what it is given. */
const toAppend: BatchToAppend = { columns: createColumns(0), from: 0, count: 0, sizeBytes: 0, baseTimestampMs: 0, maxTimestampMs: 0 };

function append(log: PartitionLog, batch: ProducerBatch, nowUs: number): number {
  toAppend.columns = batch.columns;
  toAppend.count = batch.count;
  toAppend.sizeBytes = batch.sizeBytes;
  toAppend.baseTimestampMs = batch.baseTimestampMs;
  toAppend.maxTimestampMs = batch.maxTimestampMs;
  return appendBatch(log, toAppend, nowUs);
}

/**
 * EventKind.ProduceArrived: appends every batch to its partition's log and answers. With one replica, a record is committed as soon as the leader
 * has it, so the high watermark follows the log end (Partition.maybeIncrementLeaderHW with an ISR of one).
 */
export function onProduceArrived(ctx: BrokerContext, slot: number): void {
  const request = ctx.produceRequests.items[slot]!;
  const nowUs = ctx.events.nowUs;
  const batches = request.batches;
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i]!;
    const partition = ctx.partitions[batch.partition]!;
    const log = partition.log;
    if (partition.leader !== request.broker) {
      request.errors[i] = 'NOT_LEADER_OR_FOLLOWER';
      request.baseOffsets[i] = -1;
      continue;
    }
    if (batch.sizeBytes > log.config.maxMessageBytes) {
      request.errors[i] = 'MESSAGE_TOO_LARGE';
      request.baseOffsets[i] = -1;
      continue;
    }
    // UnifiedLog.append: RecordBatchTooLargeException.
    if (batch.sizeBytes > log.config.segmentBytes) {
      request.errors[i] = 'RECORD_LIST_TOO_LARGE';
      request.baseOffsets[i] = -1;
      continue;
    }
    const baseOffset = append(log, batch, nowUs);
    log.highWatermark = log.logEndOffset;
    request.errors[i] = 'NONE';
    request.baseOffsets[i] = baseOffset;
    mix(ctx.trace, nowUs, EventKind.ProduceArrived, batch.partition, baseOffset + batch.count);
  }
  // Only when all of the request is written are waiting fetches looked at (ReplicaManager.tryCompleteActions): one answer for all its partitions.
  for (let i = 0; i < batches.length; i++) if (request.errors[i] === 'NONE') partitionAdvanced(ctx, batches[i]!.partition);
  const writtenUs = diskWrittenUs(ctx, request.broker, request.sizeBytes);
  const answeredUs = request.acks === '0' ? nowUs : responseArrivalUs(ctx, request.broker, answerSizeBytes, writtenUs);
  schedule(ctx.events, answeredUs, EventKind.ProduceAnswered, slot, 0);
}
