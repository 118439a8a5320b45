/**
 * The log cleaners of the brokers (LogCleaner): each thread takes the filthiest compacted log of its broker, reads and rewrites it at the disk's rate, and
 * looks for the next; when nothing is worth cleaning it sleeps. Compacted logs get their retention from here too, as LogManager leaves them alone.
 */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { filthiestLog } from '../log/cleaner/cleanableRange.ts';
import type { RecordPartSizes } from '../log/cleaner/cleanedContents.ts';
import { offsetMapKeysMax } from '../log/cleaner/offsetMap.ts';
import {
  cleanPartitionLog,
  type LogCleaningOptions,
  type LogCleaningResult,
  measureLogCleaning,
  missingBlockForCleaning,
  planLogCleaning,
} from '../log/cleaning.ts';
import { applyRetention, retentionStart } from '../log/partitionLog.ts';
import type { BrokerContext } from './context.ts';
import { diskWrittenUs } from './network.ts';

export interface CleanerConfig {
  /** `log.cleaner.backoff.ms` */
  readonly backoffUs: number;
  /** `log.cleaner.threads`, of one broker. */
  readonly threads: number;
  /** Keys of one offset map: `log.cleaner.dedupe.buffer.size` shared by the threads. */
  readonly keysMax: number;
  /** `log.cleaner.io.max.bytes.per.second`, of all threads of one broker; 0 = no limit. */
  readonly ioBytesPerUs: number;
}

/** A cleaning under way. The log stays as it is until it is over. */
interface CleaningJob {
  /** Global partition index. */
  readonly partition: number;
  /** Of the broker: a cleaning does not outlive its process. */
  readonly incarnation: number;
  readonly startedMs: number;
  readonly firstDirtyOffset: number;
  readonly firstUncleanableOffset: number;
  readonly checkpoint: number | null;
  readonly logStartOffset: number;
  /** Bytes still to be read or written, and how many at a time. */
  bytesLeft: number;
  readonly portionBytes: number;
}

interface CleanerThread {
  readonly broker: number;
  job: CleaningJob | null;
  /** A cleaning is over and retention is at work, which may wait for a block: what the thread does then. */
  then: 'next' | 'sleep' | null;
}

/** Plain data. */
export interface CleanerState {
  readonly config: CleanerConfig;
  readonly threads: CleanerThread[];
  /** Whether the threads have been started. */
  running: boolean;
}

export interface CleanerContext extends BrokerContext {
  readonly cleaner: CleanerState;
}

/** What a round is told by whoever knows keys, and tells whoever keeps the timeline. */
export interface CleanerRoundHost {
  readonly partsOf: RecordPartSizes;
  /** See `LogCleaningOptions`. */
  readonly keyOf: ((key: number) => number) | null;
  /** Right before a log is cleaned up to an offset; everything there is resident. */
  readonly cleaning: (partition: number, upTo: number) => void;
  readonly cleaned: (partition: number, result: LogCleaningResult) => void;
  /** Right before retention deletes what lies before an offset. Returns a block that must be resident first, or -1. */
  readonly deleting: (partition: number, upTo: number) => number;
  readonly deleted: (partition: number, records: number) => void;
}

/** `log.cleaner.io.buffer.load.factor` */
const loadFactor = 0.9;
/** `log.cleaner.io.buffer.size`: what is read or written at a time, unless that would make more portions than this of one cleaning. */
const portionBytesLeast = 524_288;
const portionsMost = 1000;
/** A sleep of 0 would be a loop in one moment. */
const backoffUsLeast = 1000;

/** `log.cleaner.*` as this file takes them. */
export function cleanerConfig(settings: {
  readonly backoffMs: number;
  readonly threads: number;
  readonly dedupeBufferBytes: number;
  readonly ioBytesPerSecond: number;
}): CleanerConfig {
  const { backoffMs, threads, dedupeBufferBytes, ioBytesPerSecond } = settings;
  return {
    backoffUs: Math.max(backoffUsLeast, Math.round(backoffMs * 1000)),
    threads,
    keysMax: threads > 0 ? offsetMapKeysMax(dedupeBufferBytes, threads, loadFactor) : 0,
    ioBytesPerUs: ioBytesPerSecond / 1e6,
  };
}

/** The threads of all brokers, idle. */
export function createCleanerState(config: CleanerConfig, brokers: number): CleanerState {
  const threads: CleanerThread[] = [];
  for (let broker = 0; broker < brokers; broker++) for (let i = 0; i < config.threads; i++) threads.push({ broker, job: null, then: null });
  return { config, threads, running: false };
}

/** Starts the threads where a log is compacted; without one nothing is ever scheduled. Kafka's own logs count from when there is something to clean. */
export function startCleaners(ctx: CleanerContext): void {
  if (ctx.cleaner.running) return;
  if (
    !ctx.partitions.some(
      ({ log, topic }) => log.config.cleanupPolicy.compact && (ctx.topics[topic]!.internal !== true || log.segments.length > 1),
    )
  )
    return;
  const { threads, config } = ctx.cleaner;
  ctx.cleaner.running = true;
  for (let i = 0; i < threads.length; i++) schedule(ctx.events, ctx.events.nowUs + config.backoffUs, EventKind.CleanerRound, i, 0);
}

/** EventKind.CleanerRound. Returns the number of the block of `counters.missingPartition` that must be made resident first, or -1 when done. */
export function onCleanerRound(ctx: CleanerContext, index: number, host: CleanerRoundHost): number {
  const thread = ctx.cleaner.threads[index]!;
  const broker = ctx.brokers[thread.broker]!;
  if (thread.then !== null) return deleteAndGoOn(ctx, index, host);
  const { job } = thread;
  if (job !== null && (!broker.alive || job.incarnation !== broker.incarnation || !isStillDue(ctx, thread.broker, job))) thread.job = null;
  if (!broker.alive) {
    sleep(ctx, index);
    return -1;
  }
  if (thread.job === null) return beginCleaning(ctx, index, host);
  if (thread.job.bytesLeft > 0) {
    nextPortion(ctx, index, thread.job);
    return -1;
  }
  return endCleaning(ctx, index, thread.job, host);
}

/** A log that was cut, or whose leader has changed, is another one: its cleaning is given up (LogCleanerManager.abortCleaning). */
function isStillDue(ctx: CleanerContext, broker: number, job: CleaningJob): boolean {
  const { log, holder } = ctx.partitions[job.partition]!;
  return (
    holder === broker &&
    ctx.brokers[broker]!.alive &&
    log.config.cleanupPolicy.compact &&
    log.cleanerCheckpoint === job.checkpoint &&
    log.logStartOffset === job.logStartOffset &&
    log.segments.some(({ baseOffset }) => baseOffset === job.firstUncleanableOffset)
  );
}

function sleep(ctx: CleanerContext, index: number): void {
  schedule(ctx.events, ctx.events.nowUs + ctx.cleaner.config.backoffUs, EventKind.CleanerRound, index, 0);
}

/** Partitions whose log is compacted, lies on the broker, and is not being cleaned by another thread of it; none while it is down. */
function compactedOn(ctx: CleanerContext, broker: number): number[] {
  const busy = ctx.cleaner.threads.map(({ job }) => (job === null ? -1 : job.partition));
  const found: number[] = [];
  if (!ctx.brokers[broker]!.alive) return found;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const { holder, log } = ctx.partitions[index]!;
    if (holder === broker && log.config.cleanupPolicy.compact && !busy.includes(index)) found.push(index);
  }
  return found;
}

function beginCleaning(ctx: CleanerContext, index: number, host: CleanerRoundHost): number {
  const { broker } = ctx.cleaner.threads[index]!;
  const nowMs = Math.floor(ctx.events.nowUs / 1000);
  const candidates = compactedOn(ctx, broker).map((partition) => {
    const { log } = ctx.partitions[partition]!;
    return { partition, config: log.config, plan: planLogCleaning(log, nowMs) };
  });
  const chosen = candidates[filthiestLog(candidates)];
  if (chosen === undefined) {
    const block = deleteOld(ctx, broker, host);
    if (block < 0) sleep(ctx, index);
    return block;
  }
  const { partition, plan } = chosen;
  const { log } = ctx.partitions[partition]!;
  const missing = missingBlockForCleaning(log, plan.firstUncleanableOffset);
  if (missing >= 0) {
    ctx.counters.missingPartition = partition;
    return missing;
  }
  const { bytesRead, bytesWritten } = measureLogCleaning(log, plan, optionsOf(ctx, host, nowMs));
  const job: CleaningJob = {
    partition,
    incarnation: ctx.brokers[broker]!.incarnation,
    startedMs: nowMs,
    firstDirtyOffset: plan.firstDirtyOffset,
    firstUncleanableOffset: plan.firstUncleanableOffset,
    checkpoint: log.cleanerCheckpoint,
    logStartOffset: log.logStartOffset,
    bytesLeft: bytesRead + bytesWritten,
    portionBytes: Math.max(portionBytesLeast, Math.ceil((bytesRead + bytesWritten) / portionsMost)),
  };
  ctx.cleaner.threads[index]!.job = job;
  nextPortion(ctx, index, job);
  return -1;
}

function optionsOf(ctx: CleanerContext, { partsOf, keyOf }: CleanerRoundHost, nowMs: number): LogCleaningOptions {
  return { nowMs, keysMax: ctx.cleaner.config.keysMax, partsOf, keyOf };
}

/** Reads or writes on: a portion waits for the disk like everything else, and for the cleaner's own limit. Where neither costs anything, all at once. */
function nextPortion(ctx: CleanerContext, index: number, job: CleaningJob): void {
  const { broker } = ctx.cleaner.threads[index]!;
  const { ioBytesPerUs, threads } = ctx.cleaner.config;
  const isFree = ioBytesPerUs <= 0 && ctx.costs.diskBytesPerUs <= 0;
  const bytes = isFree ? job.bytesLeft : Math.min(job.portionBytes, job.bytesLeft);
  job.bytesLeft -= bytes;
  const limitedUs = ioBytesPerUs > 0 ? ctx.events.nowUs + (bytes * threads) / ioBytesPerUs : 0;
  const endUs = Math.ceil(Math.max(limitedUs, diskWrittenUs(ctx, broker, bytes)));
  schedule(ctx.events, endUs, EventKind.CleanerRound, index, 0);
}

/** What is clean takes the place of what was there, and the next log is looked for at once. */
function endCleaning(ctx: CleanerContext, index: number, job: CleaningJob, host: CleanerRoundHost): number {
  const { log } = ctx.partitions[job.partition]!;
  const missing = missingBlockForCleaning(log, job.firstUncleanableOffset);
  if (missing >= 0) {
    ctx.counters.missingPartition = job.partition;
    return missing;
  }
  const thread = ctx.cleaner.threads[index]!;
  host.cleaning(job.partition, job.firstUncleanableOffset);
  const result = cleanPartitionLog(log, job, optionsOf(ctx, host, job.startedMs));
  thread.job = null;
  mix(ctx.trace, ctx.events.nowUs, EventKind.CleanerRound, job.partition, result.nextDirtyOffset);
  host.cleaned(job.partition, result);
  // A map too small for a single record leaves the log as dirty as it was: that must not be tried again in the same moment.
  thread.then = result.nextDirtyOffset > job.firstDirtyOffset ? 'next' : 'sleep';
  return deleteAndGoOn(ctx, index, host);
}

function deleteAndGoOn(ctx: CleanerContext, index: number, host: CleanerRoundHost): number {
  const thread = ctx.cleaner.threads[index]!;
  const block = deleteOld(ctx, thread.broker, host);
  if (block >= 0) return block;
  if (thread.then === 'next') schedule(ctx.events, ctx.events.nowUs, EventKind.CleanerRound, index, 0);
  else sleep(ctx, index);
  thread.then = null;
  return -1;
}

/** Retention of compacted logs, except those being cleaned (LogCleanerManager.deletableLogs). Returns a block that is needed first, or -1. */
function deleteOld(ctx: CleanerContext, broker: number, host: CleanerRoundHost): number {
  const { nowUs } = ctx.events;
  for (const index of compactedOn(ctx, broker)) {
    const partition = ctx.partitions[index]!;
    const block = host.deleting(index, retentionStart(partition.log, nowUs));
    if (block >= 0) return block;
    const records = applyRetention(partition.log, nowUs);
    if (records === 0) continue;
    partition.expiredRecords += records;
    mix(ctx.trace, nowUs, EventKind.CleanerRound, index, partition.log.logStartOffset);
    host.deleted(index, records);
  }
  return -1;
}
