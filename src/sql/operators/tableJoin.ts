/** Joins with tables on the key (`KStreamKTableJoinProcessor`, `KTableKTableInnerJoin`, `…LeftJoin`, `…RightJoin`, `…OuterJoin`). */
import type { KeyForm, Row, StoredRow, StreamRecord, TableChange } from './row.ts';
import type { Stream } from './streams.ts';
import { repartitionStream } from './streams.ts';
import type { Table, WindowedKey } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

/** The value of a pair; `left` or `right` is null where the join keeps rows without a partner. */
export type JoinRows = (key: Row | null, left: Row | null, right: Row | null) => Row;

/** A join of a stream with a table. */
export interface StreamTableJoin extends Pick<KeyForm, 'payload'> {
  /** The node's own name, which the internal topic has too where the stream has to be repartitioned; null: Kafka Streams' name. */
  readonly name: string | null;
  /** Also where the table has no row. */
  readonly keepsLeft: boolean;
  readonly join: JoinRows;
}

/** Joins each record of a stream with the table's row of its key at that moment. */
export function joinStreamTable(
  topology: Topology,
  stream: Stream,
  table: Table,
  { name, keepsLeft, join, payload }: StreamTableJoin,
): Stream {
  const { structure } = topology;
  const input = stream.isRekeyed
    ? repartitionStream(topology, stream, { payload, name: name ?? stream.node, keepsNullKeys: keepsLeft })
    : stream;
  structure.copartition([...input.sources, ...table.sources]);
  const node = structure.processor(structure.name(keepsLeft ? 'KSTREAM-LEFTJOIN-' : 'KSTREAM-JOIN-', name), [input.node], table.stores());
  const records = new Outlet<StreamRecord>();
  input.records.connect((record: StreamRecord, run) => {
    if (record.value === null || (record.key === null && !keepsLeft)) return run.log('Skipping record due to null join key or value.');
    const found = record.key && table.get({ key: record.key, window: record.window }, run);
    if (found || keepsLeft) records.emit({ ...record, value: join(record.key, record.value, found?.row ?? null) }, run);
  });
  return { records, node, sources: [...input.sources, ...table.sources], isRekeyed: false };
}

export interface TableJoin {
  readonly keepsLeft: boolean;
  readonly keepsRight: boolean;
  readonly join: JoinRows;
}

/** Joins two tables: a change of either side changes the row of its key, at the later time of both. */
export function joinTables(topology: Topology, left: Table, right: Table, { keepsLeft, keepsRight, join }: TableJoin): Table {
  const { structure } = topology;
  const node = structure.name('KTABLE-MERGE-');
  structure.copartition([...left.sources, ...right.sources]);
  if (keepsLeft) left.sendOldRows(true);
  if (keepsRight) right.sendOldRows(true);
  const sides = [structure.name('KTABLE-JOINTHIS-'), structure.name('KTABLE-JOINOTHER-')] as const;
  structure.processor(sides[0], [left.node], right.stores());
  structure.processor(sides[1], [right.node], left.stores());
  structure.processor(node, sides);
  const changes = new Outlet<TableChange>();
  const pair = (key: Row, leftRow: Row | null, rightRow: Row | null): Row | null => {
    const isThere = (leftRow !== null || keepsRight) && (rightRow !== null || keepsLeft) && (leftRow !== null || rightRow !== null);
    return isThere ? join(key, leftRow, rightRow) : null;
  };
  const connect = (side: Table, other: Table, isLeft: boolean) => {
    const keepsThis = isLeft ? keepsLeft : keepsRight;
    side.changes.connect((change, run) => {
      const key = change.key!;
      const found = other.get({ key, window: change.window }, run);
      if (!found && (!keepsThis || (change.before === null && change.after === null))) return;
      const [before, after] = [change.before, change.after].map((row) =>
        isLeft ? pair(key, row, found?.row ?? null) : pair(key, found?.row ?? null, row),
      );
      const timestampMs = Math.max(change.timestampMs, found?.timestampMs ?? change.timestampMs);
      changes.emit({ ...change, before: before!, after: after!, timestampMs }, run);
    });
  };
  connect(left, right, true);
  connect(right, left, false);
  const get = (key: WindowedKey, run: Run): StoredRow | null => {
    const leftRow = left.get(key, run);
    const rightRow = right.get(key, run);
    const row = pair(key.key, leftRow?.row ?? null, rightRow?.row ?? null);
    return row && { row, timestampMs: Math.max(leftRow?.timestampMs ?? -1, rightRow?.timestampMs ?? -1) };
  };
  return {
    ...{ changes, node, get, sources: [...left.sources, ...right.sources] },
    stores: () => [...left.stores(), ...right.stores()],
    sendOldRows: () => {
      left.sendOldRows(true);
      right.sendOldRows(true);
      return true;
    },
  };
}
