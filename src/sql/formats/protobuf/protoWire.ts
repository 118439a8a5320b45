/** Values of Connect schemas in the wire format of Protocol Buffers (`ProtobufData.fromConnectData`, `toConnectData`). */
import type { SqlValue } from '../../types/sqlType.ts';
import { equalValues } from '../../types/values.ts';
import { ByteReader, ByteWriter } from '../byteStream.ts';
import { membersOf } from './protoConnect.ts';
import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from './protoSchema.ts';
import { isMapEntry, wrapped } from './protoSchema.ts';
import type { Codec } from './protoScalars.ts';
import { knownValues, scalarCodecs, wire } from './protoScalars.ts';

type Items = readonly SqlValue[];

/** A place of a struct: how its value is written, and what each field number changes it to. */
interface Slot {
  readonly initial: SqlValue;
  readonly write: (value: SqlValue, out: ByteWriter) => void;
  readonly numbers: readonly {
    readonly number: number;
    readonly read: (bytes: ByteReader, wireType: number, before: SqlValue) => SqlValue;
  }[];
}

const tag = (number: number, wireType: number): number => (number << 3) | wireType;

function skip(bytes: ByteReader, wireType: number): void {
  if (wireType === wire.varint) bytes.varint();
  else if (wireType === wire.fixed64) bytes.fixed64();
  else if (wireType === wire.bytes) bytes.bytes(bytes.size());
  else if (wireType === wire.fixed32) bytes.fixed32();
  else throw new Error(`A field of Protocol Buffers has no wire type ${String(wireType)}.`);
}

function enumCodec(values: ProtoEnum): Codec {
  const numbers = new Map([...values].map(([number, name]) => [name, number]));
  return {
    wire: wire.varint,
    write: (value, out) => {
      const number = numbers.get(value as string);
      if (number === undefined) throw new Error(`${String(value as string)} is none of ${[...numbers.keys()].join(', ')}.`);
      out.varint(BigInt(number));
    },
    read: (bytes) => {
      const number = Number(BigInt.asIntN(32, bytes.varint()));
      return values.get(number) ?? `UNKNOWN_ENUM_VALUE_${String(number)}`;
    },
    initial: values.get(0) ?? [...values.values()][0] ?? null,
  };
}

/** Structs of one message, without the length that stands before them where they are fields. */
export interface MessageCodec {
  readonly write: (value: SqlValue, out: ByteWriter) => void;
  readonly read: (bytes: ByteReader) => SqlValue;
}

/** A message as a field: its length, then its bytes. */
function embedded({ write, read }: MessageCodec): Codec {
  return {
    wire: wire.bytes,
    write: (value, out) => {
      const inner = new ByteWriter();
      write(value, inner);
      const bytes = inner.finish();
      out.smallVarint(bytes.length);
      out.bytes(bytes);
    },
    read: (bytes) => {
      const length = bytes.size();
      return read(new ByteReader(bytes.bytes(length)));
    },
    initial: null,
  };
}

class Compiler {
  private readonly file: ProtoFile;

  constructor(file: ProtoFile) {
    this.file = file;
  }

  message(message: ProtoMessage): MessageCodec {
    const slots = membersOf(message).map((member) => ('name' in member ? this.slot(member) : this.group(member)));
    const places = new Map(slots.flatMap(({ numbers }, at) => numbers.map(({ number, read }) => [number, { at, read }] as const)));
    return {
      write: (value, out) => slots.forEach((slot, i) => slot.write((value as Items)[i] ?? null, out)),
      read: (bytes) => {
        const values = slots.map(({ initial }) => initial);
        while (bytes.at < bytes.end) {
          const next = bytes.size();
          const place = places.get(next >>> 3);
          if (place) values[place.at] = place.read(bytes, next & 7, values[place.at]!);
          else skip(bytes, next & 7);
        }
        return values;
      },
    };
  }

  private element(type: string): Codec {
    const scalar = scalarCodecs[type];
    if (scalar) return scalar;
    const values = this.file.enums.get(type);
    if (values) return enumCodec(values);
    const codec = this.message(this.file.messages.get(type)!);
    const known = knownValues[type];
    if (known)
      return embedded({
        write: (value, out) => codec.write(known.toFields(value), out),
        read: (bytes) => known.ofFields(codec.read(bytes) as Items),
      });
    if (Object.hasOwn(wrapped, type))
      return embedded({ write: (value, out) => codec.write([value], out), read: (bytes) => (codec.read(bytes) as Items)[0]! });
    return embedded(codec);
  }

  /** Of several fields at most one is set; their struct is null where none is. */
  private group(fields: readonly ProtoField[]): Slot {
    const codecs = fields.map(({ type }) => this.element(type));
    return {
      initial: null,
      write: (value, out) => {
        if (value === null) return;
        const at = (value as Items).findIndex((part) => part !== null);
        if (at < 0) throw new Error('Cannot find non-null field');
        out.smallVarint(tag(fields[at]!.number, codecs[at]!.wire));
        codecs[at]!.write((value as Items)[at]!, out);
      },
      numbers: fields.map(({ number }, at) => ({
        number,
        read: (bytes) => {
          const value = codecs[at]!.read(bytes);
          return fields.map((_, i) => (i === at ? value : null));
        },
      })),
    };
  }

  private slot(field: ProtoField): Slot {
    const codec = this.element(field.type);
    if (field.label === 'repeated') return isMapEntry(field, this.file) ? mapSlot(field, codec) : listSlot(field, codec);
    const isAlwaysWritten = field.label === 'optional' || codec.initial === null;
    return {
      initial: isAlwaysWritten ? null : codec.initial,
      write: (value, out) => {
        if (value === null || (!isAlwaysWritten && equalValues(value, codec.initial))) return;
        out.smallVarint(tag(field.number, codec.wire));
        codec.write(value, out);
      },
      numbers: [{ number: field.number, read: (bytes) => codec.read(bytes) }],
    };
  }
}

/** Numbers of a list stand together behind one tag, texts and messages each behind their own. */
function listSlot({ number }: ProtoField, codec: Codec): Slot {
  const isPacked = codec.wire !== wire.bytes;
  return {
    initial: [],
    write: (value, out) => {
      const items = (value ?? []) as Items;
      if (items.includes(null)) throw new Error('A list of Protocol Buffers cannot hold null.');
      if (items.length === 0) return;
      if (!isPacked) {
        for (const item of items) {
          out.smallVarint(tag(number, codec.wire));
          codec.write(item, out);
        }
        return;
      }
      const inner = new ByteWriter();
      for (const item of items) codec.write(item, inner);
      const bytes = inner.finish();
      out.smallVarint(tag(number, wire.bytes));
      out.smallVarint(bytes.length);
      out.bytes(bytes);
    },
    numbers: [
      {
        number,
        read: (bytes, wireType, before) => {
          const items = [...(before as Items)];
          if (!isPacked || wireType !== wire.bytes) return [...items, codec.read(bytes)];
          const inner = new ByteReader(bytes.bytes(bytes.size()));
          while (inner.at < inner.end) items.push(codec.read(inner));
          return items;
        },
      },
    ],
  };
}

function mapSlot({ number }: ProtoField, entry: Codec): Slot {
  return {
    initial: new Map(),
    write: (value, out) => {
      for (const pair of (value ?? new Map()) as ReadonlyMap<SqlValue, SqlValue>) {
        out.smallVarint(tag(number, wire.bytes));
        entry.write(pair, out);
      }
    },
    numbers: [
      {
        number,
        read: (bytes, _wireType, before) => {
          const [key, value] = entry.read(bytes) as Items;
          return new Map([...(before as ReadonlyMap<SqlValue, SqlValue>), [key!, value!]]);
        },
      },
    ],
  };
}

/** How structs of a message are written and read. */
export const messageCodec = (message: ProtoMessage, file: ProtoFile): MessageCodec => new Compiler(file).message(message);
