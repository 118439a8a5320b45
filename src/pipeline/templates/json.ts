/** A JSON value. Objects may have a null prototype, so that a field called `__proto__` is a field like any other. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Bytes of a text's UTF-8 as JSON writes it, without the quotes around it: escapes as `JSON.stringify` makes them. */
export function jsonTextBytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) {
      if (code === 0x22 || code === 0x5c) bytes++;
      else if (code < 0x20) bytes += code >= 8 && code <= 13 && code !== 11 ? 1 : 5;
    } else if (code < 0x800) bytes++;
    else if (code < 0xd800 || code > 0xdfff) bytes += 2;
    else if (code < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i++;
    } else bytes += 5;
  }
  return bytes;
}

/** Bytes of a text's UTF-8; a lone surrogate counts as the replacement character, three bytes. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes++;
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** Bytes of a number as JavaScript writes it. */
export function numberBytes(value: number): number {
  if (Number.isInteger(value) && value > -1e15 && value < 1e15) return integerBytes(value);
  return Number.isFinite(value) ? String(value).length : 4;
}

/** Characters of an integer below 1e15 in amount, its sign included. */
export function integerBytes(value: number): number {
  let bytes = 1;
  let rest = value;
  if (value < 0) {
    bytes = 2;
    rest = -value;
  }
  for (let bound = 10; rest >= bound; bound *= 10) bytes++;
  return bytes;
}

/** Bytes of `JSON.stringify(value)` in UTF-8, without making the text. */
export function jsonBytes(value: Json): number {
  if (value === null) return 4;
  if (typeof value === 'string') return jsonTextBytes(value) + 2;
  if (typeof value === 'number') return numberBytes(value);
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (Array.isArray(value)) {
    let bytes = value.length === 0 ? 2 : value.length + 1;
    for (const item of value as readonly Json[]) bytes += jsonBytes(item);
    return bytes;
  }
  let bytes = 1;
  const names = Object.keys(value);
  for (const name of names) bytes += jsonTextBytes(name) + 4 + jsonBytes((value as Readonly<Record<string, Json>>)[name]!);
  return names.length === 0 ? 2 : bytes;
}

/** Own field of an object or item of an array; null where there is none. */
export function jsonField(value: Json, name: string): Json {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return null;
  if (Array.isArray(value)) return /^\d+$/.test(name) ? ((value as readonly Json[])[Number(name)] ?? null) : null;
  return (value as Readonly<Record<string, Json>>)[name] ?? null;
}

/** Follows a path of field names and positions. */
export function jsonAt(value: Json, path: readonly string[]): Json {
  let at = value;
  for (const name of path) at = jsonField(at, name);
  return at;
}
