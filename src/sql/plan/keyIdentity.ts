import { jsonNode } from '../formats/json.ts';
import { jsonText } from '../formats/jsonText.ts';
import type { KeyForm, KeyIdentity, Row } from '../operators/row.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { SideFormat } from './catalogue.ts';
import { serdeOf } from './catalogue.ts';
import type { Column } from './schema.ts';

/** The bytes of a number in hexadecimal, most significant first, as Kafka's serializers write them. */
function bits(value: bigint, count: number): string {
  return BigInt.asUintN(count, value)
    .toString(16)
    .padStart(count / 4, '0');
}

function valueIdentity(value: SqlValue, type: SqlType): string {
  if (value === null) return '\u0000';
  if (type.base === 'STRING') return value as string;
  if (type.base === 'INTEGER') return ((value as number) >>> 0).toString(16).padStart(8, '0');
  if (type.base === 'BIGINT') return bits(value as bigint, 64);
  if (type.base === 'DOUBLE') {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value as number);
    return bits(view.getBigInt64(0), 64);
  }
  return jsonText(jsonNode(value, type));
}

/** Equal for equal keys of these columns, and in the order of their bytes. */
export function identityOf(columns: readonly Column[]): KeyIdentity {
  if (columns.length === 1) return (key: Row) => valueIdentity(key[0] ?? null, columns[0]!.type);
  return (key: Row) => JSON.stringify(columns.map(({ type }, i) => valueIdentity(key[i] ?? null, type)));
}

/** Keys of these columns, with their payload in that format. */
export function keyFormOf(columns: readonly Column[], format: SideFormat): KeyForm {
  const { serialise } = serdeOf(format, columns);
  return { identity: identityOf(columns), payload: (key) => serialise(key) };
}
