/**
 * Writes the UTF-8 of `text` into `target` from index 0 and returns the number of bytes. A lone surrogate becomes `?` as in Java's
 * `String.getBytes(UTF_8)`, which is what Kafka's StringSerializer calls. `target` must hold 3 bytes for each UTF-16 unit.
 */
export function writeUtf8(text: string, target: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      target[length++] = unit;
    } else if (unit < 0x800) {
      target[length++] = 0xc0 | (unit >> 6);
      target[length++] = 0x80 | (unit & 0x3f);
    } else if (unit < 0xd800 || unit > 0xdfff) {
      target[length++] = 0xe0 | (unit >> 12);
      target[length++] = 0x80 | ((unit >> 6) & 0x3f);
      target[length++] = 0x80 | (unit & 0x3f);
    } else {
      const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
        const point = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
        target[length++] = 0xf0 | (point >> 18);
        target[length++] = 0x80 | ((point >> 12) & 0x3f);
        target[length++] = 0x80 | ((point >> 6) & 0x3f);
        target[length++] = 0x80 | (point & 0x3f);
        i++;
      } else {
        target[length++] = 0x3f;
      }
    }
  }
  return length;
}

/** UTF-8 of `text` as a new array; lone surrogates become `?`. */
export function encodeUtf8(text: string): Uint8Array {
  const target = new Uint8Array(text.length * 3);
  return target.slice(0, writeUtf8(text, target));
}

/** Number of bytes of the UTF-8 of `text`. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit < 0xd800 || unit > 0xdfff) length += 3;
    else {
      const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      const pair = unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff;
      length += pair ? 4 : 1;
      if (pair) i++;
    }
  }
  return length;
}
