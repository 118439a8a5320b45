/** Patterns of `java.time.format.DateTimeFormatter`, taken apart: letters with their count, texts, optional sections. */

export type PatternPart =
  | { readonly kind: 'letter'; readonly letter: string; readonly count: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'optional'; readonly parts: readonly PatternPart[] };

const known = 'GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZp';

class PatternReader {
  private readonly pattern: string;
  private at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  parts(isSection: boolean): PatternPart[] {
    const parts: PatternPart[] = [];
    while (this.at < this.pattern.length) {
      const character = this.pattern[this.at]!;
      if (character === ']') {
        if (!isSection) this.fail('] without [');
        this.at++;
        return parts;
      }
      parts.push(this.part(character));
    }
    return parts;
  }

  private part(character: string): PatternPart {
    if (/[A-Za-z]/.test(character)) return this.letters(character);
    this.at++;
    if (character === '[') return { kind: 'optional', parts: this.parts(true) };
    if (character === "'") return this.quoted();
    if ('{}#'.includes(character)) this.fail(`'${character}' is reserved`);
    return { kind: 'text', text: character };
  }

  private letters(letter: string): PatternPart {
    const start = this.at;
    while (this.pattern[this.at] === letter) this.at++;
    if (!known.includes(letter)) this.fail(`unknown letter '${letter}'`);
    return { kind: 'letter', letter, count: this.at - start };
  }

  private quoted(): PatternPart {
    let text = '';
    while (this.at < this.pattern.length) {
      const character = this.pattern[this.at++]!;
      if (character !== "'") text += character;
      else if (this.pattern[this.at] === "'") text += this.pattern[this.at++]!;
      else return { kind: 'text', text: text === '' ? "'" : text };
    }
    return this.fail('a quote does not end');
  }

  private fail(why: string): never {
    throw new Error(`Invalid pattern '${this.pattern}': ${why}. See DateTimeFormatter of Java.`);
  }
}

const patterns = new Map<string, readonly PatternPart[]>();

/** The parts of a pattern. Throws where it is none. */
export function patternOf(pattern: string): readonly PatternPart[] {
  const parts = patterns.get(pattern) ?? new PatternReader(pattern).parts(false);
  patterns.set(pattern, parts);
  return parts;
}

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
