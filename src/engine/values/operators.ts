/** What the operators and functions of expressions mean. See VAL rules in SPEC.md for nulls and mixed types. */
import type { ArithmeticOperator, ComparisonOperator, FunctionName } from '../../pipeline/expressions/syntax.ts';
import type { Json } from '../../pipeline/templates/json.ts';
import { textOf } from './generators.ts';

function isScalar(value: Json): value is boolean | number | string {
  return value !== null && typeof value !== 'object';
}

/** Equal type and value; nothing equals null, and lists and objects equal nothing. */
export function equal(left: Json, right: Json): boolean {
  return isScalar(left) && left === right;
}

/** Numbers by amount, texts by their UTF-16 code units; everything else has no order. */
export function compareValues(operator: ComparisonOperator, left: Json, right: Json): boolean {
  if (operator === '=') return equal(left, right);
  if (operator === '!=') return left !== null && right !== null && !equal(left, right);
  const ordered = (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!ordered) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** A number that JSON can hold; anything else is null. */
function finite(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return value === 0 ? 0 : value;
}

/** Numbers only, except that + joins a text with any other scalar. */
export function calculate(operator: ArithmeticOperator, left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') {
    switch (operator) {
      case '+':
        return finite(left + right);
      case '-':
        return finite(left - right);
      case '*':
        return finite(left * right);
      case '/':
        return finite(left / right);
      case '%':
        return finite(left % right);
    }
  }
  const joins = operator === '+' && isScalar(left) && isScalar(right) && (typeof left === 'string' || typeof right === 'string');
  return joins ? textOf(left) + textOf(right) : null;
}

/** SQL's LIKE: `%` any text, `_` any one character. Greedy with one point of return, so that time is at most text × pattern. */
export function like(text: string, pattern: string): boolean {
  const characters = Array.from(text);
  const wanted = Array.from(pattern);
  let at = 0;
  let want = 0;
  let star = -1;
  let starAt = 0;
  while (at < characters.length) {
    if (wanted[want] === '%') {
      star = want++;
      starAt = at;
    } else if (want < wanted.length && (wanted[want] === '_' || wanted[want] === characters[at])) {
      want++;
      at++;
    } else if (star >= 0) {
      want = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (wanted[want] === '%') want++;
  return want === wanted.length;
}

/** Rounds half away from zero towards the larger number, as Math.round does, at a number of decimals from 0 to 15. */
function round(value: Json, decimals: Json): Json {
  if (typeof value !== 'number') return null;
  if (typeof decimals !== 'number') return null;
  let scale = 1;
  for (let i = 0; i < Math.min(15, Math.max(0, Math.floor(decimals))); i++) scale *= 10;
  const scaled = value * scale;
  return Number.isFinite(scaled) ? finite(Math.round(scaled) / scale) : value;
}

/** As in SQL the first character is number 1; what lies outside the text is left out. */
function substring(text: Json, start: Json, length: Json | undefined): Json {
  if (text === null || typeof start !== 'number' || (length !== undefined && typeof length !== 'number')) return null;
  const characters = Array.from(textOf(text));
  const begin = Math.floor(start) - 1;
  const end = length === undefined ? characters.length : begin + Math.max(0, Math.floor(length));
  return characters.slice(Math.max(0, begin), Math.max(0, end)).join('');
}

function lengthOf(value: Json): Json {
  if (Array.isArray(value)) return value.length;
  return value === null ? null : Array.from(textOf(value)).length;
}

function contains(whole: Json, part: Json): boolean {
  if (Array.isArray(whole)) return whole.some((item: Json) => equal(item, part));
  return whole !== null && part !== null && textOf(whole).includes(textOf(part));
}

export const functions: Readonly<Record<FunctionName, (given: readonly Json[]) => Json>> = {
  upper: ([text]) => (text === null ? null : textOf(text!).toUpperCase()),
  lower: ([text]) => (text === null ? null : textOf(text!).toLowerCase()),
  length: ([value]) => lengthOf(value!),
  concat: (given) => given.map(textOf).join(''),
  coalesce: (given) => given.find((value) => value !== null) ?? null,
  round: ([value, decimals = 0]) => round(value!, decimals),
  floor: ([value]) => (typeof value === 'number' ? finite(Math.floor(value)) : null),
  abs: ([value]) => (typeof value === 'number' ? Math.abs(value) : null),
  substring: ([text, start, length]) => substring(text!, start!, length),
  contains: ([whole, part]) => contains(whole!, part!),
};
