import { hashBase } from '../kernel/hash.ts';
import type { RandomStream } from '../kernel/random.ts';
import { createStream } from '../kernel/random.ts';
import { headerBytesOf } from './headers.ts';
import { payloadBytes, varintBytes } from './payload.ts';
import type { ArrivalTimes } from './arrivalTimes.ts';
import { compileArrivalTimes, continueArrivals, drawTimes } from './arrivalTimes.ts';
import type { KeyChoice } from './keyChoice.ts';
import { compileKeyChoice, fillKeys } from './keyChoice.ts';
import type { KeyTable } from './keys.ts';
import { describeKeys } from './keys.ts';
import type { ReplayRows } from './replay.ts';
import { takeValues } from './keyDraws.ts';
import { compileReplay, configuredSize } from './replay.ts';
import type { WorkloadSettings } from './settings.ts';
import { numberSetting, textSetting } from './settings.ts';
import type { SizeChoice } from './sizeChoice.ts';
import { compileSizeChoice, drawSizes } from './sizeChoice.ts';

/** Records drawn ahead, as columns; a chunk is used up before the next is drawn. */
export interface ArrivalChunk {
  capacity: number;
  count: number;
  /** Sequence number of the first. */
  firstSequence: number;
  /** Whole microseconds, never decreasing. */
  timeUs: Float64Array;
  key: Int32Array;
  /** Bytes of the value, -1 for null. */
  size: Int32Array;
  /** `keyHash`, -1 for the null key. */
  hash: Int32Array;
  /** Bytes of key, value and headers within a record batch. */
  payload: Int32Array;
  largestPayload: number;
}

/** Size of a rendered value; null without a template. Pure. */
export type ValueSize = (sequence: number, key: number, timestampUs: number) => number;

/** A workload: what a source sends, and when. Plain data. */
export interface Workload {
  settings: WorkloadSettings;
  times: ArrivalTimes | null;
  replay: ReplayRows | null;
  startUs: number;
  keys: KeyChoice;
  sizes: SizeChoice;
  /** Part of the records without a value (`value.null.share`). */
  nullShare: number;
  /** Bytes its headers add to each record. */
  readonly headerBytes: number;
  /** Records it ends after; 0 for no end. */
  recordsMax: number;
  nextSequence: number;
  readonly timeStream: RandomStream;
  /** What keys follow from beside their record's number. */
  readonly keyBase: number;
  readonly sizeStream: RandomStream;
  chunk: ArrivalChunk;
}

const smallestChunk = 64;
const largestChunk = 1024;

function createChunk(capacity: number): ArrivalChunk {
  const int32 = () => new Int32Array(capacity);
  const timeUs = new Float64Array(capacity);
  return { capacity, count: 0, firstSequence: 0, timeUs, key: int32(), size: int32(), hash: int32(), payload: int32(), largestPayload: 0 };
}

/** What the keys of the source `name` follow from, beside their record's number. */
export function keyBaseOf(seed: number, name: string): number {
  return hashBase(seed, `${name}/keys`, 0);
}

/** Compiles the configs of a producer node. `name` names its random streams: arrivals and sizes have one each, keys follow from their record's number. Throws on configs that make no workload. */
export function createWorkload(options: {
  seed: number;
  name: string;
  settings: WorkloadSettings;
  keys: KeyTable;
  keyBase?: number;
}): Workload {
  const { seed, name, settings, keys } = options;
  const replays = textSetting(settings, 'workload.shape') === 'replay';
  const keyBase = options.keyBase ?? keyBaseOf(seed, name);
  return {
    settings,
    times: replays ? null : compileArrivalTimes(settings),
    replay: replays ? compileReplay(keys, textSetting(settings, 'workload.csv')) : null,
    startUs: Math.round(numberSetting(settings, 'workload.start.ms') * 1000),
    keys: replays ? { shape: 'none' } : compileKeyChoice(keys, settings, keyBase),
    sizes: compileSizeChoice(settings),
    nullShare: numberSetting(settings, 'value.null.share'),
    headerBytes: headerBytesOf(settings),
    recordsMax: numberSetting(settings, 'workload.records'),
    nextSequence: 0,
    timeStream: createStream(seed, `${name}/arrivals`),
    keyBase,
    sizeStream: createStream(seed, `${name}/sizes`),
    chunk: createChunk(smallestChunk),
  };
}

/**
 * New settings from `nowUs` on. Records of the chunk from index `used` on are given up, and their sequence numbers used again; `lastArrivalUs` is when the
 * last record used arrived, -1 when none was. The streams go on from where they are.
 */
export function reconfigureWorkload(
  workload: Workload,
  options: { settings: WorkloadSettings; keys: KeyTable; nowUs: number; used: number; lastArrivalUs: number },
): void {
  const { settings, keys, nowUs, used, lastArrivalUs } = options;
  const fresh = createWorkload({ seed: 0, name: '', settings, keys, keyBase: workload.keyBase });
  workload.nextSequence = workload.chunk.firstSequence + used;
  if (fresh.times !== null) {
    const before = workload.times === null || lastArrivalUs < 0 ? null : { times: workload.times, lastArrivalUs };
    continueArrivals(fresh.times, nowUs, before);
  }
  workload.settings = settings;
  workload.times = fresh.times;
  workload.replay = fresh.replay;
  workload.startUs = fresh.startUs;
  workload.keys = fresh.keys;
  workload.sizes = fresh.sizes;
  workload.nullShare = fresh.nullShare;
  workload.recordsMax = fresh.recordsMax;
  workload.chunk = createChunk(smallestChunk);
}

/**
 * Draws the next chunk, each twice as long as the last up to 1,024 records. A count of 0 means that nothing comes any more. A value is as long as its
 * template renders it, or as the size config says when that is more, unless it is a tombstone; a replayed CSV has values of its own.
 */
export function drawChunk(workload: Workload, table: KeyTable, valueSize: ValueSize | null): void {
  const before = workload.chunk;
  const chunk = before.count === before.capacity && before.capacity < largestChunk ? createChunk(before.capacity * 2) : before;
  workload.chunk = chunk;
  const sequence = workload.nextSequence;
  chunk.firstSequence = sequence;
  const ceiling = workload.replay === null ? Infinity : workload.replay.atUs.length;
  const left = Math.min(ceiling, workload.recordsMax > 0 ? workload.recordsMax : Infinity) - sequence;
  let count = Math.max(0, Math.min(chunk.capacity, left));
  if (workload.replay !== null) replayRows(workload, workload.replay, count);
  else if (workload.times !== null) {
    drawTimes(workload.times, workload.timeStream, chunk.timeUs, count);
    while (count > 0 && chunk.timeUs[count - 1] === Infinity) count--;
    fillKeys(workload.keys, sequence, chunk.key, count);
    drawSizes(workload.sizes, workload.sizeStream, chunk.size, count);
  }
  chunk.count = count;
  workload.nextSequence = sequence + count;
  if (valueSize !== null && workload.replay === null) {
    for (let i = 0; i < count; i++) chunk.size[i] = Math.max(chunk.size[i], valueSize(sequence + i, chunk.key[i], chunk.timeUs[i]));
  }
  if (workload.replay === null) takeValues(workload.keyBase, sequence, workload.nullShare, chunk.size, count);
  describePayloads(chunk, table, workload.headerBytes);
}

function replayRows(workload: Workload, rows: ReplayRows, count: number): void {
  const { chunk, startUs } = workload;
  drawSizes(workload.sizes, workload.sizeStream, chunk.size, count);
  for (let i = 0; i < count; i++) {
    const row = chunk.firstSequence + i;
    chunk.timeUs[i] = startUs + rows.atUs[row];
    chunk.key[i] = rows.key[row];
    if (rows.size[row] !== configuredSize) chunk.size[i] = rows.size[row];
  }
}

/** Hashes of the keys, and what each record adds to a batch. */
function describePayloads(chunk: ArrivalChunk, table: KeyTable, headerBytes: number): void {
  const { count, hash, payload, size } = chunk;
  describeKeys(table, chunk.key, count, hash, payload);
  let largest = 0;
  // Values of one size are the rule: what they add is worked out when the size changes.
  let valueSize = -1;
  let valueBytes = payloadBytes(-1, -1) - 1 + headerBytes;
  for (let i = 0; i < count; i++) {
    if (size[i] !== valueSize) {
      valueSize = size[i];
      valueBytes = payloadBytes(-1, valueSize) - 1 + headerBytes;
    }
    const keySize = payload[i];
    const bytes = valueBytes + (keySize < 0 ? 1 : keySize < 64 ? 1 + keySize : varintBytes(keySize) + keySize);
    payload[i] = bytes;
    if (bytes > largest) largest = bytes;
  }
  chunk.largestPayload = largest;
}
