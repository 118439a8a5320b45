import { describe, expect, test } from 'vitest';
import { decimal } from '../types/decimal.ts';
import { compiled, logged, typeTextOf, valueOf } from './expressionFixture.ts';

const number = { A: 'INT', B: 'BIGINT', D: 'DOUBLE', M: 'DECIMAL(4, 2)' };

describe('arithmetic', () => {
  test('[SQL-108] has the wider type of its operands and the overflow of Java', () => {
    expect(typeTextOf('A + B', number)).toBe('BIGINT');
    expect(typeTextOf('B * D', number)).toBe('DOUBLE');
    expect(typeTextOf('M + A', number)).toBe('DECIMAL(13, 2)');
    expect(typeTextOf('M * M', number)).toBe('DECIMAL(9, 4)');
    expect(typeTextOf('M / M', number)).toBe('DECIMAL(11, 7)');
    expect(valueOf('2147483647 + 1')).toBe(-2147483648);
    expect(valueOf('9223372036854775807 + 1')).toBe(-9223372036854775808n);
    expect(valueOf('7 / -2')).toBe(-3);
    expect(valueOf('-7 % 2')).toBe(-1);
    expect(valueOf('7 / 2E0')).toBe(3.5);
    expect(valueOf('1.5 + 2')).toEqual(decimal(35n, 1));
    expect(valueOf("'a' + 'b'")).toBe('ab');
    expect(() => compiled("1 + 'a'")).toThrow("Error processing expression: (1 + 'a'). Unsupported arithmetic types. INTEGER STRING");
  });

  test('[SQL-109] that fails is null and said in the log: division by zero, null, digits lost', () => {
    expect(valueOf('1 / A', number, [0, null, null, null])).toBeNull();
    expect(logged).toEqual(['Error processing expression: / by zero']);
    expect(valueOf('A + 1', number, [null, null, null, null])).toBeNull();
    expect(logged).toHaveLength(1);
    expect(valueOf('1.0 / 3.0')).toBeNull();
    expect(logged).toEqual(['Error processing expression: Rounding necessary']);
    expect(valueOf('1 / 0E0')).toBe(Infinity);
  });
});

describe('comparison', () => {
  test('[SQL-110] reads both sides alike and is false with null', () => {
    expect(valueOf('1 = 1.00')).toBe(true);
    expect(valueOf('1.1 = 1.1E0')).toBe(true);
    expect(valueOf("CAST('2020-01-01' AS DATE) < '2020-01'")).toBe(false);
    expect(valueOf("CAST('2020-01-01' AS DATE) = CAST('2020-01-01T00:00:00.000' AS TIMESTAMP)")).toBe(true);
    expect(valueOf('ARRAY[1, 2] = ARRAY[1, 2]')).toBe(true);
    expect(valueOf('A <> 1', { A: 'INT' }, [null])).toBe(false);
    expect(valueOf('A IS DISTINCT FROM 1', { A: 'INT' }, [null])).toBe(true);
    expect(valueOf('A IS NOT DISTINCT FROM B', { A: 'INT', B: 'INT' }, [null, null])).toBe(true);
    expect(valueOf('A BETWEEN 1 AND 3', { A: 'INT' }, [3])).toBe(true);
    expect(valueOf('A NOT BETWEEN 1 AND 3', { A: 'INT' }, [3])).toBe(false);
  });

  test('[SQL-110] of types that do not go together is refused', () => {
    expect(() => compiled("A >= 'x'", { A: 'INT' })).toThrow("Cannot compare A (INTEGER) to 'x' (STRING) with GREATER_THAN_OR_EQUAL.");
    expect(() => compiled('A < A', { A: 'STRUCT<ID INT>' })).toThrow('with LESS_THAN.');
    expect(() => compiled('A = NULL', { A: 'INT' })).toThrow('Comparison with NULL not supported: INTEGER = NULL');
  });
});

describe('predicates', () => {
  test('[SQL-111] of texts: LIKE with wildcards and an escape', () => {
    expect(valueOf("'a.b' LIKE 'a_b'")).toBe(true);
    expect(valueOf("'axxb' LIKE 'a.*b'")).toBe(false);
    expect(valueOf("'50%' LIKE '%!%' ESCAPE '!'")).toBe(true);
    expect(valueOf("'50x' NOT LIKE '%!%' ESCAPE '!'")).toBe(true);
    expect(valueOf('A LIKE A', { A: 'STRING' }, [null])).toBeNull();
    expect(() => compiled("1 LIKE 'x'")).toThrow('LIKE takes texts, and 1 is INTEGER. Cast it to STRING.');
  });

  test('[SQL-111] of lists: IN brings its elements to one type', () => {
    expect(valueOf("A IN (1, '2', 3.0)", { A: 'INT' }, [2])).toBe(true);
    expect(valueOf('A IN (1, NULL)', { A: 'INT' }, [null])).toBe(false);
    expect(valueOf("A NOT IN ('x')", { A: 'STRING' }, ['y'])).toBe(true);
    expect(() => compiled("A IN ('not 10')", { A: 'BIGINT' })).toThrow('invalid input syntax for type BIGINT: "not 10".');
    expect(() => compiled('A IN (true)', { A: 'BIGINT' })).toThrow('operator does not exist: BIGINT = BOOLEAN (true)\nHint');
    expect(() => compiled('A IN (1)', { A: 'ARRAY<BIGINT>' })).toThrow('operator does not exist: ARRAY<BIGINT> = INTEGER (1)');
  });

  test('[SQL-112] join with AND, OR and NOT, which stop early and fail at null', () => {
    expect(valueOf('true OR A', { A: 'BOOLEAN' }, [null])).toBe(true);
    expect(valueOf('true AND A', { A: 'BOOLEAN' }, [null])).toBeNull();
    expect(valueOf('NOT A', { A: 'BOOLEAN' }, [false])).toBe(true);
    expect(valueOf('A IS NULL', { A: 'BOOLEAN' }, [null])).toBe(true);
    expect(() => compiled('A AND true', { A: 'INT' })).toThrow('AND takes booleans, not INTEGER');
  });

  test('[SQL-113] choose: CASE in both forms, of one type in all branches', () => {
    const text = "CASE WHEN A < 1 THEN 'low' WHEN A < 10 THEN 'mid' ELSE 'high' END";
    expect([0, 5, 50].map((a) => valueOf(text, { A: 'INT' }, [a]))).toEqual(['low', 'mid', 'high']);
    expect(valueOf("CASE A WHEN 1 THEN 'one' END", { A: 'INT' }, [2])).toBeNull();
    expect(() => compiled("CASE WHEN true THEN 1 ELSE 'x' END")).toThrow('THEN type: INTEGER.\nDEFAULT type: STRING.');
    expect(() => compiled('CASE WHEN true THEN NULL END')).toThrow('All case branches have NULL type');
    expect(() => compiled('CASE WHEN 1 THEN 1 END')).toThrow("WHEN operand type should be boolean.\nType for '1' is INTEGER");
  });
});

describe('structured values', () => {
  test('[SQL-114] are built of one type and read by place, key and field', () => {
    expect(typeTextOf("ARRAY[1, 2.5, '3']")).toBe('ARRAY<DECIMAL(11, 1)>');
    expect(valueOf('ARRAY[1, 2][-1]')).toBe(2);
    expect(valueOf('ARRAY[1, 2][3]')).toBeNull();
    expect(valueOf("MAP('a' := 1, 'b' := NULL)['a']")).toBe(1);
    expect(typeTextOf("STRUCT(a := 1, b := 'x')")).toBe('STRUCT<`A` INTEGER, `B` STRING>');
    expect(valueOf("STRUCT(a := 1, b := 'x')->b")).toBe('x');
    expect(valueOf('ARRAY[1 / 0, 2]')).toEqual([null, 2]);
    expect(() => compiled('ARRAY[NULL]')).toThrow('Cannot construct an array with all NULL elements');
    expect(() => compiled("MAP(NULL := 'x')")).toThrow('Cannot construct a map with all NULL keys');
    expect(() => compiled('A->X', { A: 'STRUCT<F INT>' })).toThrow("Could not find field 'X' in 'A'.");
    expect(() => compiled('A[1]', { A: 'INT' })).toThrow('do not apply to INTEGER.');
  });

  test('[SQL-115] are taken apart by lambdas typed by what they are given', () => {
    expect(valueOf('TRANSFORM(ARRAY[1, 2], x => x * 10)')).toEqual([10, 20]);
    expect(valueOf("TRANSFORM(MAP('a' := 1), (k, v) => UCASE(k), (k, v) => v + 1)")).toEqual(new Map([['A', 2]]));
    expect(valueOf('FILTER(ARRAY[1, 2, 3], x => x > 1)')).toEqual([2, 3]);
    expect(valueOf('REDUCE(ARRAY[1, 2, 3], 10, (s, x) => s + x)')).toBe(16);
    expect(valueOf('TRANSFORM(ARRAY[ARRAY[1], ARRAY[2]], x => REDUCE(x, 5, (s, y) => s + y))')).toEqual([6, 7]);
    expect(typeTextOf("TRANSFORM(ARRAY[1], x => CAST(x AS STRING) + 'a')")).toBe('ARRAY<STRING>');
    expect(() => compiled('TRANSFORM(ARRAY[1], (x, y) => x)')).toThrow("Function 'transform' does not accept parameters");
  });
});

describe('names', () => {
  test('[SQL-116] that are not there are said, with what there is', () => {
    expect(() => compiled('NOPE')).toThrow('Unknown column NOPE.');
    expect(() => compiled('WONT_FIND_ME(1)')).toThrow("Can't find any functions with the name 'WONT_FIND_ME'");
    expect(() => compiled("GREATEST('a', 1)")).toThrow(
      "Function 'greatest' does not accept parameters (STRING, INTEGER).\nValid alternatives are:",
    );
    expect(() => compiled('LEAST(A, B)', { A: 'INT', B: 'BIGINT' })).toThrow(
      "Function 'least' cannot be resolved due to ambiguous method parameters (INTEGER, BIGINT).",
    );
    expect(() => compiled('COUNT(1)')).toThrow('COUNT gives no value for a single row');
  });

  test('[SQL-109] a call or a field that fails as an argument is null there', () => {
    expect(valueOf("COALESCE(TO_BYTES('x', 'nope'), TO_BYTES('a', 'utf8'))")).toEqual(Uint8Array.of(97));
    expect(logged).toHaveLength(1);
    expect(valueOf("COALESCE(CAST('x' AS INT), 7)")).toBe(7);
  });
});
