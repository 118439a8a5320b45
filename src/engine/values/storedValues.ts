/**
 * Records whose values follow from nothing that could be computed again: results of stream processing, and what it writes into its internal topics. They are kept by
 * the number that their source gave them, in chunks, for as long as a log may hold them. Plain data.
 */

/** What stands in a topic: text, bytes of formats that are no text, null for none. */
export type StoredPayload = string | Uint8Array | null;

/** The window of a windowed key; `endMs` is exclusive for windows of time. */
export interface StoredWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly kind: 'time' | 'session';
}

export interface StoredRecord {
  readonly key: StoredPayload;
  /** Id of the key with its window in the key table; -1 for none. */
  readonly keyId: number;
  readonly value: StoredPayload;
  readonly window: StoredWindow | null;
  /** Header values are bytes in base64. */
  readonly headers: readonly { readonly key: string; readonly value: string | null }[];
}

/** Records of one source by their number. */
export interface StoredValues {
  /** Number of the next record. */
  next: number;
  /** Null where no log holds a record of a chunk any more. */
  chunks: (StoredRecord[] | null)[];
  /** About the bytes that all records kept take. */
  bytes: number;
}

const chunkRecords = 1024;
/** About what a record takes beside its payloads. */
const recordOverhead = 96;

export const createStoredValues = (): StoredValues => ({ next: 0, chunks: [], bytes: 0 });

const payloadLength = (payload: StoredPayload): number => (payload === null ? 0 : payload.length);

const bytesOf = ({ key, value }: StoredRecord): number => recordOverhead + payloadLength(key) + payloadLength(value);

/** Keeps a record; returns its number. */
export function keepRecord(stored: StoredValues, record: StoredRecord): number {
  const number = stored.next++;
  const chunk = Math.floor(number / chunkRecords);
  if (chunk === stored.chunks.length) stored.chunks.push([]);
  stored.chunks[chunk]!.push(record);
  stored.bytes += bytesOf(record);
  return number;
}

/** The record of a number; null where it is no longer kept. */
export function storedRecord(stored: StoredValues, number: number): StoredRecord | null {
  return stored.chunks[Math.floor(number / chunkRecords)]?.[number % chunkRecords] ?? null;
}

/** Chunk that holds a record. */
export const chunkOf = (number: number): number => Math.floor(number / chunkRecords);

/** Gives up whole chunks that are not in `held`; the one that is written to stays. */
export function freeChunks(stored: StoredValues, held: ReadonlySet<number>): void {
  for (let chunk = 0; chunk < stored.chunks.length - 1; chunk++) {
    const records = stored.chunks[chunk];
    if (!records || held.has(chunk)) continue;
    for (const record of records) stored.bytes -= bytesOf(record);
    stored.chunks[chunk] = null;
  }
}

/** Adds the chunks that never change any more: copies of a run share them. */
export function shareChunks({ chunks }: StoredValues, shared: Set<object>): void {
  for (let chunk = 0; chunk < chunks.length - 1; chunk++) {
    const records = chunks[chunk];
    if (records) shared.add(records);
  }
}

/** A payload as people read it: text as it is, bytes in hexadecimal. */
export function storedText(payload: string | Uint8Array): string {
  if (typeof payload === 'string') return payload;
  let text = '0x';
  for (const byte of payload) text += byte.toString(16).padStart(2, '0');
  return text;
}
