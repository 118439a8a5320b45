import { asciiBytes, asciiText, base64Bytes, base64Text, hexBytes, hexText, utf8Bytes, utf8Text } from '../../types/bytes.ts';
import { toInt32 } from '../../types/javaNumber.ts';
import { bound, strict, type ScalarFunction } from '../library.ts';
import { md5 } from './md5.ts';

/** Text and bytes into each other (`Encode`, `ToBytes`, `FromBytes`), numbers from bytes, MD5, UUID. */

interface Encoding {
  readonly read: (text: string) => Uint8Array;
  readonly write: (bytes: Uint8Array) => string;
}

const encodings: Readonly<Record<string, Encoding>> = {
  hex: { read: hexBytes, write: hexText },
  utf8: { read: utf8Bytes, write: utf8Text },
  ascii: { read: asciiBytes, write: asciiText },
  base64: { read: base64Bytes, write: base64Text },
};

function encodingOf(name: string): Encoding {
  const found = encodings[name.toLowerCase()];
  if (found === undefined) throw new Error(`Unknown encoding type '${name}'. Supported formats are 'hex', 'utf8', 'ascii', and 'base64'.`);
  return found;
}

/** Hexadecimal digits without the marks 0x… and X'…' (`Encode.hexStrip`). */
function strippedHex(text: string): string {
  if (text.startsWith('0x')) return (text.length % 2 === 0 ? '' : '0') + text.slice(2);
  return /^[xX]'.*'$/.test(text) ? text.slice(2, -1) : text;
}

/** base64 as read by commons-codec: what is no character of it is passed over, both alphabets are known. */
function looseBase64(text: string): Uint8Array {
  const known = text
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/[^A-Za-z0-9+/]/g, '');
  return base64Bytes(known.length % 4 === 1 ? known.slice(0, -1) : known);
}

function encode(text: string, from: string, to: string): string {
  const [source, target] = [from.toLowerCase(), to.toLowerCase()];
  if (source === target || encodings[source] === undefined || encodings[target] === undefined)
    throw new Error("Supported input and output encodings are: 'hex', 'utf8', 'ascii' and 'base64'");
  const bytes = source === 'hex' ? hexBytes(strippedHex(text)) : source === 'base64' ? looseBase64(text) : encodings[source].read(text);
  return encodings[target].write(bytes);
}

/** Upper-cased, as `DatatypeConverter` prints hexadecimal digits. */
const fromBytes = (bytes: Uint8Array, encoding: string): string => {
  const text = encodingOf(encoding).write(bytes);
  return encoding.toLowerCase() === 'hex' ? text.toUpperCase() : text;
};

function ordered(bytes: Uint8Array, order: string, length: number): Uint8Array {
  const upper = order.toUpperCase();
  if (upper !== 'BIG_ENDIAN' && upper !== 'LITTLE_ENDIAN')
    throw new Error(`Byte order must be BIG_ENDIAN or LITTLE_ENDIAN. Unknown byte order '${order}'.`);
  if (bytes.length !== length) throw new Error(`Number of bytes must be equal to ${length}, but found ${bytes.length}`);
  return upper === 'BIG_ENDIAN' ? bytes : bytes.slice().reverse();
}

const wholeNumber = (bytes: Uint8Array): bigint => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

function doubleOf(bytes: Uint8Array): number {
  const view = new DataView(new ArrayBuffer(8));
  bytes.forEach((byte, i) => view.setUint8(i, byte));
  return view.getFloat64(0);
}

function numberFromBytes(
  name: string,
  returns: string,
  length: number,
  read: (bytes: Uint8Array) => number | bigint,
): readonly ScalarFunction[] {
  return ['BYTES value', 'BYTES value, VARCHAR byteOrder'].map((parameters) =>
    strict(name, parameters, returns, (bytes: Uint8Array, order = 'BIG_ENDIAN') => read(ordered(bytes, order, length))),
  );
}

const dashed = (hex: string): string => [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');

function randomUuid(random: () => number): string {
  const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return dashed(hexText(bytes));
}

export const encodingFunctions: readonly ScalarFunction[] = [
  strict('encode', 'VARCHAR str, VARCHAR inputEncoding, VARCHAR outputEncoding', 'VARCHAR', encode),
  strict('from_bytes', 'BYTES value, VARCHAR encoding', 'VARCHAR', fromBytes),
  strict('to_bytes', 'VARCHAR value, VARCHAR encoding', 'BYTES', (text: string, encoding: string) => encodingOf(encoding).read(text)),
  ...numberFromBytes('int_from_bytes', 'INT', 4, (bytes) => toInt32(wholeNumber(bytes))),
  ...numberFromBytes('bigint_from_bytes', 'BIGINT', 8, (bytes) => BigInt.asIntN(64, wholeNumber(bytes))),
  ...numberFromBytes('double_from_bytes', 'DOUBLE', 8, doubleOf),
  strict('md5', 'VARCHAR s', 'VARCHAR', (text: string) => hexText(md5(utf8Bytes(text)))),
  bound('uuid', '', 'VARCHAR', () => (_, context) => randomUuid(context.random)),
  strict('uuid', 'BYTES bytes', 'VARCHAR', (bytes: Uint8Array) => (bytes.length === 16 ? dashed(hexText(bytes)) : null)),
];
