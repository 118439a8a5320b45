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
  /** Index of the changelog's topic, and number of its partition. */
  readonly topic: number;
  readonly partition: number;
}

/** Puts one record of a changelog into its store. */
export function restoreEntry(program: StreamsProgram, into: RestoredStore, columns: RecordColumns, index: number): void {
  const { layout } = program;
  const { node, task, store, keys, partition } = into;
  const sequence = columns.sequence[index]!;
  if (layout.isSource[store] === true) {
    const record = sourceRecord(program, {
      ...{ path: columns.path[index]!, sequence, key: columns.key[index]!, size: columns.size[index]! },
      ...{ timestampUs: columns.timestampUs[index]!, partition, offset: 0 },
    });
    const role = layout.roles.get(into.topic);
    if (role?.kind !== 'source') return;
    // The table takes it up as it did before; what would follow from it has followed.
    program.run.begin(task.state, task.partition, 0, node.random);
    layout.topology.process(role.name, record, program.run);
    return;
  }
  const key = columns.key[index]!;
  if (key < 0) return;
  const id = keyText(keys, key);
  const value = columns.size[index]! < 0 ? null : (storedRecord(node.internal, sequence)?.value ?? null);
  layout.topology.restore(store, id, typeof value === 'string' ? ofPlainJson(JSON.parse(value)) : null, task);
}
