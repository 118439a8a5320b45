import { describe, expect, test } from 'vitest';
import {
  decimal,
  decimalScientificText,
  decimalText,
  divideDecimals,
  exactDecimal,
  parseDecimal,
  setScale,
  toPrecision,
} from './decimal.ts';
import { castDecimal, castDouble, decimalType, decimalTypeOf, fitDecimal, widen } from './decimalType.ts';
import { doubleText, parseBigint, parseDouble, parseInteger } from './javaNumber.ts';
import { primitive, typeText } from './typeText.ts';

describe('decimals', () => {
  test('[SQL-100] keep every digit and their scale', () => {
    expect(parseDecimal('1.10')).toEqual({ unscaled: 110n, scale: 2 });
    expect(parseDecimal('-1E3')).toEqual({ unscaled: -1n, scale: -3 });
    expect(decimalText(parseDecimal('-1E3'))).toBe('-1000');
    expect(decimalText(parseDecimal('0.00120'))).toBe('0.00120');
    expect(decimalScientificText(parseDecimal('0.0000001'))).toBe('1E-7');
    expect(decimalScientificText(parseDecimal('-1.50E+10'))).toBe('-1.50E+10');
    expect(() => parseDecimal('1.2.3')).toThrow("'1.2.3' is not a number");
    expect(() => parseDecimal('.')).toThrow();
  });

  test('[SQL-100] round only where that is allowed, halves up, down or by direction', () => {
    expect(() => setScale(parseDecimal('1.25'), 1)).toThrow('Rounding necessary');
    expect(setScale(parseDecimal('-1.25'), 1, 'halfUp')).toEqual(decimal(-13n, 1));
    expect(setScale(parseDecimal('-1.25'), 1, 'halfDown')).toEqual(decimal(-12n, 1));
    expect(setScale(parseDecimal('-1.21'), 1, 'floor')).toEqual(decimal(-13n, 1));
    expect(setScale(parseDecimal('-1.21'), 1, 'ceiling')).toEqual(decimal(-12n, 1));
    expect(toPrecision(parseDecimal('999.5'), 3, 'halfUp')).toEqual(decimal(100n, -1));
    expect(divideDecimals(decimal(1n), decimal(4n), 3)).toEqual(decimal(250n, 3));
    expect(() => divideDecimals(decimal(1n), decimal(3n), 9)).toThrow('Rounding necessary');
    expect(() => divideDecimals(decimal(1n), decimal(0n), 9)).toThrow('Division by zero');
  });

  test('[SQL-101] get the narrowest type that holds a literal, and the widest of two', () => {
    expect(typeText(decimalTypeOf(parseDecimal('0.05')))).toBe('DECIMAL(3, 2)');
    expect(typeText(decimalTypeOf(parseDecimal('12.50')))).toBe('DECIMAL(4, 2)');
    expect(typeText(widen(decimalType(4, 2), primitive.BIGINT))).toBe('DECIMAL(21, 2)');
    expect(() => decimalType(2, 3)).toThrow('DECIMAL precision must be >= scale: DECIMAL(2,3)');
  });

  test('[SQL-101] are cast with rounding half up, fitted without, and refused where the whole part is too long', () => {
    expect(castDecimal(parseDecimal('1.005'), decimalType(4, 2))).toEqual(decimal(101n, 2));
    expect(castDouble(1.1, decimalType(4, 2))).toEqual(decimal(110n, 2));
    expect(() => castDecimal(parseDecimal('100'), decimalType(4, 2))).toThrow('must round to an absolute value less than 10^2. Got 100');
    expect(() => fitDecimal(parseDecimal('1.005'), decimalType(4, 2))).toThrow(
      "Cannot fit decimal '1.005' into DECIMAL(4, 2) without rounding. (Requires 4,3)",
    );
    expect(decimalText(exactDecimal(0.1))).toBe('0.1000000000000000055511151231257827021181583404541015625');
    expect(decimalText(exactDecimal(-3e22))).toBe('-30000000000000000000000');
  });
});

describe('numbers of Java', () => {
  test('[SQL-102] print as Double.toString does', () => {
    expect([1, 0.1, 1e7, 123456.789, 0.001, 0.0001, -0, 1e21, 5e-324, -1.5e300].map(doubleText)).toEqual([
      '1.0',
      '0.1',
      '1.0E7',
      '123456.789',
      '0.001',
      '1.0E-4',
      '-0.0',
      '1.0E21',
      '4.9E-324',
      '-1.5E300',
    ]);
  });

  test('[SQL-102] print whole numbers of more than 53 bits with the digits of Java 17', () => {
    expect([4611686018427387904, 9007199254740992, 1e18, -9.2e18, 123456789012345680000].map(doubleText)).toEqual([
      '4.6116860184273879E18',
      '9.007199254740992E15',
      '1.0E18',
      '-9.2E18',
      '1.2345678901234568E20',
    ]);
  });

  test('[SQL-102] are read as Java reads them', () => {
    expect(parseInteger('+7')).toBe(7);
    expect(parseBigint('-9223372036854775808')).toBe(-9223372036854775808n);
    expect(parseDouble('1e3')).toBe(1000);
    for (const text of ['2147483648', '1.0', '', ' 1']) expect(() => parseInteger(text)).toThrow(`For input string: "${text}"`);
    for (const text of ['NaN', 'Infinity', '1e400', '0x10']) expect(() => parseDouble(text)).toThrow(`For input string: "${text}"`);
  });
});
