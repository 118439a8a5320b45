/** Plain data of rows as JSON-able data and back, without loss: what internal topics hold. */
import { base64Bytes, base64Text } from '../types/bytes.ts';

const numbers: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
]);

/** What JSON cannot hold becomes an object of one field: `$integer` a bigint, `$number` NaN, infinities and -0, `$bytes` base64, `$map` pairs. */
export function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return { $integer: value.toString() };
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { $number: '-0' };
    return Number.isFinite(value) ? value : { $number: String(value) };
  }
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { $bytes: base64Text(value) };
  if (value instanceof Map) return { $map: [...value].map(plainJson) };
  if (Array.isArray(value)) return value.map(plainJson);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainJson(member)]));
}

/** The data that `plainJson` was given. */
export function ofPlainJson(json: unknown): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(ofPlainJson);
  const { $integer, $number, $bytes, $map } = json as Record<string, unknown>;
  if (typeof $integer === 'string') return BigInt($integer);
  if (typeof $number === 'string') return numbers.get($number);
  if (typeof $bytes === 'string') return base64Bytes($bytes);
  if (Array.isArray($map)) return new Map($map.map((pair) => ofPlainJson(pair) as [unknown, unknown]));
  return Object.fromEntries(Object.entries(json).map(([name, member]) => [name, ofPlainJson(member)]));
}
