/** Bytes and fields in words, for the hex view. */
import type { ByteField, FieldKind } from '../../workers/protocol.ts';

export const kindWords: Readonly<Record<FieldKind, string>> = {
  batch: 'batch header',
  record: 'record frame',
  key: 'key',
  value: 'value',
  headers: 'record headers',
  compressed: 'compressed records',
};

/** Bytes as `0a ff`. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join(' ');
}

export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** A byte as the letter it would be, or a dot. */
export function letterOf(byte: number): string {
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·';
}

/** Number of the field that holds a byte; fields are in the order of their bytes and leave none out. */
export function fieldAt(fields: readonly ByteField[], position: number): number {
  let low = 0;
  let high = fields.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fields[middle]!.from <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where a field belongs: `batch header`, `record 3, key`. */
export function placeWords({ part, kind }: ByteField): string {
  return part === 'header' ? kindWords[kind] : `record ${part + 1}, ${kind === 'record' ? 'frame' : kind}`;
}

const shownMax = 12;

/** How a field's value is written: `int32, 4 bytes: 00 00 04 d2`, and for varints how the bytes make the number. */
export function encodingWords(field: ByteField, bytes: Uint8Array): string {
  const own = bytes.subarray(field.from, field.from + field.length);
  if (field.type === 'varint' || field.type === 'varlong') return varintWords(field, own);
  const size = field.length === 1 ? '1 byte' : `${field.length} bytes`;
  const hex = `${hexOf(own.subarray(0, shownMax))}${own.length > shownMax ? ' …' : ''}`;
  const numeral = /^u?int\d+$/.test(field.type);
  return `${field.type === '' ? '' : `${field.type}, `}${size}${numeral && field.length > 1 ? ', highest first' : ''}: ${hex}`;
}

/** Seven bits of each byte, the lowest first; then zigzag: even numbers are n / 2, odd ones -(n + 1) / 2. */
function varintWords({ type, value }: ByteField, own: Uint8Array): string {
  const number = Number(value);
  const zigzag = number < 0 ? -2 * number - 1 : 2 * number;
  const size = own.length === 1 ? '1 byte' : `${own.length} bytes`;
  const parts = own.length === 1 ? '' : ', seven bits of each, lowest first';
  const turned = number < 0 ? `odd, so −(${zigzag} + 1) / 2 = ${value}` : `even, so ${zigzag} / 2 = ${value}`;
  return `${type}, ${size}: ${hexOf(own)}${parts}, make ${zigzag}; ${turned}`;
}
