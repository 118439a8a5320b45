/** Other keys (`KStream.selectKey`, `groupBy`): records go to the partition of their new key before anything depends on it. */
import type { Row } from '../../sql/operators/row.ts';
import { rekeyStream } from '../../sql/operators/streams.ts';
import type { Run } from '../../sql/operators/topology.ts';
import { refuseMaps, requireFormat } from '../../sql/plan/formatChoice.ts';
import { keyFormatFor } from '../../sql/plan/partition.ts';
import type { Column } from '../../sql/plan/schema.ts';
import type { Place } from '../../sql/syntax/ast.ts';
import type { NamedExpression } from './chain.ts';
import { compiled, refuse, type ChainContext, type Rows, type StreamRows } from './rows.ts';

export interface NewKey {
  readonly columns: readonly Column[];
  /** Null where any part of it is. */
  readonly of: (row: Row, run: Run) => Row | null;
}

/** The key that expressions make, its columns named as they say, else by `nameOf`. */
export function newKey(
  context: ChainContext,
  rows: Rows,
  by: readonly NamedExpression[],
  nameOf: (one: NamedExpression, index: number) => string,
): NewKey {
  const parts = by.map(({ expression }) => compiled(context, expression, rows.relation.schema.value));
  const columns = by.map((one, i): Column => ({ name: one.name ?? nameOf(one, i), type: parts[i]!.type }));
  columns.forEach(refuseMaps);
  return {
    columns,
    of: (row, run) => {
      const key = parts.map(({ evaluate }) => evaluate(row, run));
      return key.includes(null) ? null : key;
    },
  };
}

/** How keys of other columns are written. */
export const keyFormatOf = ({ config }: ChainContext, { relation }: Rows, key: readonly Column[]) =>
  keyFormatFor(relation.keyFormat, key, requireFormat(config.defaultKeyFormat));

/** The stream under another key. */
export function rekeyed(context: ChainContext, rows: StreamRows, { columns, of }: NewKey, at: Place): StreamRows {
  const { relation, fields, pseudo } = rows;
  if (relation.window !== null) refuse('Records of windows keep their keys: map them to a topic of their own first.', at);
  const { topology } = context;
  const kept = fields + pseudo;
  const nothing: Row = columns.map(() => null);
  const stream = rekeyStream(topology, relation.stream, topology.structure.name('KSTREAM-KEY-SELECT-'), ({ value }, run) => {
    const key = value && of(value, run);
    return { key, value: value && [...value.slice(0, kept), ...(key ?? nothing)] };
  });
  const schema = { key: columns, value: [...relation.schema.value.slice(0, kept), ...columns] };
  return { ...rows, relation: { ...relation, schema, stream, keyFormat: keyFormatOf(context, rows, columns) } };
}
