import { integerBytes, jsonBytes, jsonTextBytes, type Json } from '../../pipeline/templates/json.ts';
import type { Generator, Scalar } from '../../pipeline/templates/template.ts';
import { hashAt, hashBase } from '../kernel/hash.ts';

/** A generator that draws, compiled: its value and the size of its value follow from the sequence alone. */
export interface Draw {
  readonly value: (sequence: number) => Scalar;
  /** Bytes as a JSON value of its own. */
  readonly valueBytes: number | ((sequence: number) => number);
  /** Bytes inside a longer text. */
  readonly textBytes: number | ((sequence: number) => number);
}

/** How values look inside a longer text, and in `concat`: null is nothing. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const powersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;

/** A whole number from 0 to span - 1. Spans beyond 32 bits take 53 bits from two hashes. */
function below(base: number, otherBase: number, span: number): (sequence: number) => number {
  if (span <= 0x1_0000_0000) return (sequence) => Math.floor((hashAt(base, sequence) * span) / 0x1_0000_0000);
  return (sequence) => {
    const bits = hashAt(base, sequence) * 0x20_0000 + (hashAt(otherBase, sequence) >>> 11);
    return Math.floor((bits / 0x20_0000_0000_0000) * span);
  };
}

function integerDraw(low: number, high: number, base: number, otherBase: number): Draw {
  const draw = below(base, otherBase, high - low + 1);
  const value = (sequence: number) => low + draw(sequence);
  const sameLength = integerBytes(low) === integerBytes(high) && low < 0 === high < 0;
  const bytes = sameLength ? integerBytes(low) : (sequence: number) => integerBytes(low + draw(sequence));
  return { value, valueBytes: bytes, textBytes: bytes };
}

/** Characters of `units / 10^decimals` as JavaScript writes it: trailing zeros are left out. */
function decimalBytes(units: number, decimals: number): number {
  const amount = Math.abs(units);
  const whole = Math.floor(amount / powersOfTen[decimals]!);
  let fraction = amount - whole * powersOfTen[decimals]!;
  let digits = fraction === 0 ? 0 : decimals;
  while (digits > 0 && fraction % 10 === 0) {
    fraction /= 10;
    digits--;
  }
  return (units < 0 ? 1 : 0) + integerBytes(whole) + (digits === 0 ? 0 : digits + 1);
}

function numberDraw(generator: Extract<Generator, { kind: 'number' }>, base: number, otherBase: number): Draw {
  const scale = powersOfTen[generator.decimals]!;
  const low = Math.round(generator.low * scale);
  const draw = below(base, otherBase, Math.round(generator.high * scale) - low + 1);
  const bytes = (sequence: number) => decimalBytes(low + draw(sequence), generator.decimals);
  return { value: (sequence) => (low + draw(sequence)) / scale, valueBytes: bytes, textBytes: bytes };
}

function oneOfDraw(choices: readonly Scalar[], base: number, otherBase: number): Draw {
  const draw = below(base, otherBase, choices.length);
  const sizes = (list: readonly number[]) =>
    list.every((size) => size === list[0]) ? list[0]! : (sequence: number) => list[draw(sequence)]!;
  return {
    value: (sequence) => choices[draw(sequence)]!,
    valueBytes: sizes(choices.map((choice) => jsonBytes(choice))),
    textBytes: sizes(choices.map((choice) => jsonTextBytes(textOf(choice)))),
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function uuidDraw(bases: readonly number[]): Draw {
  const [a, b, c, d] = bases as [number, number, number, number];
  const value = (sequence: number) => {
    const [high, middle, low, end] = [hashAt(a, sequence), hashAt(b, sequence), hashAt(c, sequence), hashAt(d, sequence)] as const;
    // Version 4 in the third group, variant 10 in the fourth, as RFC 9562 lays them out.
    const third = 0x4000 | (middle & 0x0fff);
    const fourth = 0x8000 | (low >>> 18);
    return `${hex(high, 8)}-${hex(middle >>> 16, 4)}-${hex(third, 4)}-${hex(fourth, 4)}-${hex(low & 0xffff, 4)}${hex(end, 8)}`;
  };
  return { value, valueBytes: 38, textBytes: 36 };
}

/** Compiles a generator that draws; sequence, key and timestamp come from the record and have no draw (null). */
export function compileDraw(generator: Generator, index: number, source: { readonly seed: number; readonly name: string }): Draw | null {
  const bases = [0, 1, 2, 3].map((part) => hashBase(source.seed, source.name, index * 4 + part));
  const [base, otherBase] = bases as [number, number];
  switch (generator.kind) {
    case 'integer':
      return integerDraw(generator.low, generator.high, base, otherBase);
    case 'number':
      return numberDraw(generator, base, otherBase);
    case 'oneOf':
      return oneOfDraw(generator.choices, base, otherBase);
    case 'uuid':
      return uuidDraw(bases);
    default:
      return null;
  }
}
