/** A chain of operators put together to the topology that Kafka Streams' `StreamsBuilder` would make of it. */
import type { DataSource } from '../../sql/plan/catalogue.ts';
import { keySide, valueSide } from '../../sql/plan/formatChoice.ts';
import { hasColumn, pseudoColumns } from '../../sql/plan/schema.ts';
import { connectSink } from '../../sql/plan/sink.ts';
import { SourceProperties } from '../../sql/plan/sourceProperties.ts';
import { globalTableOfSource, processingSchema, relationOfSource } from '../../sql/plan/sourceRelation.ts';
import { sourceNameOf } from '../implicitSources.ts';
import { aggregated, grouped, type Groups } from './aggregating.ts';
import type { Operator, Other } from './chain.ts';
import { joined, joinedGlobally } from './joining.ts';
import { newKey, rekeyed } from './keys.ts';
import { fieldsOf, isStream, refuse, type ChainContext, type Rows, type StreamRows } from './rows.ts';
import { suppressed } from './suppressing.ts';
import { branched, deduplicated, filtered, flatMapped, mapped, merged, peeked, repartitioned, toStream, toTable } from './transforms.ts';

/** What a chain reads and writes, each with its place in the text. */
export interface CompiledChain {
  readonly sources: readonly Other[];
  readonly sinks: readonly (Other & { readonly source: DataSource })[];
}

type Flow = { readonly kind: 'rows'; readonly rows: Rows } | { readonly kind: 'groups'; readonly groups: Groups };

class ChainBuilder {
  readonly sources: Other[] = [];
  readonly sinks: (Other & { readonly source: DataSource })[] = [];
  private readonly context: ChainContext;
  private flow: Flow | null = null;

  constructor(context: ChainContext) {
    this.context = context;
  }

  /** Puts one operator behind those before it. */
  add(operator: Operator): void {
    if (this.flow === null) {
      if (operator.kind !== 'stream' && operator.kind !== 'table')
        refuse(`A chain begins with stream or table, not with ${operator.kind}.`, operator.at);
      this.flow = { kind: 'rows', rows: this.read({ topic: operator.topic, at: operator.operandAt }, operator.kind === 'table') };
      return;
    }
    if (operator.kind === 'stream' || operator.kind === 'table')
      refuse(`A chain has one ${operator.kind} to begin with: join or merge others.`, operator.at);
    if (this.flow.kind === 'groups') return this.addToGroups(operator, this.flow.groups);
    this.flow = this.afterRows(operator, this.flow.rows);
  }

  /** What is read of a topic. */
  private read(other: Other, asTable: boolean): Rows {
    const source = this.sourceOf(other, asTable);
    const relation = relationOfSource(this.context.topology, source, sourceNameOf(other.topic), this.sourceOptions());
    return { relation, ...widthOf(source), graceMs: null };
  }

  private sourceOptions() {
    return { parseTimestamp: this.context.parseTimestamp, throwsOnInvalidTimestamp: false };
  }

  private sourceOf({ topic, at }: Other, asTable: boolean): DataSource {
    if (this.sources.some((one) => one.topic === topic)) refuse(`The chain reads ${topic} already; a topic is read once.`, at);
    this.sources.push({ topic, at });
    const known = this.context.sourceOf(topic, at);
    const source: DataSource = asTable ? { ...known, kind: 'TABLE' } : known;
    if (source.kind === 'TABLE' && source.schema.key.length === 0) refuse(`Records of ${topic} have no key, so they are no table.`, at);
    return source;
  }

  private addToGroups(operator: Operator, groups: Groups): void {
    switch (operator.kind) {
      case 'windowedBy':
        checkWindow(operator, groups);
        this.flow = { kind: 'groups', groups: { ...groups, window: operator.window } };
        return;
      case 'count':
      case 'aggregate':
      case 'reduce':
        this.flow = { kind: 'rows', rows: aggregated(this.context, groups, operator) };
        return;
      default:
        return refuse(`Groups are counted, aggregated or reduced next, or windowed; ${operator.kind} cannot stand here.`, operator.at);
    }
  }

  private afterRows(operator: Operator, rows: Rows): Flow {
    const { context } = this;
    switch (operator.kind) {
      case 'groupBy':
      case 'groupByKey':
        return { kind: 'groups', groups: grouped(context, rows, operator) };
      case 'windowedBy':
      case 'count':
      case 'aggregate':
      case 'reduce':
        return refuse(`${operator.kind} needs groups: write groupByKey or groupBy before it.`, operator.at);
      case 'suppress':
        return { kind: 'rows', rows: suppressed(context, rows, operator) };
      case 'to':
        this.sink(rows, { topic: operator.topic, at: operator.operandAt });
        return { kind: 'rows', rows };
      case 'join':
        return { kind: 'rows', rows: this.joined(rows, operator) };
      case 'filter':
      case 'filterNot':
        return { kind: 'rows', rows: filtered(context, rows, operator) };
      case 'map':
        return { kind: 'rows', rows: mapped(context, rows, operator) };
      case 'toStream':
        return { kind: 'rows', rows: toStream(context, rows, operator.at) };
      case 'peek':
        return { kind: 'rows', rows: peeked(context, rows) };
      default:
        if (!isStream(rows)) return refuse(`${operator.kind} works on streams: write toStream before it.`, operator.at);
        return { kind: 'rows', rows: this.afterStream(operator, rows) };
    }
  }

  private joined(rows: Rows, operator: Extract<Operator, { kind: 'join' }>): Rows {
    const { other, otherKind } = operator;
    const name = sourceNameOf(other.topic);
    if (otherKind === 'globalTable') return this.joinedGlobally(rows, operator, name);
    return joined(this.context, rows, { operator, right: this.read(other, otherKind === 'table'), name });
  }

  private joinedGlobally(rows: Rows, operator: Extract<Operator, { kind: 'join' }>, name: string): Rows {
    const source = this.sourceOf(operator.other, true);
    if (source.window !== null) refuse('Joins of windowed tables are not there in a chain: write them in SQL.', operator.at);
    const right = { relation: { schema: processingSchema(source) }, ...widthOf(source) };
    const table = globalTableOfSource(this.context.topology, source, this.sourceOptions());
    return joinedGlobally(this.context, rows, { operator, right, table, name });
  }

  private afterStream(operator: Operator, rows: StreamRows): Rows {
    const { context } = this;
    switch (operator.kind) {
      case 'selectKey':
        return rekeyed(
          context,
          rows,
          newKey(context, rows, [operator.by], () => 'ROWKEY'),
          operator.at,
        );
      case 'flatMap':
        return flatMapped(context, rows, operator);
      case 'branch': {
        const { taken, rest } = branched(context, rows, operator);
        this.sink(taken, operator.topic);
        return rest;
      }
      case 'merge':
        return merged(context, rows, this.read(operator.other, false), operator.other);
      case 'repartition':
        return repartitioned(context, rows);
      case 'toTable':
        return toTable(context, rows, operator.at);
      case 'deduplicate':
        return deduplicated(context, rows, operator);
      default:
        throw new Error(`${operator.kind} has no place in a chain`);
    }
  }

  private sink(rows: Rows, { topic, at }: Other): void {
    if (this.sinks.some((one) => one.topic === topic)) refuse(`The chain writes to ${topic} already.`, at);
    const { relation } = rows;
    const { key } = relation.schema;
    const value = fieldsOf(rows).filter(({ name }) => !hasColumn(key, name));
    const asked = new SourceProperties([]);
    const source: DataSource = {
      ...{ kind: relation.kind, name: sourceNameOf(topic), topic, schema: { key, value }, headers: [] },
      keyFormat: keySide(key.length === 0 ? 'NONE' : relation.keyFormat.format, key, asked.key, relation.keyFormat),
      valueFormat: valueSide('JSON', value, asked.value),
      ...{ window: relation.window, timestamp: null, isReadOnly: false, isQueried: true },
    };
    connectSink(relation, source, this.context);
    this.sinks.push({ topic, at, source });
  }
}

const widthOf = ({ schema, headers }: DataSource) => ({ fields: schema.value.length, pseudo: headers.length + pseudoColumns.length });

function checkWindow({ window, at, operandAt }: Extract<Operator, { kind: 'windowedBy' }>, groups: Groups): void {
  if (groups.regrouped !== null) refuse('Windows are of streams: a table has no times to fall into.', at);
  if (groups.window !== null) refuse('The groups have windows already.', at);
  if (window.sizeMs <= 0) refuse('A window needs a size.', operandAt);
  if (window.kind === 'hopping' && (window.advanceMs <= 0 || window.advanceMs > window.sizeMs))
    refuse('A hopping window advances by more than nothing and at most by its size.', operandAt);
}

/** Compiles a chain into the context's topology. Throws SqlError at the operator that cannot be where it stands. */
export function compileChain(operators: readonly Operator[], context: ChainContext): CompiledChain {
  const builder = new ChainBuilder(context);
  for (const operator of operators) builder.add(operator);
  const last = operators.at(-1);
  if (last && last.kind !== 'to' && last.kind !== 'branch')
    refuse('The chain ends without a result: write to and the name of a topic.', last.at);
  return { sources: builder.sources, sinks: builder.sinks };
}
