/** Other keys: PARTITION BY, and what a join needs (`UserRepartitionNode`, `PreJoinRepartitionNode`, `PartitionByParamsFactory`). */
import type { Row, StreamRecord } from '../operators/row.ts';
import { rekeyStream } from '../operators/streams.ts';
import type { Run } from '../operators/topology.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import type { SideFormat } from './catalogue.ts';
import { AliasGenerator } from './columnNames.ts';
import type { Functions } from './compile.ts';
import { columnsOf } from './expressionTree.ts';
import { formatOf, refusedColumn } from '../formats/format.ts';
import type { Relation } from './relation.ts';
import type { Column, Schema } from './schema.ts';
import { hasColumn } from './schema.ts';

const isNull = (expression: Expression): boolean => expression.kind === 'null';

/** Whether rows have to move to be together with those of equal expressions (`Repartitioning.repartitionNeeded`). */
export function needsRepartition({ key }: Schema, by: readonly Expression[]): boolean {
  if (key.length !== by.length) return true;
  return by.some((expression, i) => expression.kind !== 'column' || expression.name !== key[i]!.name);
}

/** A format for keys of other columns: JSON where the old one cannot hold them, the default where there was none (`sanitizeKeyFormat`). */
export function keyFormatFor(format: SideFormat, key: readonly Column[], defaultFormat: SideFormat['format']): SideFormat {
  const base = format.format === 'NONE' && key.length > 0 ? defaultFormat : format.format;
  const isUnfit = (key.length > 1 && base === 'KAFKA') || refusedColumn(base, key) !== null;
  const name = isUnfit ? 'JSON' : base;
  const { canWrap, canUnwrap } = formatOf(name)!;
  return { format: name, delimiter: format.delimiter, wrapping: key.length === 1 && canWrap && canUnwrap ? 'UNWRAP_SINGLES' : null };
}

/** Gives a relation the key of these expressions, over its row; a key that is no column of the row yet becomes one. */
export function rekeyRelation(
  relation: Relation,
  by: readonly Expression[],
  functions: Functions,
  defaultFormat: SideFormat['format'],
): Relation {
  if (!needsRepartition(relation.schema, by)) return relation;
  if (relation.kind === 'TABLE') throw tableCannotMove(relation.schema, by);
  if (relation.window)
    throw new SqlError(
      'Implicit repartitioning of windowed sources is not supported. See https://github.com/confluentinc/ksql/issues/4385.',
    );
  const { schema } = relation;
  if (by.some(isNull)) {
    if (by.length > 1) throw new SqlError('Cannot PARTITION BY multiple columns including NULL');
    const stream = rekeyStream(relation.stream, ({ value }) => ({ key: null, value }));
    return { ...relation, schema: { key: [], value: schema.value }, stream };
  }
  const names = new AliasGenerator([...schema.key, ...schema.value]);
  const columns = by.map((expression) => ({ expression, isNew: expression.kind !== 'column' }));
  const evaluators = columns.map(({ expression }) => keyEvaluator(expression, schema, functions));
  const key = columns.map(({ expression }, i): Column => {
    const type = evaluators[i]!.type;
    if (type === null) throw new SqlError(`Cannot partition by ${formatExpression(expression)}: it has no type.`);
    return { name: expression.kind === 'column' ? expression.name : names.aliasFor(expression), type };
  });
  const added = key.filter((_column, i) => columns[i]!.isNew);
  const stream = rekeyStream(relation.stream, (record, run) => {
    const values = evaluators.map(({ evaluate }) => evaluate(record, run));
    const newKey: Row | null = values.every((value) => value === null) && values.length === 1 ? null : values;
    const value = record.value && (added.length > 0 ? [...record.value, ...values.filter((_value, i) => columns[i]!.isNew)] : record.value);
    return { key: newKey, value };
  });
  const newSchema: Schema = { key, value: [...schema.value, ...added] };
  return { ...relation, schema: newSchema, keyFormat: keyFormatFor(relation.keyFormat, key, defaultFormat), stream };
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
