/** Operators that make one stream or table of another and keep nothing, or only what a table's rows are. */
import type { StreamRecord } from '../../sql/operators/row.ts';
import { splitStream, toTable as tableOfLatest } from '../../sql/operators/branches.ts';
import { deduplicateStream } from '../../sql/operators/deduplicate.ts';
import { filterStream, flatMapStream, passStream, repartitionStream, type Stream } from '../../sql/operators/streams.ts';
import { filterTable, passTable, streamOfTable } from '../../sql/operators/tables.ts';
import { Outlet, type Run } from '../../sql/operators/topology.ts';
import { identityOf, keyFormOf } from '../../sql/plan/keyIdentity.ts';
import { pseudoColumns, type Column } from '../../sql/plan/schema.ts';
import type { Place } from '../../sql/syntax/ast.ts';
import { typeText } from '../../sql/types/typeText.ts';
import type { Operator, Other } from './chain.ts';
import {
  compiled,
  condition,
  fieldsOf,
  isStream,
  isTable,
  refuse,
  withFields,
  type ChainContext,
  type Rows,
  type StreamRows,
} from './rows.ts';

type Of<K extends Operator['kind']> = Extract<Operator, { kind: K }>;

export const withStream = (rows: StreamRows, stream: Stream): StreamRows => ({ ...rows, relation: { ...rows.relation, stream } });

const formOf = ({ relation }: Rows) => keyFormOf(relation.schema.key, relation.keyFormat);

export function filtered(context: ChainContext, rows: Rows, operator: Of<'filter'> | Of<'filterNot'>): Rows {
  const { topology } = context;
  const holds = condition(context, operator.condition, rows);
  const passes: typeof holds = operator.kind === 'filter' ? holds : (row, run) => !holds(row, run);
  if (isStream(rows))
    return withStream(rows, filterStream(topology, rows.relation.stream, topology.structure.name('KSTREAM-FILTER-'), passes));
  if (!isTable(rows)) throw new Error('neither a stream nor a table');
  const table = filterTable(topology, rows.relation.table, topology.structure.name('KTABLE-FILTER-'), passes);
  return { ...rows, relation: { ...rows.relation, table } };
}

export function mapped(context: ChainContext, rows: Rows, { fields: made }: Of<'map'>): Rows {
  const parts = made.map(({ expression }) => compiled(context, expression, rows.relation.schema.value));
  const twice = made.find(({ name }, i) => made.findIndex((other) => other.name === name) !== i);
  if (twice) refuse(`${twice.name} is made twice.`, twice.expression.at);
  const fields = made.map(({ name }, i): Column => ({ name, type: parts[i]!.type }));
  return withFields(context, rows, fields, (row, run) => parts.map(({ evaluate }) => evaluate(row, run)));
}

/** A node that looks at what passes and changes nothing. */
export function peeked({ topology }: ChainContext, rows: Rows): Rows {
  const { structure } = topology;
  if (isStream(rows)) return withStream(rows, passStream(topology, rows.relation.stream, structure.name('KSTREAM-PEEK-')));
  if (!isTable(rows)) throw new Error('neither a stream nor a table');
  return { ...rows, relation: { ...rows.relation, table: passTable(topology, rows.relation.table, structure.name('KTABLE-MAPVALUES-')) } };
}

export function toStream({ topology }: ChainContext, rows: Rows, at: Place): Rows {
  if (!isTable(rows)) return refuse('It is a stream already.', at);
  const { schema, keyFormat, window, table } = rows.relation;
  return { ...rows, relation: { kind: 'STREAM', schema, keyFormat, window, stream: streamOfTable(topology, table) } };
}

export function toTable({ topology }: ChainContext, rows: StreamRows, at: Place): Rows {
  const { stream, schema, keyFormat, window } = rows.relation;
  if (schema.key.length === 0) refuse('The records have no key: write selectKey before.', at);
  const table = tableOfLatest(topology, stream, formOf(rows), { name: null, store: null });
  return { ...rows, relation: { kind: 'TABLE', schema, keyFormat, window, table, isMaterialised: true } };
}

/** Records of a key, and of what `by` says besides, once within a time. */
export function deduplicated(context: ChainContext, rows: StreamRows, { by, withinMs, at }: Of<'deduplicate'>): StreamRows {
  const { stream, schema } = rows.relation;
  if (schema.key.length === 0) refuse('The records have no key: write selectKey before.', at);
  const id = by && compiled(context, by, schema.value);
  const identity = id && identityOf([{ name: '', type: id.type }]);
  const idOf = (record: StreamRecord, run: Run): string | null => {
    const value = record.value && id!.evaluate(record.value, run);
    return value === null ? null : identity!([value]);
  };
  const options = { ...formOf(rows), intervalMs: withinMs, idOf: id && idOf, name: null };
  return withStream(rows, deduplicateStream(context.topology, stream, options));
}

export function repartitioned({ topology }: ChainContext, rows: StreamRows): StreamRows {
  const name = topology.structure.name('KSTREAM-REPARTITION-');
  return withStream(rows, repartitionStream(topology, rows.relation.stream, { ...formOf(rows), name, keepsNullKeys: true }));
}

/** Records for which the condition holds go one way, the others on (`KStream.split`). */
export function branched(
  context: ChainContext,
  rows: StreamRows,
  operator: Of<'branch'>,
): { readonly taken: StreamRows; readonly rest: StreamRows } {
  const { topology } = context;
  const holds = condition(context, operator.condition, rows);
  const [taken, rest] = splitStream(topology, rows.relation.stream, topology.structure.name('KSTREAM-BRANCH-'), [
    (record, run) => record.value !== null && holds(record.value, run),
  ]);
  return { taken: withStream(rows, taken!), rest: withStream(rows, rest!) };
}

/** A record for each element of an array, which is a field like the others then, or takes the place of one of its name. */
export function flatMapped(context: ChainContext, rows: StreamRows, { list, name }: Of<'flatMap'>): StreamRows {
  const { topology } = context;
  const { schema, stream } = rows.relation;
  const { type, evaluate } = compiled(context, list, schema.value);
  if (type.base !== 'ARRAY') return refuse(`flatMap goes through an ARRAY, but this is ${typeText(type)}.`, list.at);
  const kept = fieldsOf(rows).findIndex((column) => column.name === name);
  const place = kept < 0 ? rows.fields : kept;
  const after = kept < 0 ? place : place + 1;
  const expanded = flatMapStream(topology, stream, topology.structure.name('KSTREAM-FLATMAPVALUES-'), (row, run) => {
    const items = evaluate(row, run) as readonly (typeof row)[number][] | null;
    return (items ?? []).map((item) => [...row.slice(0, place), item, ...row.slice(after)]);
  });
  const value = [...schema.value.slice(0, place), { name, type: type.item }, ...schema.value.slice(after)];
  const relation = { ...rows.relation, schema: { key: schema.key, value }, stream: expanded };
  return { ...rows, fields: rows.fields + (kept < 0 ? 1 : 0), relation };
}

/** Records of both streams, those of the other one with the fields that this one has. */
export function merged({ topology }: ChainContext, rows: StreamRows, right: Rows, { topic, at: place }: Other): StreamRows {
  if (!isStream(right)) return refuse(`${topic} is a table: only streams are merged.`, place);
  const of = fieldsOf(right);
  const at = fieldsOf(rows).map(({ name, type }) => {
    const found = of.findIndex((column) => column.name === name);
    if (found < 0 || typeText(of[found]!.type) !== typeText(type))
      refuse(`Merged streams have the same fields: ${topic} has no ${name} ${typeText(type)}.`, place);
    return found;
  });
  const [key, otherKey] = [rows, right].map(({ relation }) => relation.schema.key.map(({ type }) => typeText(type)).join(', '));
  if (key !== otherKey) refuse(`Merged streams have keys of one type: ${key || 'none'} here, ${otherKey || 'none'} of ${topic}.`, place);
  const records = new Outlet<StreamRecord>();
  const [own, theirs] = [rows.relation.stream, right.relation.stream];
  own.records.connect((record, run) => records.emit(record, run));
  // Headers are columns of SQL's declarations alone; the other side's are left out.
  const timeAt = right.fields + right.pseudo - pseudoColumns.length;
  const padding = Array<null>(rows.pseudo - pseudoColumns.length).fill(null);
  theirs.records.connect((record, run) => {
    const { value } = record;
    records.emit({ ...record, value: value && [...at.map((index) => value[index]!), ...padding, ...value.slice(timeAt)] }, run);
  });
  const { structure } = topology;
  const node = structure.processor(structure.name('KSTREAM-MERGE-'), [own.node, theirs.node]);
  const sources = [...own.sources, ...theirs.sources];
  return withStream(rows, { records, node, sources, isRekeyed: own.isRekeyed || theirs.isRekeyed });
}
