/** Rows brought together by their group, and the table of each group's state (`StreamGroupByBuilderBase`, `TableGroupByBuilderBase`, `StreamAggregateBuilder`). */
import type { RowAggregator } from '../operators/aggregates.ts';
import { aggregateStream, aggregateTable, regroupTable } from '../operators/aggregates.ts';
import type { Row } from '../operators/row.ts';
import { aggregateSessions } from '../operators/sessions.ts';
import type { Stream } from '../operators/streams.ts';
import { passStream, peekNode, rekeyStream } from '../operators/streams.ts';
import type { Table } from '../operators/tables.ts';
import { passTable } from '../operators/tables.ts';
import type { Run, Topology } from '../operators/topology.ts';
import { aggregateWindows } from '../operators/windows.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Grouping } from './aggregation.ts';
import type { Call, RowAggregate, RowExpression } from './compile.ts';
import { requireFormat } from './formatChoice.ts';
import { keyFormOf } from './keyIdentity.ts';
import { keyFormatFor, needsRepartition } from './partition.ts';
import type { PlanContext } from './planContext.ts';
import type { Relation } from './relation.ts';
import type { Column } from './schema.ts';

export interface Aggregating {
  readonly aggregates: readonly RowAggregate[];
  readonly kept: readonly Column[];
  readonly key: readonly Column[];
  readonly grouping: Grouping;
  readonly calls: readonly Call[];
}

/** The table of states, one a group and window. Throws SqlError where a table cannot be aggregated so. */
export function groupedTable(
  relation: Relation,
  { aggregates, key, grouping, calls }: Aggregating,
  aggregator: RowAggregator,
  context: PlanContext,
): Table {
  const { topology, functions } = context;
  const { structure } = topology;
  const { by, window } = grouping;
  const format = keyFormatFor(relation.keyFormat, key, requireFormat(context.config.defaultKeyFormat));
  const grouped = { ...keyFormOf(key, format), store: 'Aggregate-Aggregate-Materialize', repartition: 'Aggregate-GroupBy' };
  const grouper = by.map((expression) => functions.compile(expression, relation.schema.value));
  if (relation.kind === 'TABLE') {
    if (window) throw new SqlError('WINDOW clause is only supported for aggregations of streams, not of tables.');
    const once = calls.filter((_call, i) => aggregates[i]!.undo === null).map(({ name }) => name);
    if (once.length > 0)
      throw new SqlError(
        `The aggregation function(s) (${[...new Set(once)].sort().join(', ')}) cannot be applied to a table source, only to a stream source.`,
      );
    const prepared = passTable(topology, relation.table, structure.name('KTABLE-TRANSFORMVALUES-', 'Aggregate-Prepare'));
    const filtered = passTable(topology, prepared, structure.name('KTABLE-FILTER-'));
    const keyOf = (row: Row, run: Run) => groupKey(grouper, row, run);
    const groups = regroupTable(topology, filtered, structure.name('KTABLE-SELECT-', 'Aggregate-GroupBy'), { keyOf, ...grouped });
    return aggregateTable(topology, groups, aggregator, grouped);
  }
  const stream = groupedStream(topology, relation, by, grouper);
  if (!window) return aggregateStream(topology, stream, aggregator, grouped);
  const emitFinalEveryMs = grouping.emitsFinal ? context.config.emitFinalEveryMs : null;
  const sizeMs = window.kind === 'SESSION' ? window.gap.milliseconds : window.size.milliseconds;
  const graceMs = window.grace?.milliseconds ?? Math.max(dayMs - sizeMs, 0);
  const retentionMs = window.retention?.milliseconds ?? sizeMs + graceMs;
  if (window.kind === 'SESSION')
    return aggregateSessions(topology, stream, aggregator, grouped, { gapMs: sizeMs, graceMs, retentionMs, emitFinalEveryMs });
  const advanceMs = window.kind === 'HOPPING' ? window.advance.milliseconds : sizeMs;
  return aggregateWindows(topology, stream, aggregator, grouped, { sizeMs, advanceMs, graceMs, retentionMs, emitFinalEveryMs });
}

/** The stream under the key of its groups, where it has another one (`StreamGroupByBuilderBase`). */
function groupedStream(
  topology: Topology,
  { schema, stream }: Extract<Relation, { kind: 'STREAM' }>,
  by: readonly Expression[],
  grouper: readonly RowExpression[],
): Stream {
  const { structure } = topology;
  peekNode(topology, stream);
  const prepared = passStream(topology, stream, 'Aggregate-Prepare');
  if (!needsRepartition(schema, by)) return prepared;
  const filtered = passStream(topology, prepared, structure.name('KSTREAM-FILTER-'));
  return rekeyStream(topology, filtered, structure.name('KSTREAM-KEY-SELECT-', 'Aggregate-GroupBy'), ({ value }, run) => {
    const group = value && groupKey(grouper, value, run);
    return group && { key: group, value };
  });
}

/** How long windows take late records where GRACE PERIOD is not given: a day less their size. */
const dayMs = 86_400_000;

/** The group of a row; null where a part of it is null, and the row is left out. */
function groupKey(grouper: readonly RowExpression[], row: Row, run: Run): Row | null {
  const key = grouper.map(({ evaluate }) => evaluate(row, run));
  const at = key.indexOf(null);
  if (at < 0) return key;
  run.log(`Group-by column with index ${String(at)} resolved to null. The source row will be excluded from the table.`);
  return null;
}
