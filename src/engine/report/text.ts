/** UTF-8 as text. The engine runs where there is no TextDecoder. */

/** At most `charactersMax` characters, then `…`; bytes that are no UTF-8 become U+FFFD. */
export function textOf(bytes: Uint8Array, charactersMax: number): string {
  let text = '';
  let at = 0;
  for (let count = 0; at < bytes.length; count++) {
    if (count === charactersMax) return `${text}…`;
    const first = bytes[at];
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const point = pointAt(bytes, at, length);
    text += point < 0 ? '\ufffd' : String.fromCodePoint(point);
    at += point < 0 ? 1 : length;
  }
  return text;
}

/** Code point of a sequence of `length` bytes, or -1 when it is none. */
function pointAt(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at];
  if (length === 1) return first;
  if (at + length > bytes.length || first < 0xc2 || first > 0xf4) return -1;
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const least = [0, 0, 0x80, 0x800, 0x10000][length];
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < least || point > 0x10ffff || surrogate ? -1 : point;
}
