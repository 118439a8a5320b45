import { lenient, type ScalarFunction } from '../library.ts';

/** MASK and its kin (`Masker`): letters, digits and the rest become one character each; null keeps a kind as it is. */

interface Masks {
  readonly upper: string | null;
  readonly lower: string | null;
  readonly digit: string | null;
  readonly other: string | null;
}

const standard: Masks = { upper: 'X', lower: 'x', digit: 'n', other: '-' };

function maskedCharacter(character: string, masks: Masks): string {
  if (/\p{Lu}/u.test(character)) return masks.upper ?? character;
  if (/\p{Ll}/u.test(character)) return masks.lower ?? character;
  if (/\p{Nd}/u.test(character)) return masks.digit ?? character;
  return masks.other ?? character;
}

const masked = (text: string, masks: Masks): string => [...text].map((character) => maskedCharacter(character, masks)).join('');

function masksOf(given: readonly (string | null)[]): Masks {
  if (given.length === 0) return standard;
  for (const mask of given)
    if (mask !== null && mask.length !== 1) throw new Error(`Invalid mask character. Must be only single character, but was '${mask}'`);
  const [upper = null, lower = null, digit = null, other = null] = given;
  return { upper, lower, digit, other };
}

const masksDeclared = 'VARCHAR upper, VARCHAR lower, VARCHAR digit, VARCHAR other';

/** A function that masks one part of a text and keeps the other; `cut` says where the one that comes first ends. */
function partly(name: string, masksFirst: boolean, cut: (length: number, count: number) => number): readonly ScalarFunction[] {
  return ['VARCHAR input, INT numChars', `VARCHAR input, INT numChars, ${masksDeclared}`].map((parameters) =>
    lenient(name, parameters, 'VARCHAR', (text: string | null, count: number | null, ...given: (string | null)[]) => {
      const masks = masksOf(given);
      if (count === null || count < 0) throw new Error(`function ${name} requires a non-negative number of characters to mask or skip`);
      if (text === null) return null;
      const at = cut(text.length, count);
      const [first, rest] = [text.slice(0, at), text.slice(at)];
      return masksFirst ? masked(first, masks) + rest : first + masked(rest, masks);
    }),
  );
}

const fromLeft = (length: number, count: number): number => Math.min(count, length);
const fromRight = (length: number, count: number): number => Math.max(0, length - count);

export const maskFunctions: readonly ScalarFunction[] = [
  ...['VARCHAR input', `VARCHAR input, ${masksDeclared}`].map((parameters) =>
    lenient('mask', parameters, 'VARCHAR', (text: string | null, ...given: (string | null)[]) => {
      const masks = masksOf(given);
      return text === null ? null : masked(text, masks);
    }),
  ),
  ...partly('mask_left', true, fromLeft),
  ...partly('mask_right', false, fromRight),
  ...partly('mask_keep_left', false, fromLeft),
  ...partly('mask_keep_right', true, fromRight),
];
