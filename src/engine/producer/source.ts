import { EventKind } from '../kernel/eventKinds.ts';
import { nextUint32 } from '../kernel/random.ts';
import type { RandomStream } from '../kernel/random.ts';
import { mix } from '../kernel/trace.ts';
import type { ArrivalChunk } from '../workload/arrivals.ts';
import { drawChunk, reconfigureWorkload } from '../workload/arrivals.ts';
import type { Accumulator } from './accumulator.ts';
import { appendRecord, noteRound } from './accumulator.ts';
import { createRecordToAppend, keySumPart } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { accountRefused } from './givenUp.ts';
import { batchUpperBoundBytes } from './recordSize.ts';
import { varintBytes } from '../workload/payload.ts';
import { nextReadyUs } from './sender.ts';
import { roomInTransaction } from './transactionGate.ts';
import type { ProducerState, SourceState } from './state.ts';
import { valueSizeOf } from './state.ts';

/** 31 random bits, Kafka's `toPositive(nextInt())`. */
export function drawPartitionNumber(stream: RandomStream): number {
  return nextUint32(stream) & 0x7fffffff;
}

/** Whether the client refuses a record for its size: larger than max.request.size, or its batch than buffer.memory (`KafkaProducer.ensureValidRecordSize`). */
export function isTooLarge(state: ProducerState, acc: Accumulator, payload: number): boolean {
  const bound = batchUpperBoundBytes(payload);
  return bound > state.config.maxRequestBytes || Math.max(bound, acc.batchSizeBytes) > acc.pool.totalBytes;
}

/** Sends everything that arrived up to now, unless a send() has to wait for memory. */
export function takeArrivals(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  const { nowUs } = ctx.events;
  for (;;) {
    const { chunk } = source.workload;
    if (
      source.changes.length > 0 &&
      (source.cursor === chunk.count ? source.ended : chunk.timeUs[source.cursor] > source.changes[0].atUs)
    ) {
      applyChange(ctx, state, source);
      continue;
    }
    if (source.cursor === chunk.count) {
      if (source.ended === true) return;
      nextChunk(ctx, state, source);
      continue;
    }
    if (chunk.timeUs[source.cursor] > nowUs) return;
    const room = roomInTransaction(state, source);
    if (room <= 0) return;
    const to = Math.min(chunk.count, source.cursor + room);
    const untilUs = source.changes.length > 0 ? Math.min(nowUs, source.changes[0].atUs) : nowUs;
    // A send() that waited opens its batch now (RecordAccumulator.append looks at the clock again after the wait).
    if (state.blocked === true && acc.pool.availableBytes >= state.neededBytes) source.freeFromUs = nowUs;
    appendArrivals(state, source, acc, untilUs, to, false);
    if (source.cursor === to || chunk.timeUs[source.cursor] > untilUs) continue;
    if (!settleSend(ctx, state, source, acc)) return;
  }
}

/** The next record was not appended: refuse it, or let it wait. True when it is out of the way. */
function settleSend(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): boolean {
  const { nowUs } = ctx.events;
  const { chunk } = source.workload;
  const payload = chunk.payload[source.cursor];
  if (!isTooLarge(state, acc, payload)) {
    if (!state.blocked) {
      state.blocked = true;
      source.deadlineUs = Math.max(chunk.timeUs[source.cursor], source.freeFromUs) + state.config.maxBlockUs;
    }
    if (nowUs < source.deadlineUs) return false;
    source.freeFromUs = source.deadlineUs;
    unblock(state, source);
  }
  state.failedRecords++;
  mix(ctx.trace, nowUs, EventKind.ProducerWake, -1, chunk.firstSequence + source.cursor);
  const reason = isTooLarge(state, acc, payload) ? 'RecordTooLargeException' : 'max.block.ms was over, and buffer.memory full';
  accountRefused(ctx, state, { path: state.path, sequence: chunk.firstSequence + source.cursor }, reason);
  nextSlot(state, source);
  return true;
}

function unblock(state: ProducerState, source: SourceState): void {
  state.blocked = false;
  source.deadlineUs = Infinity;
}

function nextSlot(state: ProducerState, source: SourceState): void {
  state.neededBytes = 0;
  source.slot++;
  if (source.slot < state.topics.length) return;
  source.slot = 0;
  source.cursor++;
}

function nextChunk(ctx: ProducerContext, state: ProducerState, source: SourceState): void {
  settleCounts(state, source, Infinity);
  const { chunk } = source.workload;
  if (chunk.count > 0) source.lastArrivalUs = chunk.timeUs[chunk.count - 1];
  drawChunk(source.workload, ctx.keys, valueSizeOf(state));
  source.cursor = 0;
  source.settled = 0;
  source.saved.timeUs = -1;
  source.ended = source.workload.chunk.count === 0;
}

function applyChange(ctx: ProducerContext, state: ProducerState, source: SourceState): void {
  const change = source.changes.shift();
  if (change === undefined) return;
  settleCounts(state, source, Infinity);
  const { cursor, workload } = source;
  if (cursor > 0) source.lastArrivalUs = workload.chunk.timeUs[cursor - 1];
  const { lastArrivalUs } = source;
  reconfigureWorkload(workload, { settings: change.settings, keys: ctx.keys, nowUs: change.atUs, used: cursor, lastArrivalUs });
  workload.chunk.firstSequence = workload.nextSequence;
  source.cursor = 0;
  source.settled = 0;
  source.saved.timeUs = -1;
  source.ended = false;
}

/** Counts what was sent up to `nowUs`: records looked ahead to are not sent yet. Changes nothing but the counters. */
export function settleCounts(state: ProducerState, source: SourceState, nowUs: number): void {
  const { chunk } = source.workload;
  const topics = state.topics.length;
  const { timeUs, payload } = chunk;
  const { cursor } = source;
  let { settled } = source;
  let bytes = 0;
  while (settled < cursor && timeUs[settled] <= nowUs) bytes += payload[settled++];
  state.sentBytes += bytes * topics;
  source.settled = settled;
  const begun = settled === source.cursor && settled < chunk.count && chunk.timeUs[settled] <= nowUs;
  const partly = begun ? source.slot + (state.blocked ? 1 : 0) : 0;
  state.sentRecords = (chunk.firstSequence + settled) * topics + partly;
  state.pendingRecords = state.sentRecords - state.ackedRecords - state.failedRecords - (state.blocked ? 1 : 0);
}

const record = createRecordToAppend();

function fillRecord(chunk: ArrivalChunk, i: number, path: number): void {
  record.timestampUs = chunk.timeUs[i];
  record.sentUs = chunk.timeUs[i];
  record.key = chunk.key[i];
  record.hash = chunk.hash[i];
  record.size = chunk.size[i];
  record.payload = chunk.payload[i];
  record.sequence = chunk.firstSequence + i;
  record.path = path;
}

/**
 * Appends arrivals up to `lastUs`, chunk records below `to`, from the cursor on, each at its own moment (or when the application came free). `ahead` of
 * the clock it stops where a batch becomes ready, too. Stops early, cursor on the record, when there is no memory or the record is too large. Parameters,
 * because an object for them would be made for every record that is sent alone.
 */
export function appendArrivals(
  state: ProducerState,
  source: SourceState,
  acc: Accumulator,
  lastUs: number,
  to: number,
  ahead: boolean,
): void {
  const { chunk } = source.workload;
  const { timeUs } = chunk;
  let untilUs = lastUs;
  const simple = state.topics.length === 1 && !isTooLarge(state, acc, chunk.largestPayload);
  while (source.cursor < to) {
    if (simple === true && timeUs[source.cursor] <= untilUs && isBatchOpen(source, acc, chunk) === true)
      appendToOpenBatches(source, acc, chunk, untilUs, to);
    const { cursor } = source;
    if (cursor === to || timeUs[cursor] > untilUs) return;
    const nowUs = Math.max(timeUs[cursor], source.freeFromUs);
    if (nowUs > source.lastAppendUs) {
      noteRound(acc);
      source.lastAppendUs = nowUs;
    }
    if (simple === false && isTooLarge(state, acc, chunk.payload[cursor])) return;
    // A record that once found no memory is only tried again when there is enough: trying may choose another partition.
    if (acc.pool.availableBytes < state.neededBytes) return;
    fillRecord(chunk, cursor, state.path);
    if (appendRecord(acc, source.slot, record, nowUs, drawPartitionNumber, state.stickyStream).appended === false) {
      state.neededBytes = Math.max(acc.batchSizeBytes, batchUpperBoundBytes(chunk.payload[cursor]));
      return;
    }
    if (state.blocked === true) unblock(state, source);
    nextSlot(state, source);
    if (ahead === true) untilUs = Math.min(untilUs, nextReadyUs(state, acc));
  }
}

/** Whether a batch is open for the next record: hardly ever where each record is sent alone. */
function isBatchOpen(source: SourceState, acc: Accumulator, chunk: ArrivalChunk): boolean {
  const hash = chunk.hash[source.cursor];
  const local = hash < 0 ? acc.sticky[0].partition : hash % acc.known[0];
  return local >= 0 && acc.tails[local] !== null;
}

/**
 * The usual case of `appendRecord`, many records in one loop: the batch is open, has room, and will not be full. Stops at the first record for which
 * that is not so. Written flat because it runs for every record.
 */
function appendToOpenBatches(source: SourceState, acc: Accumulator, chunk: ArrivalChunk, untilUs: number, to: number): void {
  const { timeUs, hash, payload, key, size, firstSequence } = chunk;
  const { tails } = acc;
  const partitions = acc.known[0];
  const sticky = acc.sticky[0];
  const stickyLimit = acc.batchSizeBytes * 2;
  let i = source.cursor;
  // The millisecond of the record before, and where it ends: a division for each millisecond instead of each record.
  let timestampMs = -1;
  let nextMsUs = -1;
  for (; i < to; i++) {
    const atUs = timeUs[i];
    if (atUs > untilUs) break;
    const keyHash = hash[i];
    const local = keyHash < 0 ? sticky.partition : keyHash % partitions;
    if (local < 0) break;
    const tail = tails[local];
    if (tail === null) break;
    const count = tail.count;
    const columns = tail.columns;
    if (atUs >= nextMsUs) {
      timestampMs = Math.floor(atUs / 1000);
      nextMsUs = timestampMs * 1000 + 1000;
    }
    const body = 1 + varintBytes(timestampMs - tail.baseTimestampMs) + varintBytes(count) + payload[i];
    const bytes = body + varintBytes(body);
    const sizeBytes = tail.sizeBytes + bytes;
    if (sizeBytes >= tail.roomBytes || count === columns.capacity) break;
    if (keyHash < 0) {
      if (sticky.producedBytes + bytes >= stickyLimit) break;
      sticky.producedBytes += bytes;
    }
    const { timestampUs, sentUs } = columns;
    timestampUs[count] = atUs;
    if (sentUs !== timestampUs) sentUs[count] = atUs;
    columns.key[count] = key[i];
    columns.size[count] = size[i];
    columns.sequence[count] = firstSequence + i;
    tail.keySum = (tail.keySum + keySumPart(keyHash, firstSequence + i)) | 0;
    tail.count = count + 1;
    tail.sizeBytes = sizeBytes;
    tail.maxTimestampMs = timestampMs;
  }
  source.cursor = i;
}
