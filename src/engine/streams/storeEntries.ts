/** Entries of stores as changelogs hold them. */
import { ofPlainJson } from '../../sql/operators/plainJson.ts';
import type { RecordColumns } from '../log/columns.ts';
import { storedRecord } from '../values/storedValues.ts';
import { type KeyTable, keyText } from '../workload/keys.ts';
import type { StreamsProgram } from './program.ts';
import { sourceRecord } from './records.ts';
import type { StreamsNodeState, StreamTask } from './state.ts';

export interface RestoredStore {
  readonly node: StreamsNodeState;
  readonly task: StreamTask;
  readonly store: number;
  readonly keys: KeyTable;
  /** Number of the changelog's partition. */
  readonly partition: number;
}

/** Puts one record of a changelog into its store; `offset` is that of the record. */
export function restoreEntry(program: StreamsProgram, into: RestoredStore, columns: RecordColumns, index: number, offset: number): void {
  const { layout } = program;
  const { node, task, store, keys, partition } = into;
  const sequence = columns.sequence[index]!;
  if (layout.isSource[store] === true) {
    const record = sourceRecord(program, {
      ...{ path: columns.path[index]!, sequence, key: columns.key[index]!, size: columns.size[index]! },
      ...{ timestampUs: columns.timestampUs[index]!, partition, offset },
    });
    // The store alone takes it up: what follows from it has followed, and other stores have changelogs of their own.
    program.run.begin(task.state, task.partition, 0, node.random);
    layout.topology.restoreRecord(store, record, program.run);
    return;
  }
  const key = columns.key[index]!;
  if (key < 0) return;
  const id = keyText(keys, key);
  const value = columns.size[index]! < 0 ? null : (storedRecord(node.internal, sequence)?.value ?? null);
  layout.topology.restore(store, id, typeof value === 'string' ? ofPlainJson(JSON.parse(value)) : null, task);
}
