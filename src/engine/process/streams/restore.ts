/**
 * Stores are put back from their changelogs, read through brokers as any other log is; copies follow theirs on and on (`StoreChangelogReader`, `StandbyTask`). A
 * changelog is read by one request at a time.
 */
import { answerReadUs } from '../../broker/answerReads.ts';
import { releaseFetched, takeFetched } from '../../broker/fetchSession.ts';
import { isBrokerUp, isReachable, linkDelayUs } from '../../broker/links.ts';
import { requestArrivalUs, responseArrivalUs } from '../../broker/network.ts';
import { readableLog } from '../../broker/replicas.ts';
import { freeSlot, takeSlot } from '../../broker/slots.ts';
import { offsetOf } from '../../consumer/fetching.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { mix } from '../../kernel/trace.ts';
import { missingBlock, readBatches } from '../../log/partitionLog.ts';
import type { FetchedRecords } from '../../log/partitionLog.ts';
import { globalsName, type StreamsLayout, type StreamsProgram } from '../../streams/program.ts';
import { type Changelog, type ChangelogRead, noteMessage, noteRestore, type StreamTask, type StreamThread } from '../../streams/state.ts';
import { restoreEntry } from '../../streams/storeEntries.ts';
import type { ProcessContext } from '../context.ts';
import type { WorkerState } from '../worker.ts';

const requestSizeBytes = 100;
const answerHeaderBytes = 64;
/** `max.partition.fetch.bytes` of the restore consumer. */
const fetchBytesMax = 1_048_576;
/** How long a reader that has all there is waits before it asks again: `fetch.max.wait.ms`. */
const idleUs = 500_000;
/** The same for global tables, whose readers are answered when something comes; here they look so often (`poll.ms`). */
const globalIdleUs = 100_000;

const programOf = (ctx: ProcessContext, worker: WorkerState): StreamsProgram => ctx.programs[worker.node]!.streams!;

/** Begins to read the changelogs of a task that is behind; a task without any, or with nothing to read, runs at once. */
export function beginRestore(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, task: StreamTask): void {
  for (const changelog of task.changelogs) {
    const { log } = ctx.partitions[changelog.partition]!;
    changelog.offset = Math.max(changelog.offset, log.logStartOffset);
    if (task.phase === 'standby') {
      if (changelog.read < 0) sendRead(ctx, worker, thread, task, changelog);
      continue;
    }
    changelog.endOffset = endOf(ctx, worker, changelog);
    if (changelog.offset >= changelog.endOffset) continue;
    noteRestore(ctx.streams.nodes[worker.node]!, {
      member: worker.index,
      task: task.name,
      store: changelog.store,
      startUs: ctx.events.nowUs,
      endUs: -1,
      records: 0,
      bytes: 0,
      isPartial: changelog.offset > log.logStartOffset,
    });
    if (changelog.read < 0) sendRead(ctx, worker, thread, task, changelog);
  }
  if (task.phase === 'restoring' && isRestored(task)) run(ctx, task);
}

const endOf = (ctx: ProcessContext, worker: WorkerState, changelog: Changelog): number =>
  Math.min(ctx.partitions[changelog.partition]!.log.highWatermark, committedOf(ctx, worker, changelog));

/**
 * How far a store may be as its changelog: where that is the topic that its table is read from, up to the committed offset, since what lies behind it is processed. Copies follow no further either
 * (`StoreChangelogReader.updateLimitOffsetsForStandbyChangelogs`).
 */
function committedOf(ctx: ProcessContext, worker: WorkerState, { store, partition }: Changelog): number {
  if (!isCommitted(programOf(ctx, worker).layout, store)) return Infinity;
  return Math.max(0, ctx.groups[ctx.members[worker.index]!.group]!.committed[partition]!);
}

/** Whether a store's changelog is the topic of a table of the tasks, whose offsets are committed. */
const isCommitted = ({ isSource, topology }: StreamsLayout, store: number): boolean =>
  isSource[store] === true && topology.stores[store]!.isGlobal !== true;

const isGlobal = ({ name }: StreamTask): boolean => name === globalsName;
const isRestored = ({ changelogs }: StreamTask): boolean => changelogs.every(({ offset, endOffset }) => offset >= endOffset);

function run(ctx: ProcessContext, task: StreamTask): void {
  if (isGlobal(task)) return follow(ctx, task);
  // What a standby still asks of a changelog must not reach the store of a task that runs.
  for (const changelog of task.changelogs) changelog.read = -1;
  task.phase = 'running';
  task.restoredUs = ctx.events.nowUs;
}

/** Global tables are as their topics were, and follow them from now on (`GlobalStateUpdateTask`). */
function follow({ events }: ProcessContext, task: StreamTask): void {
  task.phase = 'standby';
  task.restoredUs = events.nowUs;
}

/** Asks for what follows of a changelog. */
export function sendRead(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, task: StreamTask, changelog: Changelog): void {
  const { leader } = ctx.partitions[changelog.partition]!;
  const requestId = (ctx.streams.counters.reads = (ctx.streams.counters.reads + 1) | 0);
  const read: ChangelogRead = {
    ...{ requestId, member: worker.index, incarnation: thread.incarnation, task: task.name, store: changelog.store },
    ...{ partition: changelog.partition, offset: changelog.offset, broker: leader },
    brokerIncarnation: leader < 0 ? 0 : ctx.brokers[leader]!.incarnation,
    phase: 'travelling',
    fetched: null,
    endOffset: 0,
  };
  changelog.read = takeSlot(ctx.streams.reads, read);
  const { endpoint } = ctx.members[worker.index]!;
  if (task.phase === 'standby' && changelog.offset >= committedOf(ctx, worker, changelog))
    return waitToAsk(ctx, changelog.read, read, idleUs);
  if (!isBrokerUp(ctx, leader) || !isReachable(ctx, endpoint, leader)) return waitToAsk(ctx, changelog.read, read);
  const arrivalUs = requestArrivalUs(ctx, leader, requestSizeBytes) + linkDelayUs(ctx, endpoint, leader);
  schedule(ctx.events, Math.round(arrivalUs), EventKind.ChangelogReadArrived, changelog.read, requestId);
}

/** Nobody answers now: it is asked again after `retry.backoff.ms`. */
function waitToAsk(ctx: ProcessContext, slot: number, read: ChangelogRead, afterUs?: number): void {
  read.phase = 'waits';
  const backoffUs = afterUs ?? Math.max(1000, ctx.consumers[read.member]!.config.retryBackoffUs);
  schedule(ctx.events, ctx.events.nowUs + backoffUs, EventKind.ChangelogReadDue, slot, read.requestId);
}

/** Who a read is for; null when its task is gone from the member. */
function readerOf(ctx: ProcessContext, read: ChangelogRead) {
  const worker = ctx.workers[read.member]!;
  const thread = worker.streams;
  if (thread === null || !worker.alive || thread.incarnation !== read.incarnation) return null;
  const task = read.task === globalsName ? thread.globals : thread.tasks.find(({ name }) => name === read.task);
  const changelog = task?.changelogs.find(({ store, partition }) => store === read.store && partition === read.partition);
  if (!task || changelog === undefined || ctx.streams.reads.items[changelog.read] !== read) return null;
  return { worker, thread, task, changelog };
}

/** The read in a slot, if it is the one of an event and its task is still there; else the slot is given back and null. */
function readAt(ctx: ProcessContext, slot: number, requestId: number) {
  const read = ctx.streams.reads.items[slot];
  if (!read || read.requestId !== requestId) return null;
  const reader = readerOf(ctx, read);
  if (reader !== null) return { ...reader, read };
  if (read.fetched !== null) releaseFetched(ctx, read.fetched);
  freeSlot(ctx.streams.reads, slot);
  return null;
}

/** EventKind.ChangelogReadArrived. Returns the number of the block of `counters.missingPartition` that must be made resident first, or -1 when done. */
export function onChangelogReadArrived(ctx: ProcessContext, slot: number, requestId: number): number {
  const found = readAt(ctx, slot, requestId);
  if (found === null) return -1;
  const { read, worker } = found;
  const { broker, offset } = read;
  const partition = ctx.partitions[read.partition]!;
  const { endpoint } = ctx.members[worker.index]!;
  const committed = ctx.consumers[worker.index]!.config.isolation === 'read_committed';
  const isThere =
    isBrokerUp(ctx, broker) && ctx.brokers[broker]!.incarnation === read.brokerIncarnation && isReachable(ctx, endpoint, broker);
  const readable = isThere ? readableLog(partition, broker, offset, committed) : null;
  if (readable === null || offset > readable.logEndOffset) {
    waitToAsk(ctx, slot, read);
    return -1;
  }
  const { log, limit } = readable;
  const missing = offset < limit ? missingBlock(log, offset) : -1;
  if (missing >= 0) {
    ctx.counters.missingPartition = read.partition;
    return missing;
  }
  const fetched = takeFetched(ctx);
  fetched.partition = read.partition;
  const isolation = committed ? 'read_committed' : 'read_uncommitted';
  const from = Math.max(offset, log.logStartOffset);
  readBatches(
    log,
    { offset: from, limit, maxBytes: fetchBytesMax, maxRecords: Number.MAX_SAFE_INTEGER, atLeastOne: true, isolation },
    fetched,
  );
  if (log !== partition.log) fetched.position = -1;
  read.fetched = fetched;
  read.endOffset = limit;
  read.phase = 'answered';
  partition.fetchedRecords += fetched.count;
  const readyUs = fetched.bytes === 0 ? ctx.events.nowUs : answerReadUs(ctx, broker, [fetched]);
  const arrivalUs = responseArrivalUs(ctx, broker, answerHeaderBytes + fetched.bytes, readyUs) + linkDelayUs(ctx, broker, endpoint);
  mix(ctx.trace, ctx.events.nowUs, EventKind.ChangelogReadArrived, read.partition, fetched.nextOffset);
  schedule(ctx.events, Math.round(arrivalUs), EventKind.ChangelogReadAnswered, slot, requestId);
  return -1;
}

/** EventKind.ChangelogReadDue: what could not be asked, or had brought nothing, is asked again. */
export function onChangelogReadDue(ctx: ProcessContext, slot: number, requestId: number): void {
  const found = readAt(ctx, slot, requestId);
  if (found === null) return;
  freeSlot(ctx.streams.reads, slot);
  sendRead(ctx, found.worker, found.thread, found.task, found.changelog);
}

/** EventKind.ChangelogReadAnswered: entries go into the store, and more is asked for until the store is as its changelog was when it began. */
export function onChangelogReadAnswered(ctx: ProcessContext, slot: number, requestId: number): void {
  const found = readAt(ctx, slot, requestId);
  if (found === null) return;
  const { read, worker, thread, task, changelog } = found;
  const fetched = read.fetched!;
  const limit =
    isCommitted(programOf(ctx, worker).layout, changelog.store) && task.phase === 'restoring'
      ? changelog.endOffset
      : committedOf(ctx, worker, changelog);
  const nextOffset = Math.min(fetched.nextOffset, limit);
  apply(ctx, worker, { task, changelog }, fetched, nextOffset);
  const moved = nextOffset > changelog.offset;
  changelog.offset = Math.max(changelog.offset, nextOffset);
  releaseFetched(ctx, fetched);
  read.fetched = null;
  const isEnd = task.phase === 'restoring' && changelog.offset >= changelog.endOffset;
  const goesOn = !isEnd || isGlobal(task);
  if (goesOn && !moved) return waitToAsk(ctx, slot, read, idleOf(task));
  freeSlot(ctx.streams.reads, slot);
  changelog.read = -1;
  if (isEnd) endRestore(ctx, worker, task, changelog);
  if (goesOn) sendRead(ctx, worker, thread, task, changelog);
}

function idleOf(task: StreamTask): number | undefined {
  if (isGlobal(task)) return globalIdleUs;
  return task.phase === 'standby' ? idleUs : undefined;
}

/** Puts the records of an answer that lie before an offset into the store. */
function apply(
  ctx: ProcessContext,
  worker: WorkerState,
  { task, changelog }: { readonly task: StreamTask; readonly changelog: Changelog },
  fetched: FetchedRecords,
  untilOffset: number,
): void {
  const node = ctx.streams.nodes[worker.node]!;
  const program = programOf(ctx, worker);
  const { columns } = fetched;
  const { partition } = ctx.partitions[fetched.partition]!;
  const into = { node, task, store: changelog.store, keys: ctx.keys, partition };
  let count = 0;
  for (; count < fetched.count; count++) {
    const offset = offsetOf(fetched, count);
    if (offset >= untilOffset) break;
    restoreEntry(program, into, columns, count, offset);
    if (isGlobal(task)) noteMessages(ctx, worker, fetched.partition, offset);
  }
  const bytes = count === fetched.count ? fetched.bytes : Math.round((fetched.bytes * count) / fetched.count);
  changelog.restored += count;
  changelog.bytes += bytes;
  if (task.phase !== 'restoring') return;
  const restore = node.restores.findLast(
    (one) => one.endUs < 0 && one.member === worker.index && one.task === task.name && one.store === changelog.store,
  );
  if (restore === undefined) return;
  restore.records += count;
  restore.bytes += bytes;
}

/** A record that is no row of a global table is told, as one that a task cannot handle. */
function noteMessages(ctx: ProcessContext, worker: WorkerState, partition: number, offset: number): void {
  for (const text of programOf(ctx, worker).run.messages)
    noteMessage(ctx.streams.nodes[worker.node]!, { timeUs: ctx.events.nowUs, task: globalsName, partition, offset, text });
}

function endRestore(ctx: ProcessContext, worker: WorkerState, task: StreamTask, changelog: Changelog): void {
  const { nowUs } = ctx.events;
  const node = ctx.streams.nodes[worker.node]!;
  // The table of an instance is of all partitions of its topic.
  if (task.changelogs.some(({ store, offset, endOffset }) => store === changelog.store && offset < endOffset)) return;
  for (let i = 0; i < node.restores.length; i++) {
    const restore = node.restores[i]!;
    if (restore.endUs < 0 && restore.member === worker.index && restore.task === task.name && restore.store === changelog.store)
      node.restores[i] = { ...restore, endUs: nowUs };
  }
  if (!isRestored(task)) return;
  run(ctx, task);
  const sum = (of: (changelog: Changelog) => number): number => task.changelogs.reduce((total, each) => total + of(each), 0);
  const [what, of] = isGlobal(task) ? ['its global tables', 'their topics'] : [`task ${task.name}`, 'its changelogs'];
  const detail = `has restored ${what}: ${sum(({ restored }) => restored)} records of ${of} in ${(nowUs - task.sinceUs) / 1e6} s`;
  ctx.processNotices.push({ timeUs: nowUs, code: 'task.restored', member: worker.index, detail });
  schedule(ctx.events, nowUs, EventKind.MemberWake, worker.index, -1);
}

/** Restores of a task that will not be ended: the task is gone. */
export function giveUpRestores(ctx: ProcessContext, worker: WorkerState, name: string): void {
  const node = ctx.streams.nodes[worker.node]!;
  node.restores = node.restores.filter((one) => one.endUs >= 0 || one.member !== worker.index || one.task !== name);
}

/** How many records a task is behind its changelogs: 0 for an active one that runs. */
export function taskLag(ctx: Pick<ProcessContext, 'partitions'>, { phase, changelogs }: StreamTask): number {
  if (phase === 'running') return 0;
  return changelogs.reduce((lag, { partition, offset }) => lag + Math.max(0, ctx.partitions[partition]!.log.highWatermark - offset), 0);
}
