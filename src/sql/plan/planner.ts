/** Statements in their order: sources are defined, queries put together, records inserted (`EngineContext`, `DdlCommandExec`). */
import type { SchemaRegistry } from '../formats/registry/schemaRegistry.ts';
import type { TopicRecord } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import { Topology } from '../operators/topology.ts';
import type { Property, Query, Statement } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { analyse } from './analysis.ts';
import type { DataSource } from './catalogue.ts';
import { Catalogue } from './catalogue.ts';
import type { Functions } from './compile.ts';
import { sourceOfStatement } from './createSource.ts';
import { insertedRecord } from './insertValues.ts';
import type { PlanConfig } from './planConfig.ts';
import type { PlanContext } from './planContext.ts';
import { planQuery } from './queryPlan.ts';
import type { Relation } from './relation.ts';
import { withDecimals } from './implicitCasts.ts';
import { checkInsertSchema, connectSink, sinkOfQuery } from './sink.ts';
import { SourceProperties } from './sourceProperties.ts';
import type { StoredTable } from './storedTable.ts';
import { storedTable } from './storedTable.ts';
import type { ParseTimestamp } from './timestamps.ts';
import { resolveType } from './typeNames.ts';
import type { SqlType } from '../types/sqlType.ts';

/** A query that runs until it is terminated, writing what it makes to its sink's topic. */
export interface PersistentQuery {
  readonly id: string;
  /** What it reads, in the order in which it names them. */
  readonly sourceTopics: readonly string[];
  readonly sink: DataSource;
  readonly topology: Topology;
  /** Where a task keeps the rows of a table; null for a stream. */
  readonly stored: StoredTable | null;
}

export interface PlannerOptions {
  /** The functions that there are, for expressions that may name types made by CREATE TYPE. */
  readonly functions: (types: ReadonlyMap<string, SqlType>) => Functions;
  readonly parseTimestamp: ParseTimestamp;
  /** Takes what INSERT … VALUES writes. */
  readonly insert: (topic: string, record: TopicRecord) => void;
  /** The schemas of topics; an empty one where it is left out. */
  readonly registry?: SchemaRegistry;
  /** Where values of inserted records are computed. */
  readonly run: Run;
}

/** What a sequence of statements has made so far. */
export class Planner {
  readonly catalogue: Catalogue;
  readonly queries: PersistentQuery[] = [];
  private readonly options: PlannerOptions;
  private readonly functions: Functions;
  private queryCount = 0;

  constructor(options: PlannerOptions) {
    this.options = options;
    this.catalogue = new Catalogue(options.registry);
    this.functions = options.functions(this.catalogue.types);
  }

  /** Executes one statement. Throws SqlError where it cannot be; then nothing has changed. */
  execute(statement: Statement, config: PlanConfig): void {
    switch (statement.kind) {
      case 'createSource':
        return this.createSource(statement, config);
      case 'createAsSelect':
        return this.createAsSelect(statement, config);
      case 'insertSelect':
        return this.insertSelect(statement, config);
      case 'insertValues': {
        const { topic, record } = insertedRecord(statement, {
          catalogue: this.catalogue,
          functions: this.functions,
          run: this.options.run,
        });
        return this.options.insert(topic, record);
      }
      case 'createType': {
        if (this.catalogue.types.has(statement.name) && !statement.ifNotExists)
          throw new SqlError(`Cannot register custom type '${statement.name}' since it is already registered with type.`);
        this.catalogue.types.set(statement.name, resolveType(statement.type, this.catalogue.types));
        return;
      }
      case 'dropType':
        if (!this.catalogue.types.delete(statement.name) && !statement.ifExists)
          throw new SqlError(`Type ${statement.name} does not exist.`);
        return;
      case 'drop':
        return this.drop(statement);
      case 'alterSource':
        return this.alter(statement);
      default:
        throw new SqlError(`Statements of this kind are not executed here: ${statement.kind}`, statement.at);
    }
  }

  private createSource(statement: Extract<Statement, { kind: 'createSource' }>, config: PlanConfig): void {
    const source = sourceOfStatement(statement, this.catalogue, config);
    if (this.catalogue.sources.has(source.name) && statement.ifNotExists) return;
    this.catalogue.sources.set(source.name, source);
    this.notePartitions(source.topic, statement.properties, null);
  }

  private notePartitions(topic: string, properties: readonly Property[], otherwise: number | null): void {
    const partitions = new SourceProperties(properties).partitions ?? otherwise;
    if (partitions !== null) this.catalogue.partitions.set(topic, partitions);
  }

  private plan(query: Query, sinkName: string, config: PlanConfig): { readonly context: PlanContext; readonly result: Relation } {
    const { parseTimestamp } = this.options;
    const { functions } = this;
    const analysis = analyse(query, this.catalogue, functions, true);
    const { catalogue } = this;
    const context: PlanContext = {
      topology: new Topology(),
      ...{ analysis, isPersistent: true },
      catalogue,
      config,
      functions,
      parseTimestamp,
    };
    return { context, result: planQuery(context, sinkName) };
  }

  /** The query that a statement would make. Throws SqlError as its execution would; nothing changes. */
  explain(statement: Extract<Statement, { kind: 'createAsSelect' | 'insertSelect' }>, config: PlanConfig): PersistentQuery {
    const number = this.queryCount;
    const made = statement.kind === 'insertSelect' ? this.insertQuery(statement, config) : this.createAsQuery(statement, config);
    this.queryCount = number;
    return made;
  }

  /** An id that no query has; the next ones count on from it. */
  nextQueryId(start: string): string {
    return `${start}_${String(this.queryCount++)}`;
  }

  /** Ends a query; what it has written stays, as does what it writes to. */
  terminate(queryId: string): void {
    const at = this.queries.findIndex(({ id }) => id === queryId);
    if (at >= 0) this.queries.splice(at, 1);
  }

  private createAsSelect(statement: Extract<Statement, { kind: 'createAsSelect' }>, config: PlanConfig): void {
    const { name, ifNotExists } = statement;
    if (this.catalogue.sources.has(name) && ifNotExists) return;
    const made = this.createAsQuery(statement, config);
    this.catalogue.sources.set(name, made.sink);
    this.notePartitions(made.sink.topic, statement.properties, this.catalogue.partitions.get(made.sourceTopics[0]!) ?? null);
    const replaced = this.queries.findIndex((one) => one.sink.name === name && !one.id.startsWith('INSERTQUERY'));
    if (replaced >= 0) this.queries[replaced] = { ...made, id: this.queries[replaced]!.id };
    else this.queries.push(made);
  }

  private createAsQuery(statement: Extract<Statement, { kind: 'createAsSelect' }>, config: PlanConfig): PersistentQuery {
    const { name, source: kind, orReplace, query } = statement;
    const existing = this.catalogue.sources.get(name);
    if (existing && !orReplace)
      throw new SqlError(`Cannot add ${kind.toLowerCase()} '${name}': A ${existing.kind.toLowerCase()} with the same name already exists`);
    if (existing?.isReadOnly)
      throw new SqlError(
        `Cannot add ${kind.toLowerCase()} '${name}': CREATE OR REPLACE is not supported on source ${kind.toLowerCase()}s.`,
      );
    const { context, result } = this.plan(query, name, config);
    const sink = sinkOfQuery({ kind, name, properties: new SourceProperties(statement.properties) }, result, context);
    connectSink(result, sink, context);
    return this.queryOf(kind === 'STREAM' ? 'CSAS' : 'CTAS', sink, context, result);
  }

  private insertSelect(statement: Extract<Statement, { kind: 'insertSelect' }>, config: PlanConfig): void {
    this.queries.push(this.insertQuery(statement, config));
  }

  private insertQuery({ target, query }: Extract<Statement, { kind: 'insertSelect' }>, config: PlanConfig): PersistentQuery {
    const sink = this.catalogue.source(target);
    if (sink.kind !== 'STREAM') throw new SqlError(`INSERT INTO can only be used to insert into a stream. ${target} is a table.`);
    if (sink.headers.length > 0) throw new SqlError(`Cannot insert into ${target} because it has header columns`);
    if (sink.isReadOnly) throw new SqlError(`Cannot insert into read-only stream: ${target}`);
    const { context, result } = this.plan(withDecimals(query, sink.schema), target, config);
    if (result.kind !== 'STREAM')
      throw new SqlError('Invalid result type. Your SELECT query produces a TABLE. INSERT INTO can only be used to insert into a stream.');
    checkInsertSchema(result, sink);
    connectSink(result, sink, context);
    return this.queryOf('INSERTQUERY', sink, context, result);
  }

  private queryOf(prefix: string, sink: DataSource, { topology, analysis }: PlanContext, result: Relation): PersistentQuery {
    const number = this.queryCount++;
    const id = prefix === 'INSERTQUERY' ? `INSERTQUERY_${String(number)}` : `${prefix}_${sink.name}_${String(number)}`;
    const sourceTopics = [...new Set(analysis.sources.map(({ source }) => source.topic))];
    const stored = result.kind === 'TABLE' ? storedTable(result.table, result, sink) : null;
    return { id, sourceTopics, sink, topology, stored };
  }

  private drop({ name, source: kind, ifExists, deleteTopic }: Extract<Statement, { kind: 'drop' }>): void {
    const existing = this.catalogue.sources.get(name);
    if (!existing) {
      if (ifExists) return;
      throw new SqlError(`${kind === 'STREAM' ? 'Stream' : 'Table'} ${name} does not exist.${this.catalogue.alternatives(name, kind)}`);
    }
    if (existing.kind !== kind) throw new SqlError(`Incompatible data source type is ${existing.kind}, but statement was DROP ${kind}`);
    if (deleteTopic && existing.isReadOnly) throw new SqlError(`Cannot delete topic for read-only source: ${name}`);
    this.catalogue.sources.delete(name);
    const kept = this.queries.filter(({ sink }) => sink.name !== name);
    this.queries.splice(0, this.queries.length, ...kept);
  }

  private alter({ name, source: kind, columns }: Extract<Statement, { kind: 'alterSource' }>): void {
    const existing = this.catalogue.source(name);
    if (existing.kind !== kind) throw new SqlError(`Incompatible data source type is ${existing.kind}, but statement was ALTER ${kind}`);
    if (existing.isQueried) throw new SqlError(`ALTER command is not supported for CREATE ... AS statements.`);
    const added = columns.map((column) => ({ name: column.name, type: resolveType(column.type, this.catalogue.types) }));
    const all = [...existing.schema.value, ...added];
    const twice = all.find((column, i) => all.findIndex((other) => other.name === column.name) !== i);
    if (twice) throw new SqlError(`Cannot add column \`${twice.name}\` to schema. A column with the same name already exists.`);
    this.catalogue.sources.set(name, { ...existing, schema: { key: existing.schema.key, value: all } });
  }
}
