/** Answers as Protocol Buffers, for those who ask for `application/vnd.ksql.v1+protobuf` (`ProtobufQueryStreamResponseWriter`). */
import { createSerde } from '../formats/format.ts';
import { schemaOfColumns } from '../formats/registered.ts';
import { SchemaRegistry } from '../formats/registry/schemaRegistry.ts';
import type { Row } from '../operators/row.ts';
import { utf8Bytes } from '../types/bytes.ts';
import type { SqlValue } from '../types/sqlType.ts';
import { hashMapEntries } from '../types/values.ts';
import type { ResultColumn } from './resultSchema.ts';

export interface ProtobufAnswer {
  /** The text of the schema, which the header has. */
  readonly schema: string;
  /** A row as a message of it; nulls are left out. */
  readonly encode: (row: Row) => Uint8Array;
}

/** A value with the entries of its maps in the order of Java's `HashMap`, which messages show. */
function inJavaOrder(value: SqlValue): SqlValue {
  if (value instanceof Map)
    return new Map(hashMapEntries(value as ReadonlyMap<SqlValue, SqlValue>, 16).map(([key, item]) => [key, inJavaOrder(item)]));
  return Array.isArray(value) ? (value as readonly SqlValue[]).map(inJavaOrder) : value;
}

export function protobufAnswer(columns: readonly ResultColumn[]): ProtobufAnswer {
  const options = { columns, isUnwrapped: false, delimiter: ',' };
  const use = { registry: new SchemaRegistry(), subject: '', id: null, writesNewest: false, fullName: null, nullable: 'none' } as const;
  const serde = createSerde('PROTOBUF_NOSR', options);
  return {
    schema: schemaOfColumns('PROTOBUF', options, use).text,
    encode: (row) => {
      const payload = serde.serialise(row.map(inJavaOrder));
      return payload === null ? new Uint8Array() : typeof payload === 'string' ? utf8Bytes(payload) : payload;
    },
  };
}
