/**
 * Types and values of the SQL dialect of ksqlDB (`SqlType`, `SqlPrimitiveType`, `SqlDecimal`, `SqlArray`, `SqlMap`, `SqlStruct`).
 */

/** A number of exact decimal digits: `unscaled / 10^scale`, as Java's `BigDecimal`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** A named part of a STRUCT. */
export interface StructField {
  readonly name: string;
  readonly type: SqlType;
}

export type PrimitiveBase = 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'STRING' | 'BYTES' | 'DATE' | 'TIME' | 'TIMESTAMP';

export type SqlType =
  | { readonly base: PrimitiveBase }
  | { readonly base: 'DECIMAL'; readonly precision: number; readonly scale: number }
  | { readonly base: 'ARRAY'; readonly item: SqlType }
  | { readonly base: 'MAP'; readonly key: SqlType; readonly value: SqlType }
  | { readonly base: 'STRUCT'; readonly fields: readonly StructField[] };

export type SqlBase = SqlType['base'];
export type DecimalType = Extract<SqlType, { base: 'DECIMAL' }>;
export type ArrayType = Extract<SqlType, { base: 'ARRAY' }>;
export type MapType = Extract<SqlType, { base: 'MAP' }>;
export type StructType = Extract<SqlType, { base: 'STRUCT' }>;

/**
 * A value of any SQL type. INTEGER, DOUBLE: number; BIGINT: bigint; DECIMAL: Decimal; DATE: days, TIME: milliseconds of the day, TIMESTAMP:
 * milliseconds, each since 1970 in UTC, as numbers; ARRAY: array; STRUCT: array in the order of its fields; MAP: Map in order of insertion.
 */
export type SqlValue =
  null | boolean | number | bigint | string | Decimal | Uint8Array | readonly SqlValue[] | ReadonlyMap<SqlValue, SqlValue>;
