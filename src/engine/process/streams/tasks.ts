/** Tasks of a member come and go with the partitions that it owns (`TaskManager.handleAssignment`, `StreamTask`). */
import { isBrokerUp } from '../../broker/links.ts';
import { ownedPartition } from '../../consumer/consumer.ts';
import { pausePartitions, resumePartitions } from '../../consumer/pausing.ts';
import { clonePlain } from '../../kernel/plainClone.ts';
import { raiseLogStart } from '../../log/partitionLog.ts';
import type { TopologyState } from '../../../sql/operators/topology.ts';
import { type StreamsLayout, type TaskGroup, taskName } from '../../streams/program.ts';
import { remade } from '../../producer/givenUp.ts';
import { addSlice, emptyQueue } from '../../streams/queues.ts';
import type { Changelog, StreamTask, StreamThread, TaskQueue } from '../../streams/state.ts';
import type { ProcessContext } from '../context.ts';
import type { WorkerState } from '../worker.ts';
import { tellDelivered } from './delivered.ts';
import { beginRestore, giveUpRestores } from './restore.ts';

/** `buffered.records.per.partition`: beyond it a partition is paused until its task has come on. */
const bufferedMax = 1000;

const layoutOf = (ctx: ProcessContext, worker: WorkerState): StreamsLayout => ctx.programs[worker.node]!.streams!.layout;

/** Follows the assignment: tasks whose partitions are gone are closed, those of new ones are made and restored. `clean`: what the closed ones did is committed. */
export function followTasks(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, clean: boolean): void {
  const consumer = ctx.consumers[worker.index]!;
  const { state } = ctx.members[worker.index]!;
  // The leader may have dealt the copies already; a member has them when its answer is there.
  const standbys = state === 'stable' ? thread.standbys : thread.followedStandbys;
  if (thread.followed === consumer.assignmentVersion && thread.followedStandbys === standbys) return;
  thread.followed = consumer.assignmentVersion;
  thread.followedStandbys = standbys;
  const layout = layoutOf(ctx, worker);
  const wanted = new Map<string, { readonly group: number; readonly partition: number }>();
  layout.groups.forEach(({ topics, partitions, id }, group) => {
    for (let partition = 0; partition < partitions; partition++) {
      const isOwned = topics.some(
        (topic) =>
          partition < ctx.topics[topic]!.partitionCount &&
          ownedPartition(consumer, ctx.topics[topic]!.firstPartition + partition) !== undefined,
      );
      if (isOwned) wanted.set(taskName(id, partition), { group, partition });
    }
  });
  for (const task of [...thread.tasks]) {
    if (task.phase === 'standby' ? standbys.includes(task.name) || wanted.has(task.name) : wanted.has(task.name)) continue;
    if (clean && task.phase === 'running' && standbys.includes(task.name)) recycle(ctx, worker, thread, task);
    else closeTask(ctx, worker, thread, task, clean || task.phase === 'standby');
  }
  for (const [name, { group, partition }] of wanted) {
    const known = thread.tasks.find((task) => task.name === name);
    if (known === undefined) openTask(ctx, worker, thread, { name, group, partition, phase: 'restoring' });
    else if (known.phase === 'standby') activate(ctx, worker, thread, known);
  }
  for (const name of standbys) {
    if (thread.tasks.some((task) => task.name === name)) continue;
    const place = placeOf(layout, name);
    if (place !== null) openTask(ctx, worker, thread, { name, ...place, phase: 'standby' });
  }
  balancePauses(ctx, worker, thread);
}

function placeOf({ groups }: StreamsLayout, name: string): { readonly group: number; readonly partition: number } | null {
  const [id, partition] = name.split('_').map(Number);
  const group = groups.findIndex((each) => each.id === id);
  return group < 0 ? null : { group, partition: partition! };
}

interface Opening {
  readonly name: string;
  readonly group: number;
  readonly partition: number;
  readonly phase: 'restoring' | 'standby';
}

function openTask(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, { name, group, partition, phase }: Opening): void {
  const layout = layoutOf(ctx, worker);
  const of = layout.groups[group]!;
  const kept = thread.disk.get(name);
  thread.disk.delete(name);
  const task: StreamTask = {
    name,
    group,
    partition,
    state: kept?.state ?? layout.topology.initialState(),
    queues: queuesOf(ctx, of, partition),
    changelogs: changelogsOf(ctx, layout, of, partition, kept?.offsets ?? null),
    phase,
    sinceUs: ctx.events.nowUs,
    restoredUs: -1,
    streamTimeMs: kept?.streamTimeMs ?? -1,
    processed: 0,
  };
  takeMemories(ctx, worker, layout, task);
  thread.tasks.push(task);
  thread.tasks.sort((a, b) => a.group - b.group || a.partition - b.partition);
  beginRestore(ctx, worker, thread, task);
}

/** An active task that has moved away stays as a copy, with what it has (`TaskManager.handleCloseAndRecycle`). */
function recycle(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, task: StreamTask): void {
  for (const queue of task.queues) emptyQueue(ctx, queue);
  for (const changelog of task.changelogs) changelog.offset = checkpointOf(ctx, worker, task, changelog);
  const copy: StreamTask = { ...task, phase: 'standby' };
  thread.tasks = thread.tasks.map((each) => (each === task ? copy : each));
  beginRestore(ctx, worker, thread, copy);
}

/** A copy becomes the active task: what it lacks is restored. */
function activate(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, copy: StreamTask): void {
  const task: StreamTask = { ...copy, phase: 'restoring', sinceUs: ctx.events.nowUs };
  for (const changelog of task.changelogs) {
    changelog.restored = 0;
    changelog.bytes = 0;
  }
  takeMemories(ctx, worker, layoutOf(ctx, worker), task);
  thread.tasks = thread.tasks.map((each) => (each === copy ? task : each));
  beginRestore(ctx, worker, thread, task);
}

function queuesOf(ctx: ProcessContext, { topics }: TaskGroup, partition: number): TaskQueue[] {
  return topics
    .filter((topic) => partition < ctx.topics[topic]!.partitionCount)
    .map((topic) => ({
      ...{ partition: ctx.topics[topic]!.firstPartition + partition, topic },
      ...{ slices: [], cursor: 0, records: 0, timesSet: -1, waitsUntilUs: -1 },
    }));
}

function changelogsOf(
  ctx: ProcessContext,
  { changelogs }: StreamsLayout,
  { stores }: TaskGroup,
  partition: number,
  offsets: readonly number[] | null,
): Changelog[] {
  return stores
    .filter((store) => changelogs[store]! >= 0)
    .map((store, i) => ({
      ...{ store, partition: ctx.topics[changelogs[store]!]!.firstPartition + partition },
      ...{ offset: offsets?.[i] ?? 0, endOffset: -1, read: -1, restored: 0, bytes: 0 },
    }));
}

/** Closes a task. What it has is kept on disk where that is the design and all of it is committed; copies keep what they have. */
function closeTask(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, task: StreamTask, clean: boolean): void {
  for (const queue of task.queues) emptyQueue(ctx, queue);
  if (task.phase === 'restoring') giveUpRestores(ctx, worker, task.name);
  if (clean && layoutOf(ctx, worker).isPersistent && task.changelogs.length > 0) {
    const offsets = task.changelogs.map((changelog) => checkpointOf(ctx, worker, task, changelog));
    thread.disk.set(task.name, { state: task.state, streamTimeMs: task.streamTimeMs, offsets });
  }
  thread.tasks = thread.tasks.filter((each) => each !== task);
}

/** Up to where a store is as its changelog: for a running task that has committed, the changelog's end. */
function checkpointOf(ctx: ProcessContext, worker: WorkerState, { phase }: StreamTask, { store, partition, offset }: Changelog): number {
  if (phase !== 'running') return offset;
  if (layoutOf(ctx, worker).isSource[store] !== true) return ctx.partitions[partition]!.log.highWatermark;
  return Math.max(0, ctx.groups[ctx.members[worker.index]!.group]!.committed[partition]!);
}

/** All tasks end with their member's process, or because its transaction was aborted. */
export function closeTasks(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, clean: boolean): void {
  tellDelivered(ctx, thread, clean);
  for (const { isResult, path, sequence } of thread.outputs.slice(Math.max(0, worker.outputCursor)))
    if (isResult) remade(ctx, ctx.producers[worker.producer]!, path, sequence);
  for (const task of [...thread.tasks]) closeTask(ctx, worker, thread, task, clean || task.phase === 'standby');
  thread.followed = -2;
  thread.followedStandbys = [];
  thread.current = null;
  thread.outputs = [];
  thread.needsCommit = false;
  worker.slices = [];
  worker.count = 0;
  worker.outputCursor = -1;
}

/** Deals the records of a poll out to the queues of their tasks. */
export function takeSlices(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const consumer = ctx.consumers[worker.index]!;
  for (const slice of worker.slices) {
    const { partition } = slice.fetched;
    for (const task of thread.tasks)
      for (const queue of task.queues) {
        if (queue.partition !== partition || task.phase === 'standby') continue;
        const { timesSet } = ownedPartition(consumer, partition)!;
        if (queue.timesSet !== timesSet) emptyQueue(ctx, queue);
        queue.timesSet = timesSet;
        addSlice(queue, slice);
      }
  }
  worker.slices = [];
  worker.count = 0;
  balancePauses(ctx, worker, thread);
}

/** Partitions of tasks that are being restored, or have enough to do, are paused, as KafkaConsumer.pause has it; the others are read. */
export function balancePauses(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const consumer = ctx.consumers[worker.index]!;
  const pauses = [];
  const resumes = [];
  for (const { phase, queues } of thread.tasks) {
    if (phase === 'standby') continue;
    for (const { partition, records } of queues) {
      const owned = ownedPartition(consumer, partition);
      if (owned === undefined) continue;
      const rests = phase === 'restoring' || records > bufferedMax;
      if (rests && !owned.paused) pauses.push(owned);
      else if (!rests && owned.paused) resumes.push(owned);
    }
  }
  if (pauses.length > 0) pausePartitions(consumer, pauses);
  if (resumes.length > 0) resumePartitions(consumer, resumes);
}

/** What operators know and is committed with the offsets comes along with the task (`ProcessorMetadata`). */
function takeMemories(ctx: ProcessContext, worker: WorkerState, layout: StreamsLayout, task: StreamTask): void {
  const committed = ctx.streams.nodes[worker.node]!.memories.get(task.name);
  if (committed === undefined) return;
  layout.topology.memories.forEach(({ survives }, i) => {
    if (survives === 'commit') task.state.memories[i] = clonePlain(committed[i]);
  });
}

/** What operators know is committed with the offsets. */
export function keepMemories(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const { topology } = layoutOf(ctx, worker);
  if (!topology.memories.some(({ survives }) => survives === 'commit')) return;
  const { memories } = ctx.streams.nodes[worker.node]!;
  for (const { name, phase, state } of thread.tasks) if (phase === 'running') memories.set(name, clonePlain(memoriesOf(state)));
}

/** `repartition.purge.interval.ms` */
const purgeIntervalUs = 30_000_000;

/** Repartitioned records that are committed are deleted, since nobody else reads them (`TaskManager.maybePurgeCommittedRecords`, DeleteRecords). */
export function purgeCommitted(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const { nowUs } = ctx.events;
  if (nowUs < thread.lastPurgeUs + purgeIntervalUs) return;
  thread.lastPurgeUs = nowUs;
  const { committed } = ctx.groups[ctx.members[worker.index]!.group]!;
  for (const { queues } of thread.tasks)
    for (const { topic, partition } of queues) {
      const { log, leader } = ctx.partitions[partition]!;
      if (ctx.topics[topic]!.owner !== undefined && isBrokerUp(ctx, leader) && committed[partition]! <= log.highWatermark)
        raiseLogStart(log, committed[partition]!);
    }
}

const memoriesOf = ({ memories }: TopologyState): readonly unknown[] => memories;
