/** A checksum of plain data that does not depend on how it is kept: for stores that keep a checkpoint as it is and not as bytes. */
import { crc32c } from './crc32c.ts';

const Tag = {
  undefined: 0,
  null: 1,
  no: 2,
  yes: 3,
  number: 4,
  text: 5,
  array: 6,
  object: 7,
  map: 8,
  set: 9,
  bytes: 10,
  seen: 11,
  whole: 12,
} as const;

const bufferBytes = 65536;

interface Walk {
  crc: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  filled: number;
  /** Objects met, by the order in which they were. */
  readonly seen: Map<object, number>;
}

/**
 * CRC-32C over everything in a value of primitives, whole numbers of any length among them, arrays, plain objects, Maps, Sets, ArrayBuffers and views of them, in the order it stands there; a structured
 * clone has the same one. Throws for anything else.
 */
export function plainChecksum(value: unknown): number {
  const bytes = new Uint8Array(bufferBytes);
  const walk: Walk = { crc: 0, bytes, view: new DataView(bytes.buffer), filled: 0, seen: new Map() };
  add(walk, value);
  flush(walk);
  return walk.crc;
}

function flush(walk: Walk): void {
  walk.crc = crc32c(walk.bytes, 0, walk.filled, walk.crc);
  walk.filled = 0;
}

function addByte(walk: Walk, byte: number): void {
  if (walk.filled === bufferBytes) flush(walk);
  walk.bytes[walk.filled++] = byte;
}

function addNumber(walk: Walk, tag: number, value: number): void {
  if (walk.filled + 9 > bufferBytes) flush(walk);
  walk.bytes[walk.filled++] = tag;
  walk.view.setFloat64(walk.filled, value, true);
  walk.filled += 8;
}

function addText(walk: Walk, text: string): void {
  addNumber(walk, Tag.text, text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    addByte(walk, unit & 255);
    addByte(walk, unit >>> 8);
  }
}

function add(walk: Walk, value: unknown): void {
  switch (typeof value) {
    case 'number':
      return addNumber(walk, Tag.number, value);
    case 'string':
      return addText(walk, value);
    case 'bigint':
      addByte(walk, Tag.whole);
      return addText(walk, value.toString(16));
    case 'boolean':
      return addByte(walk, value ? Tag.yes : Tag.no);
    case 'undefined':
      return addByte(walk, Tag.undefined);
    case 'object':
      return value === null ? addByte(walk, Tag.null) : addObject(walk, value);
    default:
      throw new Error(`a ${typeof value} is no plain data`);
  }
}

function addObject(walk: Walk, value: object): void {
  const before = walk.seen.get(value);
  if (before !== undefined) return addNumber(walk, Tag.seen, before);
  walk.seen.set(value, walk.seen.size);
  if (Array.isArray(value)) {
    addNumber(walk, Tag.array, value.length);
    for (let i = 0; i < value.length; i++) add(walk, value[i]);
  } else if (ArrayBuffer.isView(value)) {
    addBytes(walk, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (value instanceof ArrayBuffer) {
    addBytes(walk, new Uint8Array(value));
  } else if (value instanceof Map) {
    addNumber(walk, Tag.map, value.size);
    for (const [key, entry] of value) {
      add(walk, key);
      add(walk, entry);
    }
  } else if (value instanceof Set) {
    addNumber(walk, Tag.set, value.size);
    for (const entry of value) add(walk, entry);
  } else {
    const keys = Object.keys(value);
    addNumber(walk, Tag.object, keys.length);
    for (const key of keys) {
      addText(walk, key);
      add(walk, (value as Record<string, unknown>)[key]);
    }
  }
}

function addBytes(walk: Walk, bytes: Uint8Array): void {
  addNumber(walk, Tag.bytes, bytes.length);
  flush(walk);
  walk.crc = crc32c(bytes, 0, bytes.length, walk.crc);
}
