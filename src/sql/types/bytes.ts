/** Text and bytes: UTF-8, ASCII, base64 and hexadecimal, as Java's `String`, `Base64` and ksqlDB's `BytesUtils` do them. */

function codePointBytes(code: number, out: number[]): void {
  if (code < 0x80) out.push(code);
  else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
  else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
}

/** A text in UTF-8; a lone surrogate becomes a question mark, as in Java. */
export function utf8Bytes(text: string): Uint8Array {
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    codePointBytes(code >= 0xd800 && code <= 0xdfff ? 63 : code, out);
  }
  return Uint8Array.from(out);
}

/** How many bytes follow a first byte of UTF-8; -1 for none that may stand first. */
const following = (first: number): number =>
  first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;

const lowest = [0, 0x80, 0x800, 0x10000];

/** The text of bytes in UTF-8; what is not UTF-8 becomes U+FFFD. */
export function utf8Text(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i++]!;
    const more = following(first);
    let code = more <= 0 ? first : first & (0x3f >> more);
    let read = 0;
    while (read < more && i < bytes.length && (bytes[i]! & 0xc0) === 0x80) {
      code = (code << 6) | (bytes[i++]! & 63);
      read++;
    }
    const valid = more >= 0 && read === more && code >= lowest[more]! && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    text += valid ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

export const asciiBytes = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => (character.codePointAt(0)! < 128 ? character.charCodeAt(0) : 63));

export const asciiText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : '\ufffd')).join('');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64Text(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const given = bytes.length - i;
    text += alphabet[three >> 18]! + alphabet[(three >> 12) & 63]!;
    text += given > 1 ? alphabet[(three >> 6) & 63]! : '=';
    text += given > 2 ? alphabet[three & 63]! : '=';
  }
  return text;
}

/** The bytes of a text in base64. Throws at a character that is not of it and at an end that is cut off. */
export function base64Bytes(text: string): Uint8Array {
  const body = text.replace(/={1,2}$/, '');
  if ((body.length !== text.length && text.length % 4 !== 0) || body.length % 4 === 1)
    throw new Error(`Input byte array has wrong 4-byte ending unit: '${text}' is not base64.`);
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const character of body) {
    const six = alphabet.indexOf(character);
    if (six < 0) throw new Error(`Illegal base64 character '${character}' in '${text}'.`);
    held = ((held << 6) | six) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push((held >> bits) & 255);
    }
  }
  return Uint8Array.from(out);
}

export const hexText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes of hexadecimal digits. Throws where one is none or their number is odd. */
export function hexBytes(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new Error(`hexBinary needs to be even-length: ${text}`);
  if (!/^[0-9a-fA-F]*$/.test(text)) throw new Error(`contains illegal character for hexBinary: ${text}`);
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** Order of `ByteBuffer.compareTo`: bytes are signed, then the shorter is less. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return ((a[i]! << 24) >> 24) - ((b[i]! << 24) >> 24);
  return a.length - b.length;
}
