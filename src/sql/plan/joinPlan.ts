/** Joins put together (`LogicalPlanner.buildJoin`, `JoinNode`, `JoinParamsFactory`, `StreamStreamJoinBuilder`). */
import { joinForeignKey } from '../operators/foreignKeyJoin.ts';
import type { Row } from '../operators/row.ts';
import { joinStreams } from '../operators/streamJoin.ts';
import { repartitionStream } from '../operators/streams.ts';
import type { JoinRows } from '../operators/tableJoin.ts';
import { joinStreamTable, joinTables } from '../operators/tableJoin.ts';
import { materialise } from '../operators/tables.ts';
import type { Expression, Join } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { AnalysedItem } from './analysis.ts';
import { AliasGenerator, joinAlias } from './columnNames.ts';
import type { AnalysedSource } from './columnResolution.ts';
import { overRow } from './columnResolution.ts';
import { checkJoin } from './joinChecks.ts';
import type { ColumnReference } from './expressionTree.ts';
import { expressionKey } from './expressionTree.ts';
import { refuseMaps, requireFormat } from './formatChoice.ts';
import type { InnerJoinNode, JoinNode } from './joinTree.ts';
import { equivalentKeys, joinTreeOf, viableKeys } from './joinTree.ts';
import { identityOf } from './keyIdentity.ts';
import { rekeyRelation } from './partition.ts';
import type { PlanContext } from './planContext.ts';
import type { Relation } from './relation.ts';
import { keyIdentityOf, mapRelation, relationKeyForm } from './relation.ts';
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

/** Joins all sources of the query. */
export function planJoins(context: PlanContext): JoinedRelation {
  const root = joinTreeOf(context.analysis.joins) as InnerJoinNode;
  return buildJoin(root, context, '');
}

/** `place` is where a node stands in the tree, as ksqlDB's names of steps have it: `L_` on the left of the root, `L_R_` on the right of that. */
function buildNode(
  node: JoinNode,
  context: PlanContext,
  { place, side }: { readonly place: string; readonly side: 'Left' | 'Right' },
): Relation {
  if (node.kind === 'join') return buildJoin(node, context, `${place}${side[0]!}_`).relation;
  const { config, parseTimestamp } = context;
  return relationOfSource(context.topology, node.source.source, `KafkaTopic_${place}${side}`, {
    parseTimestamp,
    throwsOnInvalidTimestamp: config.throwsOnInvalidTimestamp,
  });
}

function buildJoin(node: InnerJoinNode, context: PlanContext, place: string): JoinedRelation {
  const { info } = node;
  const left = buildNode(node.left, context, { place, side: 'Left' });
  const right = buildNode(node.right, context, { place, side: 'Right' });
  const isForeign = checkJoin(node, left, right, context.functions);
  const key = isForeign ? ({ kind: 'foreign', left: info.left.source } as const) : joinKeyOf(node, context);
  const leftReady = prepare(
    { relation: left, node: node.left, expression: info.left.expression, isForeign, channel: `${place}Join-left-repartition` },
    context,
  );
  const rightReady = prepare(
    { relation: right, node: node.right, expression: info.right.expression, isForeign, channel: `${place}Join-right-repartition` },
    context,
  );
  if (isForeign) return { key, relation: foreignJoin(node, leftReady, rightReady, { context, place }) };
  const name = key.kind === 'synthetic' ? key.name : keyColumnName(key as Extract<JoinKey, { kind: 'column' }>, context.analysis.select);
  const shape = joinShape(name, leftReady.schema, rightReady.schema);
  const keyFormat = leftReady.keyFormat;
  const common = { schema: shape.schema, keyFormat, window: leftReady.window };
  if (leftReady.kind === 'TABLE' && rightReady.kind === 'TABLE') {
    const table = joinTables(leftReady.table, rightReady.table, { ...keeps(info.type), join: shape.join });
    return { key, relation: { ...common, kind: 'TABLE', table } };
  }
  if (leftReady.kind === 'TABLE') throw new Error('a table was joined with a stream');
  const stream =
    rightReady.kind === 'TABLE'
      ? joinStreamTable(leftReady.stream, rightReady.table, info.type === 'LEFT', shape.join)
      : streamJoin(info.type, { left: leftReady, right: rightReady, within: info.within!, join: shape.join, place }, context);
  return { key, relation: { ...common, kind: 'STREAM', stream } };
}

const keeps = (type: Join['type']) => ({
  keepsLeft: type === 'LEFT' || type === 'OUTER',
  keepsRight: type === 'RIGHT' || type === 'OUTER',
});

interface Sides {
  readonly left: Extract<Relation, { kind: 'STREAM' }>;
  readonly right: Extract<Relation, { kind: 'STREAM' }>;
  readonly within: NonNullable<Join['within']>;
  readonly join: JoinRows;
  readonly place: string;
}

/** Without GRACE PERIOD windows stay open for a day, and what finds nothing goes on at once. */
const dayMs = 86_400_000;

function streamJoin(type: Join['type'], { left, right, within, join, place }: Sides, { topology }: PlanContext) {
  const beforeMs = within.before.milliseconds;
  const afterMs = within.after.milliseconds;
  const graceMs = within.grace?.milliseconds ?? Math.max(0, dayMs - beforeMs - afterMs);
  const windows = { beforeMs, afterMs, graceMs, waitsForClose: within.grace !== null };
  const stores = {
    left: `${place}KSTREAM-JOINTHIS-store`,
    right: `${place}KSTREAM-JOINOTHER-store`,
    unmatched: `${place}KSTREAM-OUTERSHARED-store`,
  };
  const identity = keyIdentityOf(left);
  // A right join is the left join of the right stream: its own record is then the one that windows reach from.
  if (type === 'RIGHT')
    return joinStreams(topology, right.stream, left.stream, {
      ...{ windows, identity, stores, keepsLeft: true, keepsRight: false },
      join: (key, ofRight, ofLeft) => join(key, ofLeft, ofRight),
    });
  return joinStreams(topology, left.stream, right.stream, { windows, identity, stores, ...keeps(type), join });
}

interface Preparation {
  readonly relation: Relation;
  readonly node: JoinNode;
  readonly expression: Expression;
  readonly isForeign: boolean;
  /** The internal topic where keys have to change. */
  readonly channel: string;
}

/** Rows keyed by the expression that is joined on, their columns named after their source. */
function prepare({ relation, node, expression, isForeign, channel }: Preparation, context: PlanContext): Relation {
  const isJoined = node.kind === 'join';
  if (isJoined && (isForeign || equivalentKeys(node).has(expressionKey(expression)))) return relation;
  const keyed = isForeign ? relation : repartitioned(relation, overRow(expression, isJoined), channel, context);
  const named = isJoined ? keyed : prefixed(keyed, node.source.alias);
  named.schema.key.forEach(refuseMaps);
  return named;
}

function repartitioned(relation: Relation, by: Expression, channel: string, context: PlanContext): Relation {
  const rekeyed = rekeyRelation(relation, [by], context.functions, requireFormat(context.config.defaultKeyFormat));
  if (rekeyed === relation || rekeyed.kind === 'TABLE') return rekeyed;
  context.notes.repartitions++;
  return { ...rekeyed, stream: repartitionStream(context.topology, rekeyed.stream, relationKeyForm(rekeyed), channel) };
}

function prefixed(relation: Relation, alias: string): Relation {
  const rename = (column: Column): Column => ({ ...column, name: joinAlias(alias, column.name) });
  const schema: Schema = { key: relation.schema.key.map(rename), value: relation.schema.value.map(rename) };
  return mapRelation(relation, schema, (row) => row);
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

function foreignJoin(
  node: InnerJoinNode,
  left: Relation,
  right: Relation,
  { context: { topology, functions }, place }: { readonly context: PlanContext; readonly place: string },
): Relation {
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
    names: {
      subscriptions: `${place}KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-topic`,
      answers: `${place}KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-topic`,
      subscribers: `${place}KTABLE-FK-JOIN-SUBSCRIPTION-STATE-STORE`,
      output: `${place}KTABLE-FK-JOIN-OUTPUT-STATE-STORE`,
    },
  });
  const schema: Schema = { key: left.schema.key, value: [...left.schema.value, ...right.schema.value] };
  return { ...left, schema, table: materialise(topology, table, keyIdentityOf(left), `${place}Project-Last`) };
}

/** The names that `*` stands for after a join: each source's in the order of the joins, and first the key that the join made. */
export function joinStar(context: PlanContext, key: JoinKey, of: string | null): string[] {
  const order = (node: JoinNode): AnalysedSource[] => (node.kind === 'leaf' ? [node.source] : [...order(node.left), ...order(node.right)]);
  const names = order(joinTreeOf(context.analysis.joins))
    .filter(({ alias }) => of === null || alias === of)
    .flatMap(({ alias, schema }) => starNames(schema).map((name) => joinAlias(alias, name)));
  return of === null && key.kind === 'synthetic' ? [key.name, ...names] : names;
}
