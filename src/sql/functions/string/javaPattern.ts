/** Java's regular expressions as JavaScript's: what is written differently is translated, what only Java has is an error. */

const classes: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9a-fA-F',
  Space: ' \\t\\n\\x0B\\f\\r',
  IsAlphabetic: '\\p{Alphabetic}',
  IsLetter: '\\p{L}',
  IsDigit: '\\p{Nd}',
  IsUppercase: '\\p{Lu}',
  IsLowercase: '\\p{Ll}',
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
};

const letters: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '(?=\\n?$)',
  a: '\\x07',
  e: '\\x1B',
  h: '[ \\t\\u00A0\\u1680\\u2000-\\u200A\\u202F\\u205F\\u3000]',
  R: '(?:\\r\\n|[\\n\\x0B\\f\\r\\x85\\u2028\\u2029])',
  v: '[\\n\\x0B\\f\\r\\x85\\u2028\\u2029]',
};

/** White space of Java's \s, which is that of ASCII only. */
const space = ' \\t\\n\\x0B\\f\\r';
const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

class Translator {
  private readonly source: string;
  private at = 0;
  private out = '';
  private depth = 0;

  constructor(source: string) {
    this.source = source;
  }

  translate(): string {
    while (this.at < this.source.length) this.step(this.source[this.at]!);
    return this.out;
  }

  private step(character: string): void {
    if (character === '\\') return this.escape();
    this.at++;
    if (this.depth > 0) return this.inClass(character);
    if (character === '[') return this.openClass();
    if ('*+?}'.includes(character) && this.source[this.at] === '+') return this.possessive(character);
    this.out += character;
  }

  private openClass(): void {
    this.depth = 1;
    this.out += '[';
    if (this.source[this.at] === '^') this.out += this.source[this.at++]!;
    // A bracket that comes first stands for itself.
    if (this.source[this.at] === ']') {
      this.at++;
      this.out += '\\]';
    }
  }

  private inClass(character: string): void {
    if (character === '[') throw new Error(`Character classes within character classes are not supported: ${this.source}`);
    if (character === '&' && this.source[this.at] === '&') throw new Error(`&& in character classes is not supported: ${this.source}`);
    if (character === ']') this.depth = 0;
    this.out += character;
  }

  private possessive(character: string): void {
    throw new Error(`Possessive quantifiers (${character}+) are not supported: ${this.source}`);
  }

  private escape(): void {
    const letter = this.source[this.at + 1];
    if (letter === undefined) throw new Error(`Unexpected internal error near index ${this.at} ${this.source}`);
    this.at += 2;
    if (letter === 'Q') return this.literal();
    if (letter === 'p' || letter === 'P') return this.property(letter);
    if (letter === 's' || letter === 'S') {
      this.out += this.depth > 0 ? (letter === 's' ? space : '\\S') : `[${letter === 'S' ? '^' : ''}${space}]`;
      return;
    }
    if (letter === 'x' && this.source[this.at] === '{') return this.codePoint();
    const other = this.depth > 0 ? undefined : letters[letter];
    this.out += other ?? (/[A-Za-z0-9]/.test(letter) ? `\\${letter}` : quoted(letter));
    if (this.depth > 0 && (letter === '-' || letter === '^')) this.out = `${this.out.slice(0, -1)}\\${letter}`;
  }

  private literal(): void {
    const end = this.source.indexOf('\\E', this.at);
    this.out += quoted(this.source.slice(this.at, end < 0 ? undefined : end));
    this.at = end < 0 ? this.source.length : end + 2;
  }

  private codePoint(): void {
    const end = this.source.indexOf('}', this.at);
    this.out += `\\u{${this.source.slice(this.at + 1, end)}}`;
    this.at = end + 1;
  }

  private property(letter: string): void {
    const braced = this.source[this.at] === '{';
    const end = braced ? this.source.indexOf('}', this.at) : this.at + 1;
    const name = this.source.slice(braced ? this.at + 1 : this.at, end);
    this.at = braced ? end + 1 : end;
    const members = classes[name] ?? `\\p{${name.replace(/^Is/, '')}}`;
    if (this.depth > 0 && letter === 'p') this.out += members;
    else this.out += `[${letter === 'P' ? '^' : ''}${members}]`;
  }
}

/**
 * An expression for Java's `Pattern`, global so that it finds one match after another. Throws where the pattern is none or has what only
 * Java knows.
 */
export function javaPattern(pattern: string): RegExp {
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const source = new Translator(inline === null ? pattern : pattern.slice(inline[0].length)).translate();
  const flags = `g${inline?.[1] ?? ''}`;
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    // With the flag u an escape that means nothing is an error, in Java some of them are not.
    return new RegExp(source, flags);
  }
}

/** A replacement text of Java's `Matcher.appendReplacement`: $1 and ${name} are groups, a backslash quotes. */
export function javaReplacement(
  template: string,
  groups: readonly (string | undefined)[],
  named: Record<string, string> | undefined,
): string {
  return template.replace(/\\([\s\S])|\$\{(\w+)\}|\$(\d)/g, (_, character?: string, name?: string, digit?: string) => {
    if (character !== undefined) return character;
    if (name !== undefined) {
      if (named === undefined || !(name in named)) throw new Error(`No group with name {${name}}`);
      return named[name] ?? '';
    }
    const group = Number(digit);
    if (group >= groups.length) throw new Error(`No group ${group}`);
    return groups[group] ?? '';
  });
}
