/** Scalars and known messages in the wire format of Protocol Buffers ("Encoding" of its documentation). */
import { utf8Bytes, utf8Text } from '../../types/bytes.ts';
import { civilOf, daysOf } from '../../types/calendar.ts';
import { decimal, digits } from '../../types/decimal.ts';
import type { Decimal, SqlValue } from '../../types/sqlType.ts';
import type { ByteReader, ByteWriter } from '../byteStream.ts';
import { bigintBytes, bytesBigint } from '../byteStream.ts';
import { known } from './protoSchema.ts';

/** How the bytes of a field end, from the lowest three bits of its tag. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
export type Wire = (typeof wire)[keyof typeof wire];

/** One value: what stands behind its tag. */
export interface Codec {
  readonly wire: Wire;
  readonly write: (value: SqlValue, out: ByteWriter) => void;
  readonly read: (bytes: ByteReader) => SqlValue;
  /** What a field that is not there is; null for messages. */
  readonly initial: SqlValue;
}

const int32 = (value: bigint): number => Number(BigInt.asIntN(32, value));
const uint32 = (value: SqlValue): bigint => BigInt.asUintN(32, BigInt(value as number | bigint));
const int64 = (value: bigint): bigint => BigInt.asIntN(64, value);

const varint = (initial: number | bigint | boolean, write: (value: SqlValue) => bigint, read: (value: bigint) => SqlValue): Codec => ({
  wire: wire.varint,
  write: (value, out) => out.varint(write(value)),
  read: (bytes) => read(bytes.varint()),
  initial,
});

const wide = (value: SqlValue): bigint => BigInt(value as number | bigint);

const lengthPrefixed = (initial: SqlValue, write: (value: SqlValue) => Uint8Array, read: (bytes: Uint8Array) => SqlValue): Codec => ({
  wire: wire.bytes,
  write: (value, out) => {
    const bytes = write(value);
    out.smallVarint(bytes.length);
    out.bytes(bytes);
  },
  read: (bytes) => read(bytes.bytes(bytes.size())),
  initial,
});

export const scalarCodecs: Readonly<Record<string, Codec>> = {
  double: { wire: wire.fixed64, write: (value, out) => out.double(value as number), read: (bytes) => bytes.double(), initial: 0 },
  float: { wire: wire.fixed32, write: (value, out) => out.float(value as number), read: (bytes) => bytes.float(), initial: 0 },
  int32: varint(0, wide, int32),
  int64: varint(0n, wide, int64),
  uint32: varint(0n, uint32, (value) => BigInt.asUintN(32, value)),
  uint64: varint(0n, wide, int64),
  sint32: { wire: wire.varint, write: (value, out) => out.zigzag(value as number), read: (bytes) => Number(bytes.zigzag()), initial: 0 },
  sint64: { wire: wire.varint, write: (value, out) => out.zigzag(wide(value)), read: (bytes) => bytes.zigzag(), initial: 0n },
  fixed32: {
    wire: wire.fixed32,
    write: (value, out) => out.fixed32(int32(wide(value))),
    read: (bytes) => uint32(bytes.fixed32()),
    initial: 0n,
  },
  fixed64: { wire: wire.fixed64, write: (value, out) => out.fixed64(int64(wide(value))), read: (bytes) => bytes.fixed64(), initial: 0n },
  sfixed32: { wire: wire.fixed32, write: (value, out) => out.fixed32(value as number), read: (bytes) => bytes.fixed32(), initial: 0 },
  sfixed64: { wire: wire.fixed64, write: (value, out) => out.fixed64(wide(value)), read: (bytes) => bytes.fixed64(), initial: 0n },
  bool: varint(
    false,
    (value) => (value === true ? 1n : 0n),
    (value) => value !== 0n,
  ),
  string: lengthPrefixed('', (value) => utf8Bytes(value as string), utf8Text),
  bytes: lengthPrefixed(
    new Uint8Array(0),
    (value) => value as Uint8Array,
    (bytes) => bytes,
  ),
};

type Items = readonly SqlValue[];

const nanosPerMs = 1_000_000;
const floorDivide = (value: number, by: number): number => Math.floor(value / by);

/** The fields of a known message for a value, and the value of its fields. */
interface KnownMessage {
  readonly toFields: (value: SqlValue) => Items;
  readonly ofFields: (fields: Items) => SqlValue;
}

/** Logical types as messages (`TimestampUtils`, `DateUtils`, `TimeUtils`, `DecimalUtils` of Confluent). */
export const knownValues: Readonly<Record<string, KnownMessage>> = {
  [known.timestamp]: {
    toFields: (value) => {
      const seconds = floorDivide(value as number, 1000);
      return [BigInt(seconds), ((value as number) - seconds * 1000) * nanosPerMs];
    },
    ofFields: ([seconds, nanos]) => Number(seconds) * 1000 + floorDivide(nanos as number, nanosPerMs),
  },
  [known.date]: {
    toFields: (value) => {
      const { year, month, day } = civilOf(value as number);
      return [year, month, day];
    },
    ofFields: ([year, month, day]) => daysOf(year as number, month as number, day as number),
  },
  [known.time]: {
    toFields: (value) => {
      const ms = value as number;
      return [floorDivide(ms, 3_600_000), floorDivide(ms, 60_000) % 60, floorDivide(ms, 1000) % 60, (ms % 1000) * nanosPerMs];
    },
    ofFields: ([hours, minutes, seconds, nanos]) =>
      ((hours as number) * 60 + (minutes as number)) * 60_000 + (seconds as number) * 1000 + floorDivide(nanos as number, nanosPerMs),
  },
  [known.decimal]: {
    toFields: (value) => {
      const { unscaled, scale } = value as Decimal;
      return [bigintBytes(unscaled), BigInt(digits(unscaled)), scale];
    },
    ofFields: ([value, , scale]) => decimal(bytesBigint(value as Uint8Array), scale as number),
  },
};
