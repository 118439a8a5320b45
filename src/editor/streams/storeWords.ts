/** State stores and what is in them, in words. */
import type { StoreInfo } from '../../sql/operators/store.ts';
import type { Topology } from '../../sql/operators/topology.ts';
import { decimalText } from '../../sql/types/decimal.ts';
import type { SqlValue } from '../../sql/types/sqlType.ts';
import { isDecimal } from '../../sql/types/values.ts';
import { formatMilliseconds } from '../format/numbers.ts';
import { windowText } from './rowWords.ts';

const kindWords: Readonly<Record<StoreInfo['kind'], string>> = {
  keyValue: 'one row a key',
  window: 'one row a key and window',
  session: 'one row a key and session',
  join: 'records of one side of a join',
  list: 'records that found no partner yet',
  suppress: 'changes that wait for their window to close',
  subscription: 'keys that ask for a foreign key',
};

/** What a store keeps, for how long, and where it is kept besides. */
export function storeFacts({ name, kind, retentionMs, sourceTopic, isGlobal }: StoreInfo): readonly (readonly [string, string])[] {
  return [
    ['Keeps', kindWords[kind]],
    ['Retention', retentionMs === null ? 'until removed' : formatMilliseconds(retentionMs)],
    ['Changelog', isGlobal === true ? 'none: every instance has the whole table' : (sourceTopic ?? `${name}-changelog`)],
  ];
}

export const storeWords = ({
  stores,
}: Topology): readonly { readonly name: string; readonly facts: readonly (readonly [string, string])[] }[] =>
  stores.map((store) => ({ name: store.name, facts: storeFacts(store) }));

/** A value of a store whose type is not known there. */
export function plainText(value: SqlValue | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') {
    if (isDecimal(value)) return decimalText(value);
    if (value instanceof Uint8Array) return `${value.length} bytes`;
    if (Array.isArray(value)) return `[${(value as readonly SqlValue[]).map(plainText).join(', ')}]`;
    return `{${[...(value as ReadonlyMap<SqlValue, SqlValue>)].map(([key, one]) => `${plainText(key)}: ${plainText(one)}`).join(', ')}}`;
  }
  return String(value);
}

export interface StoreEntry {
  readonly id: string;
  readonly key: string;
  readonly window: string;
  readonly value: string;
  /** Milliseconds; null where the entry has no time. */
  readonly timestampMs: number | null;
}

/** What entries of all kinds of stores may have. */
interface Entry {
  readonly key?: readonly SqlValue[] | null;
  readonly foreignKey?: readonly SqlValue[];
  readonly window?: Parameters<typeof windowText>[0] | null;
  readonly row?: readonly SqlValue[];
  readonly rows?: readonly (readonly SqlValue[])[];
  readonly timestampMs?: number;
}

const list = (values: readonly SqlValue[] | null | undefined): string => (values ?? []).map(plainText).join(', ');

/** An entry of a store as a row of its table. */
export function storeEntry(id: string, value: unknown): StoreEntry {
  const { key, foreignKey, window, row, rows, timestampMs } = value as Entry;
  return {
    id,
    key: key === null || key === undefined ? 'no key' : list(key),
    window: window ? windowText(window) : '',
    value: row !== undefined ? list(row) : rows !== undefined ? rows.map((one) => `(${list(one)})`).join(' ') : list(foreignKey),
    timestampMs: timestampMs ?? null,
  };
}
