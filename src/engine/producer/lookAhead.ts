import { deallocateBuffer } from './bufferPool.ts';
import type { Accumulator } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import { keySumPart } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { headerBytesAt } from './context.ts';
import { summariseBroker } from './drain.ts';
import { recordBytes } from './recordSize.ts';
import { payloadBytes } from '../workload/payload.ts';
import { nextReadyUs } from './sender.ts';
import { appendArrivals } from './source.ts';
import type { ProducerState, SourceState } from './state.ts';
import { keyHash, keySize } from '../workload/keys.ts';

/** Most records looked ahead to while a broker has no free request: its next answer may ask to take them back. */
const uncertainRecords = 64;

/**
 * Puts arrivals after now into their batches until one becomes ready, so that the producer needs one event for all of them. Nobody sees records in
 * open batches, and what the sender would do at each of their moments is nothing. What could still come between: an answer that frees a request
 * of a broker with something ready, or a live edit; both go back to here (`rewind`) and take arrivals up to their moment again.
 */
export function lookAhead(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  const { chunk } = source.workload;
  // Without linger every arrival is sent by an event at its own moment anyway: nothing would be saved, and much gone back on.
  if (
    source.looksAhead === false ||
    state.config.lingerUs === 0 ||
    state.recovery !== null ||
    state.blocked === true ||
    source.cursor === chunk.count
  )
    return;
  const untilUs = nextReadyUs(state, acc);
  if (chunk.timeUs[source.cursor] > untilUs) return;
  save(ctx, state, source, acc);
  const { maxInFlight } = state.config;
  let to = chunk.count;
  for (let broker = 0; broker < state.inFlight.length; broker++) {
    if (state.inFlight[broker] >= maxInFlight && acc.localsOf[broker].length > 0) to = Math.min(to, source.cursor + uncertainRecords);
  }
  appendArrivals(state, source, acc, untilUs, to, true);
}

/** Whether records later than now are in batches, or one was tried: that too closes batches and chooses partitions. */
export function isAhead(source: SourceState, nowUs: number): boolean {
  const { cursor } = source;
  return source.lastAppendUs > nowUs || (cursor > 0 && source.workload.chunk.timeUs[cursor - 1] > nowUs);
}

function save(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  const { saved } = source;
  saved.timeUs = ctx.events.nowUs;
  saved.cursor = source.cursor;
  saved.slot = source.slot;
  saved.used = acc.used.length;
  saved.lastAppendUs = source.lastAppendUs;
  if (source.workload.keys.shape !== 'none') return;
  for (let slot = 0; slot < acc.sticky.length; slot++) {
    saved.sticky[slot].partition = acc.sticky[slot].partition;
    saved.sticky[slot].producedBytes = acc.sticky[slot].producedBytes;
  }
  copyWords(state.stickyStream.words, saved.words);
}

/** A loop of four: `set` costs more than that. */
function copyWords(from: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < 4; i++) to[i] = from[i];
}

/** Goes back to where the last look ahead began. Answers that came since keep their effect. */
export function rewind(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  const { saved } = source;
  state.neededBytes = 0;
  for (let local = 0; local < acc.queues.length; local++) rewindQueue(ctx, acc, local, saved.timeUs);
  source.cursor = saved.cursor;
  source.slot = saved.slot;
  source.lastAppendUs = saved.lastAppendUs;
  for (const local of acc.used.splice(saved.used)) acc.isUsed[local] = 0;
  if (source.workload.keys.shape === 'none') {
    for (let slot = 0; slot < acc.sticky.length; slot++) Object.assign(acc.sticky[slot], saved.sticky[slot]);
    copyWords(saved.words, state.stickyStream.words);
  }
  // When the look ahead began, the sender had just seen all queues as they are now again.
  acc.changed.length = 0;
  for (let local = 0; local < acc.queues.length; local++) acc.sizesAtRound[local] = acc.queues[local].length;
  acc.usedAtRound.fill(0);
  for (const local of acc.used) acc.usedAtRound[acc.slotOf[local]]++;
  for (let broker = 0; broker < acc.localsOf.length; broker++) summariseBroker(acc, broker);
}

/** Takes out of a queue what came after `timeUs`. */
function rewindQueue(ctx: ProducerContext, acc: Accumulator, local: number, timeUs: number): void {
  const queue = acc.queues[local];
  while (queue.length > 0 && queue[queue.length - 1].createdUs > timeUs) {
    const batch = queue.pop() as AccumulatorBatch;
    deallocateBuffer(acc.pool, batch.bufferBytes);
    acc.spare.push(batch);
  }
  const tail = queue.length > 0 ? queue[queue.length - 1] : null;
  acc.tails[local] = tail;
  if (tail === null) return;
  if (tail.closedUs > timeUs) {
    tail.closedUs = Infinity;
    tail.roomBytes = tail.ratio < 0 ? tail.writeLimitBytes : 0;
  }
  while (tail.count > 0 && tail.columns.sentUs[tail.count - 1] > timeUs) takeBackLast(ctx, tail);
}

/** Removes a batch's last record. Times do not decrease in a source's batches, so the one before has the largest. */
function takeBackLast(ctx: ProducerContext, batch: AccumulatorBatch): void {
  const { columns } = batch;
  const last = batch.count - 1;
  const key = columns.key[last];
  const payload = payloadBytes(key < 0 ? -1 : keySize(ctx.keys, key), columns.size[last]) + headerBytesAt(ctx, columns.path[last]);
  const deltaMs = Math.floor(columns.timestampUs[last] / 1000) - batch.baseTimestampMs;
  batch.count = last;
  batch.sizeBytes -= recordBytes(last, deltaMs, payload);
  batch.keySum = (batch.keySum - keySumPart(key < 0 ? -1 : keyHash(ctx.keys, key), columns.sequence[last])) | 0;
  batch.maxTimestampMs = last === 0 ? batch.baseTimestampMs : Math.floor(columns.timestampUs[last - 1] / 1000);
}
