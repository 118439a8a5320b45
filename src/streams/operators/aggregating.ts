/** Groups and what is made of them (`KGroupedStream`, `TimeWindowedKStream`, `SessionWindowedKStream`, `KGroupedTable`). */
import {
  aggregateStream,
  aggregateTable,
  reducer,
  regroupTable,
  type GroupedTable,
  type RowAggregator,
} from '../../sql/operators/aggregates.ts';
import type { Row } from '../../sql/operators/row.ts';
import { aggregateSessions } from '../../sql/operators/sessions.ts';
import { aggregateSliding } from '../../sql/operators/sliding.ts';
import { mapTable, type Table } from '../../sql/operators/tables.ts';
import { aggregateWindows } from '../../sql/operators/windows.ts';
import type { WindowInfo } from '../../sql/plan/catalogue.ts';
import type { Call, RowAggregate } from '../../sql/plan/compile.ts';
import { keyFormOf } from '../../sql/plan/keyIdentity.ts';
import { pseudoColumns, type Column } from '../../sql/plan/schema.ts';
import type { Place } from '../../sql/syntax/ast.ts';
import { formatExpression } from '../../sql/syntax/formatExpression.ts';
import { typeText } from '../../sql/types/typeText.ts';
import type { ChainWindow, Field, Operator } from './chain.ts';
import { keyFormatOf, newKey, rekeyed } from './keys.ts';
import { columnsWith, compiled, fieldsOf, isStream, isTable, refuse, type ChainContext, type Rows } from './rows.ts';

/** Records by group, with the windows that they fall into. */
export interface Groups {
  readonly rows: Rows;
  readonly key: readonly Column[];
  /** Of a table: its rows by their new key. */
  readonly regrouped: GroupedTable | null;
  readonly window: ChainWindow | null;
}

export function grouped(context: ChainContext, rows: Rows, operator: Extract<Operator, { kind: 'groupBy' | 'groupByKey' }>): Groups {
  if (operator.kind === 'groupByKey') {
    if (!isStream(rows)) refuse('A table is grouped by something else than its key: write groupBy.', operator.at);
    if (rows.relation.schema.key.length === 0)
      refuse('The records have no key: write selectKey, or groupBy with an expression.', operator.at);
    return { rows, key: rows.relation.schema.key, regrouped: null, window: null };
  }
  const key = newKey(context, rows, operator.by, ({ expression }, i) =>
    expression.kind === 'column' || expression.kind === 'field' ? expression.name : operator.by.length === 1 ? 'ROWKEY' : `KEY${i + 1}`,
  );
  if (isStream(rows)) return { rows: rekeyed(context, rows, key, operator.at), key: key.columns, regrouped: null, window: null };
  if (!isTable(rows)) throw new Error('neither a stream nor a table');
  const { topology } = context;
  const form = keyFormOf(key.columns, keyFormatOf(context, rows, key.columns));
  const node = topology.structure.name('KTABLE-SELECT-');
  return {
    rows,
    key: key.columns,
    regrouped: regroupTable(topology, rows.relation.table, node, { keyOf: key.of, identity: form.identity }),
    window: null,
  };
}

/** What the states of groups are, and what is shown of them. */
interface Aggregation {
  readonly aggregator: RowAggregator;
  readonly fields: readonly Column[];
  readonly results: (state: Row) => Row;
}

type Aggregating = Extract<Operator, { kind: 'count' | 'aggregate' | 'reduce' }>;

function callsOf(
  operator: Extract<Aggregating, { kind: 'count' | 'aggregate' }>,
): readonly { readonly name: string; readonly call: Call }[] {
  const time = { kind: 'column', source: null, name: 'ROWTIME', at: operator.at } as const;
  const countOf = (at: Place): Call => ({ kind: 'call', name: 'COUNT', args: [time], at });
  if (operator.kind === 'count') return [{ name: operator.name, call: countOf(operator.at) }];
  return operator.fields.map(({ name, expression }) => {
    if (expression.kind !== 'call')
      refuse(
        `${formatExpression(expression)} is no aggregate: write a call such as sum(x), and compute with results in a map behind.`,
        expression.at,
      );
    return { name, call: expression.name === 'COUNT' && expression.args.length === 0 ? countOf(expression.at) : expression };
  });
}

function functionAggregation(
  context: ChainContext,
  rows: Rows,
  operator: Extract<Aggregating, { kind: 'count' | 'aggregate' }>,
): Aggregation {
  const calls = callsOf(operator);
  const aggregates = calls.map(({ call }): RowAggregate => {
    if (context.functions.kindOf(call.name) !== 'aggregate') refuse(`${call.name} is no aggregate function.`, call.at);
    return context.functions.aggregate(call, rows.relation.schema.value, context.config.settings);
  });
  if (isTable(rows)) {
    const once = calls.find((_call, i) => aggregates[i]!.undo === null);
    if (once) refuse(`${once.call.name} cannot take back rows of a table that change: aggregate a stream.`, once.call.at);
  }
  return {
    fields: calls.map(({ name }, i): Column => ({ name, type: aggregates[i]!.type })),
    results: (state) => aggregates.map((one, i) => one.result(state[i]!)),
    aggregator: {
      initial: () => aggregates.map((one) => one.initial()),
      add: (row, state, run) => aggregates.map((one, i) => one.add(state![i]!, row, run)),
      undo: (row, state, run) => aggregates.map((one, i) => (one.undo ? one.undo(state[i]!, row, run) : state[i]!)),
      merge: (left, right) => aggregates.map((one, i) => one.merge(left![i]!, right[i]!)),
    },
  };
}

/** What a reduced value's fields are called when the next record's stand beside them. */
const nextName = (name: string): string => `NEXT_${name}`;

/** Two values become one of the same fields (`Reducer`); what is not named is as in the newer one. */
function reducedAggregation(
  context: ChainContext,
  rows: Rows,
  { fields, at }: { readonly fields: readonly Field[]; readonly at: Place },
): Aggregation {
  if (isTable(rows)) refuse('reduce works on streams: rows of a table that change could not be taken back.', at);
  const columns = fieldsOf(rows);
  const both = [...columns, ...columns.map(({ name, type }): Column => ({ name: nextName(name), type }))];
  const reducers = columns.map(({ name, type }, i) => {
    const field = fields.find((one) => one.name === name);
    if (!field) return { evaluate: (row: Row) => row[columns.length + i]! };
    const made = compiled(context, field.expression, both);
    if (typeText(made.type) !== typeText(type))
      refuse(`${name} is ${typeText(type)} and has to stay so, but this is ${typeText(made.type)}: cast it.`, field.expression.at);
    return made;
  });
  const unknown = fields.find(({ name }) => !columns.some((column) => column.name === name));
  if (unknown) refuse(`${unknown.name} is no field of the records: reduce makes no new ones.`, unknown.expression.at);
  const reduced = reducer((state, row, run) => reducers.map(({ evaluate }) => evaluate([...state, ...row], run)));
  return {
    fields: columns,
    results: (state) => state,
    aggregator: { ...reduced, add: (row, state, run) => reduced.add(row.slice(0, columns.length), state, run) },
  };
}

/** The table of a group's results. */
export function aggregated(context: ChainContext, groups: Groups, operator: Aggregating): Rows {
  const { topology } = context;
  const { rows, key, window } = groups;
  const { aggregator, fields, results } =
    operator.kind === 'reduce' ? reducedAggregation(context, rows, operator) : functionAggregation(context, rows, operator);
  const table = tableOf(context, groups, aggregator);
  const isWindowed = window !== null;
  const value = columnsWith(fields, key, isWindowed);
  const named = mapTable(topology, table, {
    node: topology.structure.name('KTABLE-MAPVALUES-'),
    store: null,
    map: (state, { key: group, timestampMs, window: of }) => [
      ...results(state),
      ...[BigInt(timestampMs), null, null],
      ...group,
      ...(isWindowed ? [of && BigInt(of.startMs), of && BigInt(of.endMs)] : []),
    ],
  });
  const relation = {
    kind: 'TABLE',
    table: named,
    isMaterialised: true,
    schema: { key, value },
    keyFormat: keyFormatOf(context, rows, key),
    window: window && infoOf(window),
  } as const;
  return { relation, fields: fields.length, pseudo: pseudoColumns.length, graceMs: window && (window.graceMs ?? 0) };
}

const infoOf = (window: ChainWindow): WindowInfo =>
  window.kind === 'session'
    ? { type: 'SESSION', sizeMs: null }
    : { type: window.kind === 'tumbling' ? 'TUMBLING' : 'HOPPING', sizeMs: window.sizeMs };

function tableOf(context: ChainContext, { rows, key, regrouped, window }: Groups, aggregator: RowAggregator): Table {
  const { topology } = context;
  const store = topology.structure.storeName(regrouped ? 'KTABLE-AGGREGATE-' : 'KSTREAM-AGGREGATE-');
  const form = { ...keyFormOf(key, keyFormatOf(context, rows, key)), store, repartition: null };
  if (regrouped) return aggregateTable(topology, regrouped, aggregator, form);
  if (!isStream(rows)) throw new Error('a table without its groups');
  const { stream } = rows.relation;
  if (window === null) return aggregateStream(topology, stream, aggregator, form);
  const { sizeMs } = window;
  // Without a grace period windows close with their end (`ofSizeWithNoGrace`).
  const graceMs = window.graceMs ?? 0;
  const times = { graceMs, retentionMs: sizeMs + graceMs, emitFinalEveryMs: null };
  if (window.kind === 'session') return aggregateSessions(topology, stream, aggregator, form, { gapMs: sizeMs, ...times });
  if (window.kind === 'sliding')
    return aggregateSliding(topology, stream, aggregator, form, { differenceMs: sizeMs, graceMs, emitFinalEveryMs: null });
  return aggregateWindows(topology, stream, aggregator, form, {
    sizeMs,
    advanceMs: window.kind === 'hopping' ? window.advanceMs : sizeMs,
    ...times,
  });
}
