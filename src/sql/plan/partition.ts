/** Other keys: PARTITION BY, and what a join needs (`UserRepartitionNode`, `PreJoinRepartitionNode`, `PartitionByParamsFactory`). */
import type { Row, StreamRecord } from '../operators/row.ts';
import { passStream, rekeyStream, repartitionStream } from '../operators/streams.ts';
import { streamOfTable, tableOfStream } from '../operators/tables.ts';
import type { Run, Topology } from '../operators/topology.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import type { SideFormat } from './catalogue.ts';
import { AliasGenerator } from './columnNames.ts';
import type { Functions } from './compile.ts';
import { columnsOf } from './expressionTree.ts';
import { formatOf, refusedColumn } from '../formats/format.ts';
import { requireFormat } from './formatChoice.ts';
import { keyFormOf } from './keyIdentity.ts';
import type { PlanContext } from './planContext.ts';
import type { Relation } from './relation.ts';
import type { Column, Schema } from './schema.ts';
import { hasColumn } from './schema.ts';

const isNull = (expression: Expression): boolean => expression.kind === 'null';

/** Whether rows have to move to be together with those of equal expressions; those of several key columns always do (`Repartitioning.repartitionNeeded`). */
export function needsRepartition({ key }: Schema, by: readonly Expression[]): boolean {
  const [expression] = by;
  if (key.length !== 1 || by.length !== 1) return true;
  return expression!.kind !== 'column' || expression!.name !== key[0]!.name;
}

/** A format for keys of other columns: JSON where the old one cannot hold them, the default where there was none (`sanitizeKeyFormat`). */
export function keyFormatFor(format: SideFormat, key: readonly Column[], defaultFormat: SideFormat['format']): SideFormat {
  const base = format.format === 'NONE' && key.length > 0 ? defaultFormat : format.format;
  const needsSchema = formatOf(base)!.schemaType !== null;
  const isUnfit = (key.length > 1 && base === 'KAFKA') || refusedColumn(base, key) !== null || (needsSchema && !format.schema);
  const name = isUnfit ? 'JSON' : base;
  const { canWrap, canUnwrap } = formatOf(name)!;
  // Keys of an internal topic have a schema of their own, whatever the source's topic has.
  const schema = format.schema && { ...format.schema, id: null, subject: 'internal-key' };
  return {
    ...{ format: name, delimiter: format.delimiter, wrapping: key.length === 1 && canWrap && canUnwrap ? 'UNWRAP_SINGLES' : null },
    ...(schema && { schema }),
  };
}

export interface Rekeying {
  /** The step's name. */
  readonly name: string;
  /** The format that keys get where a join needs it to be that of its other side; null: as it was. */
  readonly keyFormat: SideFormat | null;
}

/** Gives a relation the key of these expressions, over its row; a key that is no column of the row yet becomes one. */
export function rekeyRelation(relation: Relation, by: readonly Expression[], context: PlanContext, rekeying: Rekeying): Relation {
  const { topology } = context;
  const node = `${rekeying.name}-SelectKey`;
  const isSame = !needsRepartition(relation.schema, by);
  if (isSame && !rekeying.keyFormat) return relation;
  if (relation.kind === 'TABLE') return rekeyTable(relation, by, isSame, { topology, ...rekeying });
  if (relation.window && !(isSame && isForced(rekeying.keyFormat))) throw windowsCannotMove();
  const { schema } = relation;
  const name = topology.structure.name('KSTREAM-MAP-', node);
  if (isSame) {
    const stream = { ...passStream(topology, relation.stream, name), isRekeyed: true };
    return { ...relation, keyFormat: rekeying.keyFormat!, stream };
  }
  if (by.some(isNull)) {
    if (by.length > 1) throw new SqlError('Cannot PARTITION BY multiple columns including NULL');
    const stream = rekeyStream(topology, relation.stream, name, ({ value }) => ({ key: null, value }));
    return { ...relation, schema: { key: [], value: schema.value }, stream };
  }
  const { key, added, rekey } = keyOf(schema, by, context.functions);
  const stream = rekeyStream(topology, relation.stream, name, rekey);
  const newSchema: Schema = { key, value: [...schema.value, ...added] };
  const defaultFormat = requireFormat(context.config.defaultKeyFormat);
  return { ...relation, schema: newSchema, keyFormat: keyFormatFor(rekeying.keyFormat ?? relation.keyFormat, key, defaultFormat), stream };
}

/** Formats of keys that carry a schema's id, by which equal keys can be different bytes: joins rekey both sides to them. */
export const hasSchemaId = ({ format }: SideFormat): boolean => ['AVRO', 'JSON_SR', 'PROTOBUF'].includes(format);
const isForced = (format: SideFormat | null): boolean => format !== null && hasSchemaId(format);

const windowsCannotMove = (): SqlError =>
  new SqlError('Implicit repartitioning of windowed sources is not supported. See https://github.com/confluentinc/ksql/issues/4385.');

function keyOf(schema: Schema, by: readonly Expression[], functions: Functions) {
  const names = new AliasGenerator([...schema.key, ...schema.value]);
  const columns = by.map((expression) => ({ expression, isNew: expression.kind !== 'column' }));
  const evaluators = columns.map(({ expression }) => keyEvaluator(expression, schema, functions));
  const key = columns.map(({ expression }, i): Column => {
    const type = evaluators[i]!.type;
    if (type === null) throw new SqlError(`Cannot partition by ${formatExpression(expression)}: it has no type.`);
    return { name: expression.kind === 'column' ? expression.name : names.aliasFor(expression), type };
  });
  const added = key.filter((_column, i) => columns[i]!.isNew);
  const rekey = (record: StreamRecord, run: Run) => {
    const values = evaluators.map(({ evaluate }) => evaluate(record, run));
    const newKey: Row | null = values.every((value) => value === null) && values.length === 1 ? null : values;
    const value = record.value && (added.length > 0 ? [...record.value, ...values.filter((_value, i) => columns[i]!.isNew)] : record.value);
    return { key: newKey, value };
  };
  return { key, added, rekey };
}

/** A table's rows under the same key in another form, through an internal topic (`TableSelectKeyBuilder`). */
function rekeyTable(
  relation: Extract<Relation, { kind: 'TABLE' }>,
  by: readonly Expression[],
  isSame: boolean,
  { topology, name, keyFormat }: Rekeying & { readonly topology: Topology },
): Relation {
  if (!isSame || relation.schema.key.length > 1) throw tableCannotMove(relation.schema, by);
  if (relation.window) throw windowsCannotMove();
  const { structure } = topology;
  const format = keyFormat!;
  const rows = streamOfTable(topology, relation.table);
  const mapped = passStream(topology, rows, structure.name('KSTREAM-MAP-', `${name}-SelectKey-Mapper`));
  const node = structure.name('KSTREAM-TOTABLE-', `${name}-SelectKey`);
  const { identity, payload } = keyFormOf(relation.schema.key, format);
  const moved = repartitionStream(topology, mapped, { payload, name: node, keepsNullKeys: false });
  const table = tableOfStream(topology, moved, { identity, node, store: `${name}-Materialize`, isKept: true });
  return { ...relation, keyFormat: format, table, isMaterialised: true };
}

/** An expression over key columns alone has a value even where the record has none. */
function keyEvaluator(expression: Expression, schema: Schema, functions: Functions) {
  const isOfKey = columnsOf(expression).every(({ name }) => hasColumn(schema.key, name));
  const { type, evaluate } = functions.compile(expression, isOfKey ? schema.key : schema.value);
  const noKey: Row = schema.key.map(() => null);
  return {
    type,
    evaluate: (record: StreamRecord, run: Run) => {
      if (isOfKey) return evaluate(record.key ?? noKey, run);
      return record.value && evaluate(record.value, run);
    },
  };
}

function tableCannotMove({ key }: Schema, by: readonly Expression[]): SqlError {
  if (key.length > 1)
    return new SqlError(
      'Cannot repartition a TABLE source. If this is a join, joins on tables with multiple columns is not yet supported.',
    );
  return new SqlError(
    `Cannot repartition a TABLE source. If this is a join, make sure that the criteria uses the TABLE's key column ${key[0]!.name} instead of [${by.map((e) => formatExpression(e)).join(', ')}]`,
  );
}
