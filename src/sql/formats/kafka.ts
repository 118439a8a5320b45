/** ksqlDB's KAFKA format (`KafkaSerdeFactory`): one column, written by Kafka's own serializers. */
import { utf8Bytes } from '../types/bytes.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { Payload, Serde, SerdeOptions } from './serde.ts';
import { payloadText } from './serde.ts';

const sizes: Partial<Record<SqlType['base'], number>> = { INTEGER: 4, BIGINT: 8, DOUBLE: 8 };

function write(value: SqlValue, type: SqlType): Payload {
  if (value === null) return null;
  if (type.base === 'BYTES') return value as Uint8Array;
  const size = sizes[type.base];
  // A text stands for its UTF-8.
  if (size === undefined) return value as string;
  const view = new DataView(new ArrayBuffer(size));
  if (type.base === 'INTEGER') view.setInt32(0, value as number);
  else if (type.base === 'BIGINT') view.setBigInt64(0, value as bigint);
  else view.setFloat64(0, value as number);
  return new Uint8Array(view.buffer);
}

function read(payload: Payload, type: SqlType): SqlValue {
  if (payload === null) return null;
  if (type.base === 'STRING') return payloadText(payload);
  const bytes = typeof payload === 'string' ? utf8Bytes(payload) : payload;
  if (type.base === 'BYTES') return bytes;
  if (bytes.length !== sizes[type.base])
    throw new Error(`Size of data received by deserializer of ${type.base} is not ${String(sizes[type.base])}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (type.base === 'INTEGER') return view.getInt32(0);
  return type.base === 'BIGINT' ? view.getBigInt64(0) : view.getFloat64(0);
}

/** Rows of one column, or of none, as bytes. */
export function kafkaSerde({ columns }: SerdeOptions): Serde {
  const only = columns[0];
  return {
    serialise: (values) => (values === null || !only ? null : write(values[0] ?? null, only.type)),
    deserialise: (payload) => (payload === null || !only ? null : [read(payload, only.type)]),
  };
}
