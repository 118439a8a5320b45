/** Changes of a table that wait before they go on, the later ones of a key taking the place of the earlier (`KTableSuppressProcessorSupplier`, KIP-328). */
import type { Header, KeyIdentity, Row, TableChange } from './row.ts';
import type { Indexing, Store } from './store.ts';
import type { Table, WindowedKey } from './tables.ts';
import { windowedIdentity } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

export interface Suppression {
  /** `time limit`: as long after the first change that waits. `window closes`: after the end of the key's window, so `waitMs` is the grace period. */
  readonly until: 'time limit' | 'window closes';
  readonly waitMs: number;
  /** How many keys can wait; null: any number. */
  readonly maxRecords: number | null;
  /** What happens when more would wait: the oldest go on early, or processing ends. */
  readonly whenFull: 'emit early' | 'shut down';
  readonly identity: KeyIdentity;
  /** Of the node; the store is named after it. Null: Kafka Streams' names. */
  readonly name: string | null;
}

/** A change that waits (`BufferValue`). */
interface Waiting extends WindowedKey {
  /** Its place in the queue: when it, or the change whose place it took, came; for windows their end. */
  readonly queuedMs: number;
  /** The row before the first change that waited for this key. */
  readonly prior: Row | null;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly timestampMs: number;
  readonly headers: readonly Header[];
}

/** What waits in the order in which it will go on: time, then key. */
type Queue = { readonly queuedMs: number; readonly id: string }[];

const indexing: Indexing<Waiting, Queue> = {
  initial: () => [],
  added: (queue, id, { queuedMs }) => {
    const at = queue.findLastIndex((one) => one.queuedMs < queuedMs || (one.queuedMs === queuedMs && one.id < id));
    queue.splice(at + 1, 0, { queuedMs, id });
  },
  removed: (queue, id) => {
    queue.splice(
      queue.findIndex((one) => one.id === id),
      1,
    );
  },
};

type Buffer = Store<Waiting, Queue>;

/** The table whose changes go on late; its rows, looked up, are those that went on (`suppress`). */
export function suppressTable(topology: Topology, table: Table, suppression: Suppression): Table {
  const { structure } = topology;
  const node = suppression.name ?? structure.name('KTABLE-SUPPRESS-');
  const storeName = suppression.name === null ? structure.storeName('KTABLE-SUPPRESS-') : `${suppression.name}-store`;
  const buffer: Buffer = topology.store({ name: storeName, kind: 'suppress', retentionMs: null }, indexing);
  const memory = topology.memory<{ streamTimeMs: number }>({ survives: 'none' }, () => ({ streamTimeMs: -1 }));
  structure.processor(node, [table.node], [buffer.number]);
  const changes = new Outlet<TableChange>();
  const { identity, until, waitMs } = suppression;
  table.changes.connect((change, run) => {
    const known = memory(run);
    known.streamTimeMs = Math.max(known.streamTimeMs, change.timestampMs);
    const key = { key: change.key!, window: change.window };
    const id = windowedIdentity(identity, key);
    const waiting = buffer.get(id, run);
    const queuedMs = waiting?.queuedMs ?? (until === 'window closes' ? key.window!.endMs : change.timestampMs);
    const { before, after, timestampMs, headers } = change;
    buffer.put(id, { ...key, queuedMs, prior: waiting ? waiting.prior : before, before, after, timestampMs, headers }, run);
    const expiredMs = known.streamTimeMs - waitMs;
    evict({ buffer, changes, suppression }, (first) => first.queuedMs <= expiredMs, run);
    limit({ buffer, changes, suppression }, node, run);
  });
  return {
    ...{ changes, node, sources: table.sources, sendOldRows: table.sendOldRows },
    get: (key, run) => {
      const waiting = buffer.get(windowedIdentity(identity, key), run);
      if (!waiting) return table.get(key, run);
      return waiting.prior && { row: waiting.prior, timestampMs: -1 };
    },
    stores: () => [...table.stores(), buffer.number],
  };
}

interface Suppressing {
  readonly buffer: Buffer;
  readonly changes: Outlet<TableChange>;
  readonly suppression: Suppression;
}

/** Sends on from the head of the queue as long as a condition holds; a window that ended without a row is nothing to tell of. */
function evict({ buffer, changes, suppression }: Suppressing, holds: (first: Queue[number]) => boolean, run: Run): void {
  const queue = buffer.index(run);
  for (let first = queue[0]; first && holds(first); first = queue[0]) {
    const { key, window, before, after, timestampMs, headers } = buffer.get(first.id, run)!;
    if (after !== null || suppression.until === 'time limit') changes.emit({ key, window, before, after, timestampMs, headers }, run);
    buffer.put(first.id, null, run);
  }
}

function limit(suppressing: Suppressing, node: string, run: Run): void {
  const { buffer, suppression } = suppressing;
  const { maxRecords, whenFull } = suppression;
  const queue = buffer.index(run);
  if (maxRecords === null || queue.length <= maxRecords) return;
  if (whenFull === 'shut down')
    throw new Error(`${node} buffer exceeded its max capacity. Currently [${String(queue.length)}/${String(maxRecords)}] records.`);
  evict(suppressing, () => queue.length > maxRecords, run);
}
