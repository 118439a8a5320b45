import { ParseError } from '../expressions/syntax.ts';
import type { Generator, Scalar } from './template.ts';

const generatorNames = 'sequence, key, timestamp, uuid, integer, number, oneOf';
const decimalsMax = 6;
const decimalsDefault = 3;
/** Beyond this, a double no longer tells neighbouring decimals apart. */
const magnitudeMax = 1e15;

interface Argument {
  readonly value: Scalar;
  readonly column: number;
}

/** A quoted argument. Inside a JSON text people may or may not write `\"`; both are read as the quote. */
function readText(source: string, start: number): { readonly value: string; readonly end: number } {
  const escaped = source[start] === '\\';
  const open = escaped ? '\\"' : source[start]!;
  let value = '';
  let i = start + open.length;
  while (i < source.length) {
    if (source.startsWith(open, i)) return { value, end: i + open.length };
    if (!escaped && source[i] === '\\' && i + 1 < source.length) i++;
    value += source[i]!;
    i++;
  }
  throw new ParseError(start + 1, 'This text has no closing quote.', `Put a ${open} at its end, before }}.`);
}

function readArgument(source: string, start: number): Argument & { readonly end: number } {
  if (source[start] === '"' || source[start] === "'" || source.startsWith('\\"', start))
    return { ...readText(source, start), column: start + 1 };
  let end = start;
  while (end < source.length && !/\s/.test(source[end]!) && !source.startsWith('}}', end)) end++;
  const text = source.slice(start, end);
  const word: Scalar | undefined = ({ true: true, false: false, null: null } as Readonly<Record<string, Scalar>>)[text];
  if (word !== undefined) return { value: word, end, column: start + 1 };
  if (/^-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)))
    return { value: Number(text), end, column: start + 1 };
  throw new ParseError(start + 1, `"${text}" is neither a number nor a text in quotes.`, 'Put texts in quotes: {{oneOf "a" "b"}}.');
}

function numbers(name: string, given: readonly Argument[], column: number): number[] {
  return given.map((argument) => {
    if (typeof argument.value !== 'number')
      throw new ParseError(argument.column, `${name} takes numbers.`, `Write for example {{${name} 1 100}}.`);
    if (Math.abs(argument.value) > magnitudeMax)
      throw new ParseError(column, `${argument.value} is too large here.`, 'Stay between -1e15 and 1e15.');
    return argument.value;
  });
}

function range(name: 'integer' | 'number', given: readonly Argument[], column: number): Generator {
  const values = numbers(name, given, column);
  const most = name === 'integer' ? 2 : 3;
  if (values.length < 2 || values.length > most) {
    const example = name === 'integer' ? '{{integer 1 100}}' : '{{number 0 1}} or {{number 0 1 2}} for 2 decimals';
    throw new ParseError(
      column,
      `${name} has ${values.length} arguments here and takes the lowest and the highest value.`,
      `Write for example ${example}.`,
    );
  }
  const [low, high, decimals = decimalsDefault] = values as [number, number, number?];
  if (low > high) throw new ParseError(column, `The lowest value ${low} is above the highest, ${high}.`, 'Write the smaller one first.');
  if (name === 'integer') {
    if (!Number.isInteger(low) || !Number.isInteger(high))
      throw new ParseError(column, 'The bounds of an integer are whole numbers.', 'Use {{number …}} for fractions.');
    return { kind: 'integer', low: low + 0, high: high + 0 };
  }
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > decimalsMax) {
    throw new ParseError(column, `${decimals} decimals are not possible.`, `Use 0 to ${decimalsMax}.`);
  }
  if (Math.max(Math.abs(low), Math.abs(high)) * 10 ** decimals > magnitudeMax) {
    throw new ParseError(column, 'So large a number cannot have that many decimals.', 'Use fewer decimals or smaller bounds.');
  }
  return { kind: 'number', low, high, decimals };
}

function build(name: string, given: readonly Argument[], column: number): Generator {
  switch (name) {
    case 'sequence':
    case 'key':
    case 'timestamp':
    case 'uuid':
      if (given.length > 0) throw new ParseError(given[0]!.column, `${name} takes no arguments.`, `Write {{${name}}}.`);
      return { kind: name };
    case 'integer':
    case 'number':
      return range(name, given, column);
    case 'oneOf':
      if (given.length === 0) throw new ParseError(column, 'oneOf has nothing to choose from.', 'Write for example {{oneOf "a" "b"}}.');
      return { kind: 'oneOf', choices: given.map((argument) => (Object.is(argument.value, -0) ? 0 : argument.value)) };
    default: {
      const close = name.toLowerCase() === 'oneof' ? 'Write oneOf with a capital O.' : `The generators are ${generatorNames}.`;
      throw new ParseError(column, name === '' ? 'The braces {{ }} are empty.' : `There is no generator "${name}".`, close);
    }
  }
}

/** Reads the generator whose `{{` stands at `start`; answers where the text goes on after `}}`. Throws ParseError. */
export function readGenerator(source: string, start: number): { readonly generator: Generator; readonly end: number } {
  let at = start + 2;
  const skip = () => {
    while (at < source.length && /\s/.test(source[at]!)) at++;
  };
  skip();
  const nameColumn = at + 1;
  const name = /^[A-Za-z_][\w.-]*/.exec(source.slice(at, at + 100))?.[0] ?? '';
  at += name.length;
  const given: Argument[] = [];
  for (;;) {
    skip();
    if (at >= source.length) throw new ParseError(start + 1, 'This {{ has no }}.', 'Close it with }}.');
    if (source.startsWith('}}', at)) return { generator: build(name, given, nameColumn), end: at + 2 };
    if (name === '') throw new ParseError(nameColumn, 'A generator begins with its name.', `The generators are ${generatorNames}.`);
    const argument = readArgument(source, at);
    given.push(argument);
    at = argument.end;
  }
}
