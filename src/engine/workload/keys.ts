import { murmur2, toPositive } from './murmur2.ts';
import { writeUtf8 } from './utf8.ts';

/** Ids of ranges start here; interned texts have the ids below. */
const firstRangeId = 2 ** 26;
const lastId = 2 ** 31 - 1;
/** A JavaScript Map holds 2^24 entries; far below that no browser's memory is left either. */
const textsMax = 16_000_000;
/** Ranges up to this many keys cache their hashes and sizes; longer ones compute them whenever asked. */
const cachedRangeLimit = 2 ** 20;

/** Keys `prefix1 … prefix<count>`, with the ids `firstId … firstId + count - 1`. */
export interface KeyRange {
  readonly prefix: string;
  readonly count: number;
  readonly firstId: number;
  /** `keyHash` by position, -1 while nobody asked; null for ranges too long to cache. */
  readonly hashes: Int32Array | null;
  /** Bytes of the UTF-8 of the prefix. */
  readonly prefixSize: number;
}

/**
 * All keys of a run by id: interned texts, and numbered ranges that need no text until somebody looks. Each distinct key is hashed once.
 * Plain data. Ids follow from the order of registration alone, so they belong to one run and never go into a trace.
 */
export interface KeyTable {
  texts: string[];
  ids: Map<string, number>;
  textHashes: number[];
  textSizes: number[];
  ranges: KeyRange[];
  nextRangeId: number;
  /** Ids of keys that are no texts in the log: numbers as bytes, windowed keys. By what tells their bytes from others. */
  encoded: Map<string, number>;
}

export function createKeyTable(): KeyTable {
  return { texts: [], ids: new Map(), textHashes: [], textSizes: [], ranges: [], nextRangeId: firstRangeId, encoded: new Map() };
}

/** Scratch space for encoding, grown on demand; holds nothing from one call to the next. */
let scratch = new Uint8Array(1024);

function encode(text: string): number {
  if (text.length * 3 > scratch.length) scratch = new Uint8Array(text.length * 6);
  return writeUtf8(text, scratch);
}

/** Id of a text within the range, or -1: the text must be the prefix and a plain decimal number from 1 to count. */
function idInRange(range: KeyRange, text: string): number {
  if (!text.startsWith(range.prefix)) return -1;
  const digits = text.length - range.prefix.length;
  if (digits < 1 || digits > 10 || text.charCodeAt(range.prefix.length) === 0x30) return -1;
  let number = 0;
  for (let i = range.prefix.length; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number <= range.count ? range.firstId + number - 1 : -1;
}

/** Id of a text key: that of the first range holding it, else one of its own. The same text always gives the same id from then on. */
export function internKey(table: KeyTable, text: string): number {
  const known = table.ids.get(text);
  if (known !== undefined) return known;
  for (const range of table.ranges) {
    const id = idInRange(range, text);
    if (id >= 0) return id;
  }
  const length = encode(text);
  const id = addText(table, { text, size: length, hash: toPositive(murmur2(scratch, length)) });
  table.ids.set(text, id);
  return id;
}

interface NewKey {
  /** What people see. */
  readonly text: string;
  /** Bytes in the log. */
  readonly size: number;
  /** What its partition follows from (`keyHash`). */
  readonly hash: number;
}

function addText(table: KeyTable, { text, size, hash }: NewKey): number {
  const id = table.texts.length;
  if (id >= textsMax)
    throw new Error(
      `More than ${textsMax} distinct keys in one run: use fewer keys, or a numbered key range (key.shape uniform, zipf, hot or sequential).`,
    );
  table.texts.push(text);
  table.textSizes.push(size);
  table.textHashes.push(hash);
  return id;
}

/** Id of a key whose bytes are not the UTF-8 of a text; `identity` is equal for equal bytes. */
export function internEncodedKey(table: KeyTable, identity: string, key: NewKey): number {
  const known = table.encoded.get(identity);
  if (known !== undefined) return known;
  const id = addText(table, key);
  table.encoded.set(identity, id);
  return id;
}

/** Reserves ids for `prefix1 … prefix<count>`; returns the id of the first. The same prefix and count again give the same range. */
export function registerKeyRange(table: KeyTable, prefix: string, count: number): number {
  for (const range of table.ranges) {
    if (range.prefix === prefix && range.count === count) return range.firstId;
  }
  const firstId = table.nextRangeId;
  if (firstId + count - 1 > lastId)
    throw new Error(
      `key.count ${count} of prefix "${prefix}" does not fit: all key ranges of a run together hold ${lastId - firstRangeId + 1} keys.`,
    );
  table.nextRangeId = firstId + count;
  const hashes = count <= cachedRangeLimit ? new Int32Array(count).fill(-1) : null;
  table.ranges.push({ prefix, count, firstId, hashes, prefixSize: encode(prefix) });
  return firstId;
}

function rangeOf(table: KeyTable, id: number): KeyRange {
  for (const range of table.ranges) {
    if (id >= range.firstId && id < range.firstId + range.count) return range;
  }
  throw new Error(`No key has the id ${id}.`);
}

/** Text of a key; for a range it is made up now. Throws on an id that was never given out. */
export function keyText(table: KeyTable, id: number): string {
  if (id < firstRangeId) {
    const text = table.texts[id];
    if (text === undefined) throw new Error(`No key has the id ${id}.`);
    return text;
  }
  const range = rangeOf(table, id);
  return range.prefix + (id - range.firstId + 1);
}

function decimalDigits(value: number): number {
  return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10000 ? 4 : manyDigits(value);
}

function manyDigits(value: number): number {
  let digits = 5;
  for (let bound = 100000; value >= bound; bound *= 10) digits++;
  return digits;
}

/** Bytes of the key's UTF-8. */
export function keySize(table: KeyTable, id: number): number {
  if (id < firstRangeId) return table.textSizes[id];
  const range = rangeOf(table, id);
  return range.prefixSize + decimalDigits(id - range.firstId + 1);
}

/** Kafka's `toPositive(murmur2(bytes))`. */
export function keyHash(table: KeyTable, id: number): number {
  if (id < firstRangeId) return table.textHashes[id];
  const range = rangeOf(table, id);
  const position = id - range.firstId;
  const cached = range.hashes === null ? -1 : range.hashes[position];
  if (cached >= 0) return cached;
  const hash = toPositive(murmur2(scratch, encode(range.prefix + (position + 1))));
  if (range.hashes !== null) range.hashes[position] = hash;
  return hash;
}

/** `keyHash` and `keySize` of many keys at once, the null key (-1) giving -1 for both: the fast path of the producer. */
export function describeKeys(table: KeyTable, keys: Int32Array, count: number, hashes: Int32Array, sizes: Int32Array): void {
  let first = 0;
  let last = -1;
  let cache: Int32Array | null = null;
  let prefixSize = 0;
  for (let i = 0; i < count; i++) {
    const id = keys[i];
    if (id < 0) {
      hashes[i] = -1;
      sizes[i] = -1;
      continue;
    }
    if (id < firstRangeId) {
      hashes[i] = table.textHashes[id];
      sizes[i] = table.textSizes[id];
      continue;
    }
    if (id < first || id > last) {
      const range = rangeOf(table, id);
      first = range.firstId;
      last = first + range.count - 1;
      cache = range.hashes;
      prefixSize = range.prefixSize;
    }
    const position = id - first;
    const cached = cache === null ? -1 : cache[position];
    hashes[i] = cached >= 0 ? cached : keyHash(table, id);
    sizes[i] = prefixSize + decimalDigits(position + 1);
  }
}
