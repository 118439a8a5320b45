/** Looking at stream processors. Changes nothing. */
import { plainJson } from '../../../sql/operators/plainJson.ts';
import type { NodeState } from '../../process/node.ts';
import type {
  RestoreView,
  StoreEntriesView,
  StreamsReport,
  StreamsStoreView,
  StreamsTaskView,
  StreamsThreadView,
  StreamsView,
} from '../../report/streamsView.ts';
import type { StreamsLayout } from '../../streams/program.ts';
import type { StreamsNodeState, StreamTask } from '../../streams/state.ts';
import type { Run } from '../build.ts';
import type { EngineContext } from '../state.ts';

/** What the report says of each stream processor. */
export function streamsReports(ctx: EngineContext): StreamsReport[] {
  return ctx.nodes.flatMap((node) => {
    const state = ctx.streams.nodes[node.index];
    return state ? [reportOf(ctx, node, state)] : [];
  });
}

const layoutOf = (ctx: EngineContext, { index }: NodeState): StreamsLayout => ctx.programs[index]!.streams!.layout;

const memberName = (ctx: EngineContext, member: number): string => {
  const worker = ctx.workers[member]!;
  return `${ctx.nodes[worker.node]!.name}-${worker.number}`;
};

function reportOf(ctx: EngineContext, node: NodeState, state: StreamsNodeState): StreamsReport {
  const { groups, applicationId, topology } = layoutOf(ctx, node);
  return {
    node: node.id,
    applicationId,
    tasks: groups.reduce((sum, { partitions }) => sum + partitions, 0),
    messages: state.messages,
    late: state.late,
    lastMessages: state.lastMessages.map(({ timeUs, task, partition: index, offset, text }) => {
      const { topic, partition } = ctx.partitions[index]!;
      return { timeMs: timeUs / 1000, task, topic: ctx.topics[topic]!.name, partition, offset, text };
    }),
    restoreCount: state.restoreCount,
    restores: state.restores.map(({ member, task, store, startUs, endUs, records, bytes, isPartial }): RestoreView => ({
      ...{ member: memberName(ctx, member), task, store: topology.stores[store]!.name },
      ...{ startMs: startUs / 1000, endMs: endUs < 0 ? null : endUs / 1000, records, bytes, isPartial },
    })),
  };
}

/** A stream processor with its threads and tasks; null for a node that is none. */
export function streamsViewOf({ ctx }: Run, nodeId: string): StreamsView | null {
  const node = ctx.nodes.find(({ id }) => id === nodeId);
  const state = node && ctx.streams.nodes[node.index];
  if (!node || !state) return null;
  const layout = layoutOf(ctx, node);
  const threads = node.members.map((member, number): StreamsThreadView => {
    const worker = ctx.workers[member]!;
    const tasks = worker.streams!.tasks.map((task) => taskView(ctx, layout, task));
    const { globals } = worker.streams!;
    const whole = globals === null ? [] : layout.globals.map(({ store }) => storeView(ctx, layout, globals, store));
    return { member: number, name: memberName(ctx, member), alive: worker.alive, tasks, globals: whole };
  });
  return { ...reportOf(ctx, node, state), threads };
}

function taskView(ctx: EngineContext, layout: StreamsLayout, task: StreamTask): StreamsTaskView {
  const { id, stores } = layout.groups[task.group]!;
  return {
    task: task.name,
    subTopology: id,
    partition: task.partition,
    state: task.phase,
    streamTimeMs: task.streamTimeMs < 0 ? null : task.streamTimeMs,
    processed: task.processed,
    queued: task.queues.reduce((sum, { records }) => sum + records, 0),
    stores: stores.map((store) => storeView(ctx, layout, task, store)),
  };
}

function storeView(ctx: EngineContext, layout: StreamsLayout, task: StreamTask, store: number): StreamsStoreView {
  const entries = task.state.stores[store]!;
  const topic = layout.changelogs[store]!;
  const followed = task.phase === 'running' ? [] : task.changelogs.filter((each) => each.store === store);
  const behind = followed.reduce(
    (sum, { partition, offset }) => sum + Math.max(0, ctx.partitions[partition]!.log.highWatermark - offset),
    0,
  );
  return {
    ...{ store, name: layout.topology.stores[store]!.name, entries: entries.size, bytes: sampledBytes(entries) },
    ...{ changelog: topic < 0 ? '' : ctx.topics[topic]!.name, behind },
  };
}

/** How many entries are measured. */
const sampleEntries = 50;

function sampledBytes(entries: ReadonlyMap<string, unknown>): number {
  let bytes = 0;
  let count = 0;
  for (const [id, value] of entries) {
    bytes += id.length + JSON.stringify(plainJson(value)).length;
    if (++count === sampleEntries) break;
  }
  return count === 0 ? 0 : Math.round((bytes / count) * entries.size);
}

/** Who has entries of a store: all active tasks together, or for a global table any instance that has it. */
function holdersOf(ctx: EngineContext, node: NodeState, store: number): StreamTask[] {
  const { groups, globals } = layoutOf(ctx, node);
  const threads = node.members.map((member) => ctx.workers[member]!.streams!);
  if (globals.some((each) => each.store === store)) return threads.flatMap((thread) => thread.globals ?? []).slice(0, 1);
  return threads.flatMap(({ tasks }) => tasks.filter(({ phase, group }) => phase !== 'standby' && groups[group]!.stores.includes(store)));
}

/** What a store holds now, of all active tasks together, or a global table at one instance; `key`: only entries whose id has this text in it. */
export function storeEntriesOf(
  { ctx }: Run,
  request: { readonly node: string; readonly store: string; readonly key?: string; readonly limit: number },
): StoreEntriesView | null {
  const node = ctx.nodes.find(({ id }) => id === request.node);
  if (!node || !ctx.streams.nodes[node.index]) return null;
  const number = layoutOf(ctx, node).topology.stores.findIndex(({ name }) => name === request.store);
  if (number < 0) return null;
  const entries: { task: string; id: string; value: unknown }[] = [];
  let total = 0;
  for (const task of holdersOf(ctx, node, number))
    for (const [id, value] of task.state.stores[number]!) {
      if (request.key !== undefined && !id.includes(request.key)) continue;
      total++;
      if (entries.length < request.limit) entries.push({ task: task.name, id, value });
    }
  return { total, entries };
}
