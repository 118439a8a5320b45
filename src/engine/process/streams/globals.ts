/**
 * Tables that an instance has as a whole: read from all partitions of their topics before its threads begin, and followed from then on, outside the group (`GlobalStreamThread`,
 * `GlobalStateManagerImpl`, `GlobalStateUpdateTask`).
 */
import type { TopologyState } from '../../../sql/operators/topology.ts';
import { lastStableOffsetOf } from '../../log/partitionLog.ts';
import { globalsName, type StreamsLayout } from '../../streams/program.ts';
import { type Changelog, noteRestore, type StreamTask, type StreamThread } from '../../streams/state.ts';
import type { ProcessContext } from '../context.ts';
import type { WorkerState } from '../worker.ts';
import { giveUpRestores, sendRead } from './restore.ts';

/** Whether the instance has its global tables; the first question begins to read them. When they are there, the member is woken. */
export function areGlobalsReady(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): boolean {
  const { layout } = ctx.programs[worker.node]!.streams!;
  if (layout.globals.length === 0) return true;
  const globals = thread.globals ?? begin(ctx, worker, thread, layout);
  return globals.phase !== 'restoring';
}

function begin(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, layout: StreamsLayout): StreamTask {
  const { nowUs } = ctx.events;
  const changelogs = layout.globals.flatMap(({ topic, store }) => changelogsOf(ctx, worker, topic, store));
  const isThere = changelogs.every(({ offset, endOffset }) => offset >= endOffset);
  const globals: StreamTask = {
    ...{ name: globalsName, group: -1, partition: 0, state: layout.topology.initialState(), queues: [], changelogs },
    ...{ phase: isThere ? 'standby' : 'restoring', sinceUs: nowUs, restoredUs: isThere ? nowUs : -1, streamTimeMs: -1, processed: 0 },
  };
  thread.globals = globals;
  for (const { store } of layout.globals) {
    if (!changelogs.some((each) => each.store === store && each.offset < each.endOffset)) continue;
    const restore = { member: worker.index, task: globalsName, store, startUs: nowUs, endUs: -1, records: 0, bytes: 0, isPartial: false };
    noteRestore(ctx.streams.nodes[worker.node]!, restore);
  }
  for (const changelog of changelogs) sendRead(ctx, worker, thread, globals, changelog);
  return globals;
}

/** All partitions of a topic, to be read up to what a consumer is told as their ends. */
function changelogsOf(ctx: ProcessContext, worker: WorkerState, topic: number, store: number): Changelog[] {
  const { firstPartition, partitionCount } = ctx.topics[topic]!;
  const committed = ctx.consumers[worker.index]!.config.isolation === 'read_committed';
  return Array.from({ length: partitionCount }, (_, i) => {
    const { log } = ctx.partitions[firstPartition + i]!;
    const endOffset = committed ? Math.min(log.highWatermark, lastStableOffsetOf(log)) : log.highWatermark;
    return { store, partition: firstPartition + i, offset: log.logStartOffset, endOffset, read: -1, restored: 0, bytes: 0 };
  });
}

/** The process has ended, and its global tables with it. */
export function dropGlobals(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  if (thread.globals === null) return;
  if (thread.globals.phase === 'restoring') giveUpRestores(ctx, worker, globalsName);
  thread.globals = null;
}

/** A task's state with the global tables of its instance in it. */
export function stateOf({ globals }: StreamsLayout, thread: StreamThread, { state }: StreamTask): TopologyState {
  const shared = thread.globals;
  if (shared === null) return state;
  const isGlobal = (store: number): boolean => globals.some((each) => each.store === store);
  return { ...state, stores: state.stores.map((own, store) => (isGlobal(store) ? shared.state.stores[store]! : own)) };
}
