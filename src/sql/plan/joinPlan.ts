/** Joins put together (`LogicalPlanner.buildJoin`, `JoinNode`, `JoinParamsFactory`, `StreamStreamJoinBuilder`). */
import { joinForeignKey } from '../operators/foreignKeyJoin.ts';
import type { Row } from '../operators/row.ts';
import { joinStreams } from '../operators/streamJoin.ts';
import type { Stream } from '../operators/streams.ts';
import type { JoinRows } from '../operators/tableJoin.ts';
import { joinStreamTable, joinTables } from '../operators/tableJoin.ts';
import type { Table } from '../operators/tables.ts';
import { Topology } from '../operators/topology.ts';
import type { Expression, Join } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { AnalysedItem } from './analysis.ts';
import { AliasGenerator, joinAlias } from './columnNames.ts';
import type { AnalysedSource } from './columnResolution.ts';
import { overRow } from './columnResolution.ts';
import { checkJoin, checkPartitions, isForeignJoin, isTable } from './joinChecks.ts';
import type { ForcedFormats } from './joinKeyFormats.ts';
import { isKeyed, joinKeyFormats } from './joinKeyFormats.ts';
import type { ColumnReference } from './expressionTree.ts';
import { expressionKey } from './expressionTree.ts';
import { refuseMaps } from './formatChoice.ts';
import type { InnerJoinNode, JoinNode } from './joinTree.ts';
import { joinTreeOf, viableKeys } from './joinTree.ts';
import { identityOf } from './keyIdentity.ts';
import { rekeyRelation } from './partition.ts';
import type { PlanContext } from './planContext.ts';
import type { Relation } from './relation.ts';
import { mapRelation, relationKeyForm } from './relation.ts';
import type { Column, Schema } from './schema.ts';
import { hasColumn, starNames } from './schema.ts';
import { relationOfSource } from './sourceRelation.ts';

/** What a join's key is: a column of a source, one that the join makes, or that of the left table of a foreign-key join. */
export type JoinKey =
  | { readonly kind: 'column'; readonly viable: readonly ColumnReference[] }
  | { readonly kind: 'synthetic'; readonly name: string }
  | { readonly kind: 'foreign'; readonly left: AnalysedSource };

export interface JoinedRelation {
  readonly relation: Relation;
  readonly key: JoinKey;
}

/** Joins all sources of the query. Throws SqlError where they cannot be. */
export function planJoins(context: PlanContext): JoinedRelation {
  const root = joinTreeOf(context.analysis.joins) as InnerJoinNode;
  checkPartitions(root, context.catalogue.partitions);
  const formats = joinKeyFormats(root, isForeignJoin, context.config.defaultKeyFormat);
  // Faults are told in the order of the statement, whereas nodes are numbered in the order in which ksqlDB puts them together.
  new JoinBuilder({ ...context, topology: new Topology() }, formats, true).build(root, '');
  return new JoinBuilder(context, formats, false).build(root, '');
}

type Side = 'Left' | 'Right';

/** `place` is where a node stands in the tree, as names of steps have it: `L_` on the left of the root, `L_R_` on the right of that. */
class JoinBuilder {
  private readonly context: PlanContext;
  private readonly formats: ForcedFormats;
  private readonly isChecking: boolean;

  constructor(context: PlanContext, formats: ForcedFormats, isChecking: boolean) {
    this.context = context;
    this.formats = formats;
    this.isChecking = isChecking;
  }

  build(node: InnerJoinNode, place: string): JoinedRelation {
    const { context } = this;
    const { topology, analysis } = context;
    const { info } = node;
    const { left, right, isForeign } = this.sides(node, place);
    const key = isForeign ? ({ kind: 'foreign', left: info.left.source } as const) : joinKeyOf(node, context);
    if (isForeign) return { key, relation: foreignJoin(node, left, right, context) };
    const name = key.kind === 'synthetic' ? key.name : keyColumnName(key as Extract<JoinKey, { kind: 'column' }>, analysis.select);
    const shape = joinShape(name, left.schema, right.schema);
    const common = { schema: shape.schema, keyFormat: left.keyFormat, window: left.window };
    if (left.kind === 'TABLE' && right.kind === 'TABLE') {
      const table = tableJoin(topology, info.type, { left: left.table, right: right.table, join: shape.join });
      return { key, relation: { ...common, kind: 'TABLE', table, isMaterialised: false } };
    }
    if (left.kind === 'TABLE') throw new Error('a table was joined with a stream');
    const opName = `${place}Join`;
    const { payload } = relationKeyForm(left);
    const stream =
      right.kind === 'TABLE'
        ? joinStreamTable(topology, left.stream, right.table, { name: opName, keepsLeft: info.type === 'LEFT', join: shape.join, payload })
        : streamJoin(info.type, { left, right, within: info.within!, join: shape.join, name: opName }, context);
    return { key, relation: { ...common, kind: 'STREAM', stream } };
  }

  /** Both sides keyed by what is joined on; a table is put together before the stream that it is joined with (`KSPlanBuilder.visitStreamTableJoin`). */
  private sides(node: InnerJoinNode, place: string): { readonly left: Relation; readonly right: Relation; readonly isForeign: boolean } {
    if (this.isChecking) {
      const left = this.source(node.left, { place, side: 'Left' });
      const right = this.source(node.right, { place, side: 'Right' });
      const isForeign = checkJoin(node, left, right, this.context.functions);
      return {
        left: this.prepare(left, { node: node.left, expression: node.info.left.expression, isForeign, name: `${place}Left` }),
        right: this.prepare(right, { node: node.right, expression: node.info.right.expression, isForeign, name: `${place}Right` }),
        isForeign,
      };
    }
    const isForeign = isForeignJoin(node);
    const build = (side: Side): Relation => {
      const [child, { expression }] = side === 'Left' ? [node.left, node.info.left] : [node.right, node.info.right];
      return this.prepare(this.source(child, { place, side }), { node: child, expression, isForeign, name: place + side });
    };
    if (!isTable(node.left) && isTable(node.right)) {
      const right = build('Right');
      return { left: build('Left'), right, isForeign };
    }
    const left = build('Left');
    return { left, right: build('Right'), isForeign };
  }

  private source(node: JoinNode, { place, side }: { readonly place: string; readonly side: Side }): Relation {
    if (node.kind === 'join') return this.build(node, `${place}${side[0]!}_`).relation;
    const { topology, config, parseTimestamp } = this.context;
    return relationOfSource(topology, node.source.source, `KafkaTopic_${place}${side}`, {
      parseTimestamp,
      throwsOnInvalidTimestamp: config.throwsOnInvalidTimestamp,
      isRekeyed: this.formats.has(node),
    });
  }

  /** Rows keyed by the expression that is joined on, their columns named after their source. */
  private prepare(relation: Relation, { node, expression, isForeign, name }: Preparation): Relation {
    const { context, formats } = this;
    if (isForeign || isKeyed(node, expression)) return node.kind === 'join' ? relation : this.named(relation, node.source.alias, name);
    const isJoined = node.kind === 'join';
    const rekeying = { name: `${name}SourceKeyed`, keyFormat: formats.get(node) ?? null };
    const keyed = rekeyRelation(relation, [overRow(expression, isJoined)], context, rekeying);
    if (isJoined) keyed.schema.key.forEach(refuseMaps);
    return isJoined ? keyed : this.named(keyed, node.source.alias, name);
  }

  private named(relation: Relation, alias: string, name: string): Relation {
    const rename = (column: Column): Column => ({ ...column, name: joinAlias(alias, column.name) });
    const schema: Schema = { key: relation.schema.key.map(rename), value: relation.schema.value.map(rename) };
    schema.key.forEach(refuseMaps);
    return mapRelation(this.context.topology, relation, `PrependAlias${name}`, { schema, map: (row) => row });
  }
}

interface Preparation {
  readonly node: JoinNode;
  readonly expression: Expression;
  readonly isForeign: boolean;
  /** The place and the side. */
  readonly name: string;
}

const keeps = (type: Join['type']) => ({
  keepsLeft: type === 'LEFT' || type === 'OUTER',
  keepsRight: type === 'RIGHT' || type === 'OUTER',
});

function tableJoin(
  topology: Topology,
  type: Join['type'],
  { left, right, join }: { readonly left: Table; readonly right: Table; readonly join: JoinRows },
): Table {
  if (type !== 'RIGHT') return joinTables(topology, left, right, { ...keeps(type), join });
  // A right join is the left join of the right table.
  return joinTables(topology, right, left, {
    keepsLeft: true,
    keepsRight: false,
    join: (key, ofRight, ofLeft) => join(key, ofLeft, ofRight),
  });
}

interface Sides {
  readonly left: Extract<Relation, { kind: 'STREAM' }>;
  readonly right: Extract<Relation, { kind: 'STREAM' }>;
  readonly within: NonNullable<Join['within']>;
  readonly join: JoinRows;
  readonly name: string;
}

/** Without GRACE PERIOD windows stay open for a day, and what finds nothing goes on at once. */
const dayMs = 86_400_000;

function streamJoin(type: Join['type'], { left, right, within, join, name }: Sides, { topology }: PlanContext): Stream {
  const beforeMs = within.before.milliseconds;
  const afterMs = within.after.milliseconds;
  const graceMs = within.grace?.milliseconds ?? Math.max(0, dayMs - beforeMs - afterMs);
  const windows = { beforeMs, afterMs, graceMs, waitsForClose: within.grace !== null };
  const common = { windows, name, form: relationKeyForm(left) };
  // A right join is the left join of the right stream: its own record is then the one that windows reach from.
  if (type === 'RIGHT')
    return joinStreams(topology, right.stream, left.stream, {
      ...{ ...common, keepsLeft: true, keepsRight: false },
      join: (key, ofRight, ofLeft) => join(key, ofLeft, ofRight),
    });
  return joinStreams(topology, left.stream, right.stream, { ...common, ...keeps(type), join });
}

function joinKeyOf(node: InnerJoinNode, context: PlanContext): JoinKey {
  const viable = viableKeys(node);
  if (viable.length > 0) return { kind: 'column', viable };
  const schemas = context.analysis.sources.filter((source) => containsSource(node, source)).map(({ source }) => source);
  const names = new AliasGenerator(schemas.flatMap(({ schema, headers }) => [...schema.key, ...schema.value, ...headers]));
  return { kind: 'synthetic', name: names.syntheticKey() };
}

const containsSource = (node: JoinNode, source: AnalysedSource): boolean =>
  node.kind === 'leaf' ? node.source === source : containsSource(node.left, source) || containsSource(node.right, source);

/** The viable column that SELECT names, else the first. */
function keyColumnName({ viable }: Extract<JoinKey, { kind: 'column' }>, select: readonly AnalysedItem[]): string {
  const chosen = viable.find((column) => selects(select, column)) ?? viable[0]!;
  return joinAlias(chosen.source!, chosen.name);
}

/** Whether SELECT has an expression, by itself or in a star (`Projection.containsExpression`). */
export function selects(select: readonly AnalysedItem[], expression: Expression): boolean {
  return select.some((item) => {
    if (item.kind === 'all') return item.source === null || (expression.kind === 'column' && expression.source === item.source);
    return expressionKey(item.kind === 'single' ? item.expression : item.base) === expressionKey(expression);
  });
}

/** Both sides' values, and the key where neither has it among them. */
function joinShape(keyName: string, left: Schema, right: Schema): { readonly schema: Schema; readonly join: JoinRows } {
  const [leftKey, rightKey] = [left.key, right.key];
  if (leftKey.length !== 1 || rightKey.length !== 1) throw new SqlError('Multi-key joins not supported');
  const key: Column = { name: keyName, type: leftKey[0]!.type };
  const both = [...left.value, ...right.value];
  const isAdded = !hasColumn(both, keyName);
  const nothing = { left: left.value.map(() => null), right: right.value.map(() => null) };
  return {
    schema: { key: [key], value: isAdded ? [...both, key] : both },
    join: (keyRow, leftRow, rightRow) => [
      ...(leftRow ?? nothing.left),
      ...(rightRow ?? nothing.right),
      ...(isAdded ? [keyRow?.[0] ?? null] : []),
    ],
  };
}

function foreignJoin(node: InnerJoinNode, left: Relation, right: Relation, { topology, functions }: PlanContext): Relation {
  if (left.kind !== 'TABLE' || right.kind !== 'TABLE') throw new Error('a foreign-key join of streams');
  if (node.info.type === 'RIGHT') throw new SqlError('RIGHT OUTER JOIN on a foreign key is not supported');
  if (node.info.type === 'OUTER') throw new SqlError('Outer-join not supported by FK-joins.');
  const foreign = functions.compile(overRow(node.info.left.expression, true), left.schema.value);
  const rowIdentity = identityOf([...left.schema.value, { name: '', type: { base: 'STRING' } }]);
  const nothing: Row = right.schema.value.map(() => null);
  const table = joinForeignKey(topology, left.table, right.table, {
    keepsLeft: node.info.type === 'LEFT',
    foreignKey: (row, run) => {
      const value = foreign.evaluate(row, run);
      return value === null ? null : [value];
    },
    join: (_key, leftRow, rightRow) => [...(leftRow ?? []), ...(rightRow ?? nothing)],
    left: relationKeyForm(left),
    right: relationKeyForm(right),
    version: rowIdentity,
  });
  const schema: Schema = { key: left.schema.key, value: [...left.schema.value, ...right.schema.value] };
  return { ...left, schema, table, isMaterialised: false };
}

/** The names that `*` stands for after a join: each source's in the order of the joins, and first the key that the join made. */
export function joinStar(context: PlanContext, key: JoinKey, of: string | null): string[] {
  const order = (node: JoinNode): AnalysedSource[] => (node.kind === 'leaf' ? [node.source] : [...order(node.left), ...order(node.right)]);
  const names = order(joinTreeOf(context.analysis.joins))
    .filter(({ alias }) => of === null || alias === of)
    .flatMap(({ alias, schema }) => starNames(schema).map((name) => joinAlias(alias, name)));
  return of === null && key.kind === 'synthetic' ? [key.name, ...names] : names;
}
