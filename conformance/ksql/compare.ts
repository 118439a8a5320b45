/** How an expected node is compared with what a topic holds: driven by what is expected (`ExpectedRecordComparator`). */
import type { JsonNode, JsonNumber } from '../../src/sql/formats/jsonText.ts';
import { isJsonArray, isJsonNumber, isJsonObject } from '../../src/sql/formats/jsonText.ts';

interface Parsed {
  readonly isInteger: boolean;
  readonly unscaled: bigint;
  readonly scale: number;
}

/** A number's digits and scale, as `BigDecimal` has them. */
function parse(text: string): Parsed {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const unscaled = BigInt(whole + fraction);
  return { isInteger: !/[.eE]/.test(text), unscaled: sign === '-' ? -unscaled : unscaled, scale: fraction.length - Number(exponent) };
}

const power = (exponent: number): bigint => BigInt(`1${'0'.repeat(exponent)}`);
const whole = ({ unscaled, scale }: Parsed): bigint => (scale > 0 ? unscaled / power(scale) : unscaled * power(-scale));

function sameNumber(expectedText: string, actualText: string, isExact: boolean): boolean {
  if (!isExact) return Math.abs(Number(expectedText) - Number(actualText)) <= 1e-6;
  const expected = parse(expectedText);
  const actual = parse(actualText);
  if (actual.isInteger) return whole(expected) === whole(actual);
  if (expected.isInteger) return actual.scale <= 0 && whole(expected) === whole(actual);
  return expected.unscaled === actual.unscaled && expected.scale === actual.scale;
}

/** A number that a topic's format has as a double: it is compared as one. */
export interface DoubleNode extends JsonNumber {
  readonly isDouble: boolean;
}

const isDouble = (node: JsonNumber): boolean => 'isDouble' in node && node.isDouble === true;

/** Whether a number is the one that a text says, with its scale. */
function saysNumber(text: string, { number }: JsonNumber): boolean {
  const [expected, actual] = [parse(text), parse(number)];
  return /^-?\d/.test(text) && expected.unscaled === actual.unscaled && expected.scale === actual.scale;
}

/** Whether a topic holds what is expected there. */
export function matches(expected: JsonNode, actual: JsonNode, isExact: boolean): boolean {
  if (expected === null) return actual === null;
  if (typeof expected === 'boolean') return expected === actual;
  if (typeof expected === 'string') return expected === actual || (actual !== null && isJsonNumber(actual) && saysNumber(expected, actual));
  if (isJsonNumber(expected))
    return actual !== null && isJsonNumber(actual) && sameNumber(expected.number, actual.number, isExact && !isDouble(actual));
  if (isJsonArray(expected))
    return (
      actual !== null &&
      isJsonArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, i) => matches(item, actual[i]!, isExact))
    );
  if (!isJsonObject(expected) || actual === null || !isJsonObject(actual) || actual.size !== expected.size) return false;
  return [...expected].every(([name, member]) => {
    const found = actual.has(name) ? actual.get(name) : actual.get(name.toUpperCase());
    return matches(member, found ?? null, isExact);
  });
}
