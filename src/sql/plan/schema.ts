/** Columns of rows while they are processed (`LogicalSchema`, `SystemColumns`). */
import type { Column } from '../formats/serde.ts';
import type { SqlType } from '../types/sqlType.ts';
import { typeText } from '../types/typeText.ts';

export type { Column };

/** The columns of the key, and those of the value; while rows are processed the value holds the key's columns and the pseudo columns too. */
export interface Schema {
  readonly key: readonly Column[];
  readonly value: readonly Column[];
}

const bigint: SqlType = { base: 'BIGINT' };

/** Columns that every source has besides its own. */
export const pseudoColumns: readonly Column[] = [
  { name: 'ROWTIME', type: bigint },
  { name: 'ROWPARTITION', type: { base: 'INTEGER' } },
  { name: 'ROWOFFSET', type: bigint },
];

/** Columns that a windowed source and the result of a windowed aggregate have besides. */
export const windowBounds: readonly Column[] = [
  { name: 'WINDOWSTART', type: bigint },
  { name: 'WINDOWEND', type: bigint },
];

export const isPseudoColumn = (name: string): boolean => pseudoColumns.some((column) => column.name === name);
export const isWindowBound = (name: string): boolean => windowBounds.some((column) => column.name === name);
export const isSystemColumn = (name: string): boolean => isPseudoColumn(name) || isWindowBound(name);
export const hasColumn = (columns: readonly Column[], name: string): boolean => columns.some((column) => column.name === name);

const columnText = ({ name, type }: Column, suffix: string): string => `\`${name}\` ${typeText(type)}${suffix}`;

/** A schema as ksqlDB writes it: the key's columns first, marked KEY. */
export function schemaText({ key, value }: Schema): string {
  return [...key.map((column) => columnText(column, ' KEY')), ...value.map((column) => columnText(column, ''))].join(', ');
}

/** The names that `*` stands for: the key's columns first, then the bounds of the window, then what else is no pseudo column (`PlanNode.orderColumns`). */
export function starNames({ key, value }: Schema): string[] {
  const names = value.map((column) => column.name);
  return [
    ...key.map((column) => column.name).filter((name) => names.includes(name)),
    ...names.filter(isWindowBound),
    ...names.filter((name) => !isSystemColumn(name) && !hasColumn(key, name)),
  ];
}
