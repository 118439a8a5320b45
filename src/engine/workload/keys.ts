/**
 * Skeleton. All keys of a run by id: interned texts, and numbered ranges (`prefix` + 1 … count) that need no text until somebody looks. Each distinct
 * key is hashed once (murmur2 of its UTF-8), ranges lazily. Plain data.
 */
export interface KeyTable {
  texts: string[];
}
export function createKeyTable(): KeyTable {
  throw new Error('unimplemented');
}
/** Id of a text key. */
export function internKey(_table: KeyTable, _text: string): number {
  throw new Error('unimplemented');
}
/** Reserves ids for `prefix1 … prefix<count>`; returns the id of the first. The same prefix and count again give the same range. */
export function registerKeyRange(_table: KeyTable, _prefix: string, _count: number): number {
  throw new Error('unimplemented');
}
export function keyText(_table: KeyTable, _id: number): string {
  throw new Error('unimplemented');
}
/** Bytes of the key's UTF-8. */
export function keySize(_table: KeyTable, _id: number): number {
  throw new Error('unimplemented');
}
/** Kafka's `toPositive(murmur2(bytes))`. */
export function keyHash(_table: KeyTable, _id: number): number {
  throw new Error('unimplemented');
}
