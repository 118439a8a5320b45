/**
 * Functions that ksqlDB's own tests add to the built-in ones (`io.confluent.ksql.function` of its engine's tests), said again here: some throw
 * when asked to, some give the name of the signature that was chosen, some take arguments of every number and kind.
 */
import { arrayType } from '../../src/sql/functions/aggregate/define.ts';
import type { Aggregate, AggregateFunction, FunctionLibrary, ScalarFunction, TableFunction } from '../../src/sql/functions/library.ts';
import { bound, functionLibrary, lenient } from '../../src/sql/functions/library.ts';
import { signature } from '../../src/sql/functions/overloads.ts';
import { decimalText } from '../../src/sql/types/decimal.ts';
import { doubleText } from '../../src/sql/types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../../src/sql/types/sqlType.ts';
import { primitive } from '../../src/sql/types/typeText.ts';
import { javaText } from '../../src/sql/types/values.ts';

const structA: SqlType = { base: 'STRUCT', fields: [{ name: 'A', type: primitive.STRING }] };

/** Says that it was called where a CASE should not have called it. */
const lazily =
  <T>(what: string) =>
  (result: T, mayRun: boolean): T => {
    if (!mayRun) throw new Error(`${what} expression in case is not running lazily!`);
    return result;
  };

const scalars: readonly ScalarFunction[] = [
  lenient('bad_udf', 'INT arg1', 'VARCHAR', () => {
    throw new Error('boom!');
  }),
  lenient('bad_udf', 'BOOLEAN arg', 'INT', (arg: boolean) => {
    if (arg) throw new Error('You asked me to throw...');
    return 0;
  }),
  bound('bad_udf', 'VARCHAR arg', 'VARCHAR', () => {
    let calls = 0;
    return ([arg]) => (calls++ % 2 === 0 ? null : (arg as SqlValue));
  }),
  lenient('test_udf', 'INT arg1, VARCHAR arg2', 'VARCHAR', () => 'doStuffIntString'),
  lenient('test_udf', 'BIGINT arg1, VARCHAR arg2', 'VARCHAR', () => 'doStuffLongString'),
  lenient('test_udf', 'BIGINT arg1, BIGINT arg2, VARCHAR arg3', 'VARCHAR', () => 'doStuffLongLongString'),
  lenient('test_udf', 'BIGINT... longs', 'VARCHAR', () => 'doStuffLongVarargs'),
  lenient('test_udf', 'STRUCT<A VARCHAR> struct', 'VARCHAR', ([a]: readonly SqlValue[]) => a!),
  lenient('test_udf', '', 'STRUCT<A VARCHAR>', () => ['foo']),
  lenient('tostruct', 'VARCHAR value', 'STRUCT<A VARCHAR>', (value: SqlValue) => [value]),
  lenient('WhenCondition', 'BOOLEAN retValue, BOOLEAN shouldBeEvaluated', 'BOOLEAN', lazily<boolean>('When')),
  lenient('WhenResult', 'INT retVal, BOOLEAN shouldBeEvaluated', 'INT', lazily<number>('Then')),
];

const rowsOf = (parameters: string, type: SqlType, rows: TableFunction['rows']): TableFunction => ({
  ...signature(parameters),
  name: 'test_udtf',
  returns: () => type,
  rows: (args) => {
    // Java cannot unbox it, or finds nothing to call a method of.
    if (args.includes(null)) throw new Error('null where test_udtf needs a value');
    return rows(args);
  },
});

const wideDecimal: SqlType = { base: 'DECIMAL', precision: 30, scale: 10 };

/** The seven values of a call as texts. */
const texts = ([i, l, d, b, s, bd, struct]: readonly SqlValue[]): SqlValue[] => [
  String(i as number),
  String(l as bigint),
  doubleText(d as number),
  String(b as boolean),
  s!,
  decimalText(bd as Decimal),
  javaText(struct!, structA),
];

const kinds = ['INT', 'BIGINT', 'DOUBLE', 'BOOLEAN', 'VARCHAR', 'DECIMAL', 'STRUCT<A VARCHAR>'];
const each = (wrap: (kind: string) => string): string => kinds.map((kind, i) => `${wrap(kind)} p${String(i)}`).join(', ');

const tables: readonly TableFunction[] = [
  rowsOf(
    each((kind) => kind),
    primitive.STRING,
    texts,
  ),
  rowsOf(
    each((kind) => `ARRAY<${kind}>`),
    primitive.STRING,
    (args) => texts(args.map((arg) => (arg as readonly SqlValue[])[0]!)),
  ),
  rowsOf(
    each((kind) => `MAP<VARCHAR, ${kind}>`),
    primitive.STRING,
    (args) => texts(args.map((arg) => [...(arg as ReadonlyMap<SqlValue, SqlValue>).values()][0]!)),
  ),
  ...([primitive.INTEGER, primitive.BIGINT, primitive.DOUBLE, primitive.BOOLEAN, primitive.STRING, structA, wideDecimal] as const).map(
    (type) =>
      rowsOf(type === structA ? 'STRUCT<A VARCHAR> p' : type === wideDecimal ? 'DECIMAL p' : `${type.base} p`, type, ([value]) => [value!]),
  ),
  {
    ...signature('BOOLEAN shouldThrow'),
    name: 'throwing_udtf',
    returns: () => primitive.BOOLEAN,
    rows: ([shouldThrow]) => {
      if (shouldThrow) throw new Error('You asked me to throw...');
      return [shouldThrow!];
    },
  },
];

/** What a long, an integer or a text adds to a sum: itself, or its length. */
function weight(value: SqlValue): bigint {
  if (value === null) return 0n;
  return typeof value === 'bigint' ? value : BigInt(typeof value === 'string' ? value.length : (value as number));
}

const total = (values: readonly SqlValue[]): bigint => values.reduce<bigint>((sum, value) => sum + weight(value), 0n);

const weights = (initial: bigint, atTheEnd = 0n): Aggregate => ({
  type: primitive.BIGINT,
  stateType: primitive.BIGINT,
  initial,
  add: (state, args) => (state as bigint) + total(args),
  merge: (first, second) => (first as bigint) + (second as bigint),
  result: (state) => (state as bigint) + atTheEnd,
});

/** The first argument of each row of which no argument is null. */
const complete = (type: SqlType): Aggregate => ({
  type: arrayType(type),
  stateType: arrayType(type),
  initial: [],
  add: (state, args) => (args.includes(null) ? state : [...(state as readonly SqlValue[]), args[0]!]),
  merge: (first, second) => [...(first as readonly SqlValue[]), ...(second as readonly SqlValue[])],
  result: (state) => state,
});

const sums = (type: SqlType, zero: 0 | 0n): Aggregate => {
  const plus = (state: SqlValue, value: SqlValue, sign: 1 | -1): SqlValue =>
    zero === 0 ? (state as number) + sign * (value as number) : (state as bigint) + BigInt(sign) * BigInt(value as number);
  return {
    type,
    stateType: type,
    initial: zero,
    add: (state, [value = null]) => plus(state, value, 1),
    undo: (state, [value = null]) => plus(state, value, -1),
    merge: (first, second) => plus(first, second, 1),
    result: (state) => state,
  };
};

/** One signature for each number of literals at the end, since a call's number of them belongs to its signature. */
const withTexts = (name: string, columns: string): AggregateFunction[] =>
  [0, 1, 2, 3, 4].map((count) => ({
    ...signature([columns, 'INT initArg1', ...Array.from({ length: count }, (_, i) => `VARCHAR initArg2${String(i)}`)].join(', ')),
    name,
    literals: count + 1,
    create: (_types, literals) => weights(total(literals)),
  }));

const aggregates: readonly AggregateFunction[] = [
  ...withTexts('MULTI_ARG', 'BIGINT a, VARCHAR b'),
  ...withTexts('FOUR_ARG', 'BIGINT a, VARCHAR b, VARCHAR c, VARCHAR d'),
  ...withTexts('FIVE_ARG', 'BIGINT a, VARCHAR b, VARCHAR c, VARCHAR d, INT e'),
  { ...signature('BIGINT a, VARCHAR... b'), name: 'VAR_ARG', literals: 0, create: () => weights(0n) },
  {
    ...signature('BIGINT a, VARCHAR... b, INT first, INT second'),
    name: 'MID_VAR_ARG',
    literals: 2,
    create: (_types, literals) => weights(0n, total(literals)),
  },
  { ...signature('INT a, ANY... b'), name: 'OBJ_COL_ARG', literals: 0, create: ([type]) => complete(type!) },
  { ...signature('A a, B b, C... c'), name: 'GENERIC_VAR_ARG', literals: 0, create: ([type]) => complete(type!) },
  { ...signature('BIGINT val'), name: 'test_udaf', literals: 0, create: () => sums(primitive.BIGINT, 0n) },
  { ...signature('INT val'), name: 'test_udaf', literals: 0, create: () => sums(primitive.BIGINT, 0n) },
  { ...signature('DOUBLE val'), name: 'test_udaf', literals: 0, create: () => sums(primitive.DOUBLE, 0) },
];

/** A library with these functions besides its own. */
export function withTestFunctions(library: FunctionLibrary): FunctionLibrary {
  const added = functionLibrary(scalars, tables, aggregates);
  return {
    scalars: new Map([...library.scalars, ...added.scalars]),
    tables: new Map([...library.tables, ...added.tables]),
    aggregates: new Map([...library.aggregates, ...added.aggregates]),
  };
}
