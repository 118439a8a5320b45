import { utf8Text } from '../types/bytes.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { CodecOptions } from './registry/schemaCodec.ts';
import type { SchemaRegistry } from './registry/schemaRegistry.ts';

/** A column of a topic's key or value. */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
}

/** What stands in a topic: text of the formats that are text, bytes of the others, null for a null key and a tombstone. */
export type Payload = string | Uint8Array | null;

/** Values of one row in the order of their columns, and their form in a topic. */
export interface Serde {
  /** The form of a row; null stays null. */
  readonly serialise: (values: readonly SqlValue[] | null) => Payload;
  /** The row of a payload. Throws an Error where it does not fit the columns; ksqlDB skips such a record and logs it. */
  readonly deserialise: (payload: Payload) => readonly SqlValue[] | null;
}

/** Which schema of a registry a side of a topic is written with; reading goes by the id in the payload. */
export interface SchemaUse extends CodecOptions {
  readonly registry: SchemaRegistry;
  readonly subject: string;
  /** The schema that the source was told to write; null: the one made of its columns. */
  readonly id: number | null;
  /** Whether the newest schema of the subject is written where there is one (INSERT VALUES with PROTOBUF). */
  readonly writesNewest: boolean;
}

/** How a side of a topic is written. */
export interface SerdeOptions {
  readonly columns: readonly Column[];
  /** Whether a single column stands alone instead of in an object: keys always, values with WRAP_SINGLE_VALUE=false. */
  readonly isUnwrapped: boolean;
  /** Between the columns of DELIMITED. */
  readonly delimiter: string;
  /** For the formats of a registry, and how nulls are told in those of Protocol Buffers. */
  readonly schema?: SchemaUse;
}

/** Text of a payload, whichever form it has; bytes are UTF-8. */
export const payloadText = (payload: string | Uint8Array): string => (typeof payload === 'string' ? payload : utf8Text(payload));
