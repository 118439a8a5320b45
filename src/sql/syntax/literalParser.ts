import type { Duration, Literal, Place, TimeUnit } from './ast.ts';
import type { Cursor } from './cursor.ts';

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/** Whether a number stands here, be it with a minus before it. */
export function isNumber(cursor: Cursor): boolean {
  const next = cursor.is('-') ? cursor.ahead(1) : cursor.token;
  const found = next.kind === 'integer' || next.kind === 'decimal' || next.kind === 'float';
  if (!found) for (const shape of ['INTEGER_VALUE', 'DECIMAL_VALUE', 'FLOATING_POINT_VALUE'] as const) cursor.isShape(shape);
  return found;
}

/** An integer by its text: of 32 bits, else of 64 (ParserUtil.visitIntegerLiteral). */
function integer(cursor: Cursor, text: string, at: Place): Literal {
  const value = BigInt(text);
  if (value < smallest || value > largest) cursor.deferPrepare(`line ${at.line}:${at.column}: Invalid numeric literal: ${text}`, at);
  return value >= -2147483648n && value <= 2147483647n ? { kind: 'integer', value: Number(value), at } : { kind: 'bigint', value, at };
}

export interface NumberText {
  readonly text: string;
  readonly kind: 'integer' | 'decimal' | 'float';
  readonly at: Place;
}

/** The number that must stand here, as text with its sign. */
export function numberText(cursor: Cursor): NumberText {
  const { at } = cursor;
  if (!isNumber(cursor)) throw cursor.unexpected();
  const sign = cursor.accept('-') ? '-' : '';
  const token = cursor.advance();
  return { text: sign + cursor.textOf(token), kind: token.kind as NumberText['kind'], at };
}

export function numberLiteral(cursor: Cursor): Literal {
  const { text, kind, at } = numberText(cursor);
  if (kind === 'integer') return integer(cursor, text, at);
  if (kind === 'decimal') return { kind: 'decimal', text: plainDecimal(text), at };
  const value = Number(text);
  if (!Number.isFinite(value)) cursor.deferPrepare(`line ${at.line}:${at.column}: Number overflows DOUBLE: ${text}`, at);
  return { kind: 'double', value, at };
}

/** With a digit on both sides of the point, or no point; no zeros before the first digit but one. The scale stays. */
function plainDecimal(text: string): string {
  const [, sign, whole, fraction] = /^(-?)(\d*)\.(\d*)$/.exec(text)!;
  const digits = whole!.replace(/^0+(?=\d)/, '') || '0';
  return `${sign}${digits}${fraction ? `.${fraction}` : ''}`;
}

/** The literal that must stand here. A variable is a string until it is replaced. */
export function literal(cursor: Cursor): Literal {
  const { at } = cursor;
  if (cursor.accept('NULL')) return { kind: 'null', at };
  if (cursor.accept('TRUE')) return { kind: 'boolean', value: true, at };
  if (cursor.accept('FALSE')) return { kind: 'boolean', value: false, at };
  if (cursor.isShape('VARIABLE')) return { kind: 'string', value: cursor.variable('literal'), at };
  if (isNumber(cursor)) return numberLiteral(cursor);
  return { kind: 'string', value: cursor.string(), at };
}

/** The integer that must stand here; for what, the error says if it is another number. */
export function integerFor(cursor: Cursor, command: string): number {
  const { text, kind, at } = numberText(cursor);
  if (kind !== 'integer') cursor.deferPrepare(`Value must be integer for command: ${command}`, at);
  else if (BigInt(text) > 2147483647n || BigInt(text) < -2147483648n)
    cursor.deferPrepare(`Invalid value for command ${command}: ${text}`, at);
  return kind === 'integer' ? Number(text) : 0;
}

const unitMilliseconds: Readonly<Record<TimeUnit, number>> = {
  DAYS: 86_400_000,
  HOURS: 3_600_000,
  MINUTES: 60_000,
  SECONDS: 1000,
  MILLISECONDS: 1,
};
const units = Object.keys(unitMilliseconds) as readonly TimeUnit[];

/** The unit of time here, in singular or plural, passed; or null. */
export function acceptTimeUnit(cursor: Cursor): TimeUnit | null {
  return units.find((unit) => cursor.accept(unit) || cursor.accept(unit.slice(0, -1))) ?? null;
}

/** Number and unit (`5 SECONDS`). */
export function duration(cursor: Cursor): Duration {
  const { text, kind, at } = numberText(cursor);
  if (kind !== 'integer') cursor.deferPrepare(`For input string: "${text}"`, at);
  const unit = acceptTimeUnit(cursor);
  if (!unit) throw cursor.unexpected();
  const value = Number(text);
  return { value, unit, milliseconds: value * unitMilliseconds[unit], at };
}
