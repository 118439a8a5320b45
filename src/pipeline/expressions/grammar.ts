/** Operator-precedence parser (Pratt) of expressions: text in, plain data or one explained failure out. */
import {
  expressionFunctions,
  expressionLengthMax,
  ParseError,
  type ArithmeticOperator,
  type ComparisonOperator,
  type Expression,
  type FunctionName,
} from './syntax.ts';
import { tokenize, type Token } from './tokens.ts';

interface Parser {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

const depthMax = 100;
const binding = { or: 1, and: 2, not: 3, compare: 4, add: 5, multiply: 6, sign: 7 } as const;
const comparisons: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);
const arithmetic: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['+', '+'],
  ['-', '-'],
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
]);

function peek(parser: Parser): Token {
  return parser.tokens[parser.at]!;
}

function describe(token: Token): string {
  return token.kind === 'end' ? 'the end' : `"${token.text}"`;
}

/** Keywords are read in any case; names are not. */
function isKeyword(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word;
}

function isSymbol(token: Token, text: string): boolean {
  return token.kind === 'symbol' && token.text === text;
}

function expectSymbol(parser: Parser, text: string, why: string): void {
  const token = peek(parser);
  if (!isSymbol(token, text)) throw new ParseError(token.column, `${why}, but here is ${describe(token)}.`, `Put a ${text} here.`);
  parser.at++;
}

function parsePath(parser: Parser): Expression {
  const path: string[] = [];
  for (;;) {
    const token = peek(parser);
    if (isSymbol(token, '.')) {
      const name = parser.tokens[parser.at + 1]!;
      if (name.kind !== 'word' && !(name.kind === 'number' && /^\d+$/.test(name.text))) {
        throw new ParseError(
          name.column,
          `A field name must follow the dot, but here is ${describe(name)}.`,
          'Write value.name, or value["odd name"].',
        );
      }
      path.push(name.text);
      parser.at += 2;
    } else if (isSymbol(token, '[')) {
      const inside = parser.tokens[parser.at + 1]!;
      if (inside.kind === 'text') path.push(inside.value);
      else if (inside.kind === 'number' && Number.isSafeInteger(inside.value)) path.push(String(inside.value));
      else
        throw new ParseError(
          inside.column,
          `Brackets hold a field name in quotes or a position, not ${describe(inside)}.`,
          'Write value["odd name"] or value.items[0].',
        );
      parser.at += 2;
      expectSymbol(parser, ']', 'The bracket must be closed');
    } else return { kind: 'value', path };
  }
}

function parseList(parser: Parser): Expression[] {
  const items: Expression[] = [];
  if (!isSymbol(peek(parser), ')')) {
    items.push(parseLevel(parser, 0));
    while (isSymbol(peek(parser), ',')) {
      parser.at++;
      items.push(parseLevel(parser, 0));
    }
  }
  expectSymbol(parser, ')', 'The list must be closed');
  return items;
}

function parseCall(parser: Parser, token: Token): Expression {
  if (!Object.hasOwn(expressionFunctions, token.text)) {
    const names = Object.keys(expressionFunctions).join(', ');
    throw new ParseError(token.column, `There is no function "${token.text}".`, `The functions are ${names}.`);
  }
  const name = token.text as FunctionName;
  const [fewest, most] = expressionFunctions[name];
  parser.at++;
  const given = parseList(parser);
  if (given.length < fewest || given.length > most) {
    const wanted = fewest === most ? String(fewest) : `${fewest} to ${most}`;
    throw new ParseError(
      token.column,
      `${name} has ${given.length} arguments here and takes ${wanted}.`,
      `Give it ${wanted}, separated by commas.`,
    );
  }
  return { kind: 'call', name, arguments: given };
}

function parseWord(parser: Parser, token: Token): Expression {
  if (isSymbol(peek(parser), '(') && !isKeyword(token, 'not')) return parseCall(parser, token);
  switch (token.text.toLowerCase()) {
    case 'true':
      return { kind: 'literal', value: true };
    case 'false':
      return { kind: 'literal', value: false };
    case 'null':
      return { kind: 'literal', value: null };
    case 'not':
      return { kind: 'not', operand: parseLevel(parser, binding.not) };
  }
  switch (token.text) {
    case 'value':
      return parsePath(parser);
    case 'key':
    case 'timestamp':
    case 'partition':
    case 'offset':
      return { kind: token.text };
  }
  if (['and', 'or', 'in', 'like'].includes(token.text.toLowerCase())) {
    throw new ParseError(
      token.column,
      `Something must stand before "${token.text}".`,
      'Write for example value.amount > 100 and value.status = "ok".',
    );
  }
  const lower = token.text.toLowerCase();
  const remedy = ['key', 'value', 'timestamp', 'partition', 'offset'].includes(lower)
    ? `Write it in small letters: ${lower}.`
    : `Write value.${token.text} for a field of the value, or "${token.text}" for a text.`;
  throw new ParseError(token.column, `There is no "${token.text}" here: a record has key, value, timestamp, partition and offset.`, remedy);
}

function parsePrefix(parser: Parser): Expression {
  const token = peek(parser);
  parser.at++;
  if (token.kind === 'number' || token.kind === 'text') return { kind: 'literal', value: token.value };
  if (token.kind === 'word') return parseWord(parser, token);
  if (isSymbol(token, '(')) {
    const inner = parseLevel(parser, 0);
    expectSymbol(parser, ')', 'The parenthesis must be closed');
    return inner;
  }
  if (isSymbol(token, '-')) {
    const operand = parseLevel(parser, binding.sign);
    return operand.kind === 'literal' && typeof operand.value === 'number'
      ? { kind: 'literal', value: -operand.value }
      : { kind: 'negate', operand };
  }
  throw new ParseError(
    token.column,
    `A value is missing: here is ${describe(token)}.`,
    'Write a field such as value.amount, a number, or a text in quotes.',
  );
}

function compare(operator: ComparisonOperator, left: Expression, right: Expression): Expression {
  const isNullLiteral = (side: Expression) => side.kind === 'literal' && side.value === null;
  if (operator === '=' || operator === '!=') {
    const negated = operator === '!=';
    if (isNullLiteral(right)) return { kind: 'isNull', operand: left, negated };
    if (isNullLiteral(left)) return { kind: 'isNull', operand: right, negated };
  }
  return { kind: 'compare', operator, left, right };
}

function parseMembership(parser: Parser, left: Expression, negated: boolean): Expression {
  const token = peek(parser);
  parser.at++;
  if (isKeyword(token, 'in')) {
    expectSymbol(parser, '(', '"in" needs a list in parentheses');
    const choices = parseList(parser);
    if (choices.length === 0) throw new ParseError(token.column, 'The list after "in" is empty.', 'Write for example in ("a", "b").');
    return { kind: 'in', operand: left, choices, negated };
  }
  const pattern = peek(parser);
  if (pattern.kind !== 'text')
    throw new ParseError(
      pattern.column,
      `"like" needs a pattern in quotes, but here is ${describe(pattern)}.`,
      'Write for example like "abc%".',
    );
  parser.at++;
  return { kind: 'like', operand: left, pattern: pattern.value, negated };
}

/** How strongly the operator at hand binds; 0 when it is none. */
function bindingOf(parser: Parser): number {
  const token = peek(parser);
  if (token.kind === 'symbol') {
    if (comparisons.has(token.text)) return binding.compare;
    if (token.text === '+' || token.text === '-') return binding.add;
    return arithmetic.has(token.text) ? binding.multiply : 0;
  }
  if (isKeyword(token, 'or')) return binding.or;
  if (isKeyword(token, 'and')) return binding.and;
  if (isKeyword(token, 'in') || isKeyword(token, 'like')) return binding.compare;
  if (isKeyword(token, 'not')) {
    const next = parser.tokens[parser.at + 1]!;
    return isKeyword(next, 'in') || isKeyword(next, 'like') ? binding.compare : 0;
  }
  return 0;
}

function parseInfix(parser: Parser, left: Expression, power: number): Expression {
  const token = peek(parser);
  if (token.kind === 'word') {
    const word = token.text.toLowerCase();
    if (word === 'and' || word === 'or') {
      parser.at++;
      return { kind: word, left, right: parseLevel(parser, power) };
    }
    if (word === 'not') parser.at++;
    return parseMembership(parser, left, word === 'not');
  }
  parser.at++;
  const right = parseLevel(parser, power);
  const operator = comparisons.get(token.text);
  if (operator === undefined) return { kind: 'arithmetic', operator: arithmetic.get(token.text)!, left, right };
  if (bindingOf(parser) === binding.compare) {
    throw new ParseError(peek(parser).column, 'Comparisons cannot be chained.', 'Write a < b and b < c.');
  }
  return compare(operator, left, right);
}

/** Everything that binds more strongly than `minimum`. */
function parseLevel(parser: Parser, minimum: number): Expression {
  parser.depth++;
  if (parser.depth > depthMax)
    throw new ParseError(peek(parser).column, `This is nested more than ${depthMax} deep.`, 'Split it over several nodes.');
  let left = parsePrefix(parser);
  for (;;) {
    const power = bindingOf(parser);
    if (power === 0 || power <= minimum) break;
    left = parseInfix(parser, left, power);
  }
  parser.depth--;
  return left;
}

/** Parses a whole text. Throws ParseError. */
export function parseWhole(text: string): { readonly ok: true; readonly expression: Expression } {
  if (text.length > expressionLengthMax) {
    throw new ParseError(
      expressionLengthMax + 1,
      `The expression has ${text.length} characters, the most is ${expressionLengthMax}.`,
      'Split it over several nodes.',
    );
  }
  const parser: Parser = { tokens: tokenize(text), at: 0, depth: 0 };
  if (parser.tokens.length === 1) throw new ParseError(1, 'The expression is empty.', 'Write for example value.amount > 100.');
  const expression = parseLevel(parser, 0);
  const rest = peek(parser);
  if (rest.kind !== 'end') {
    throw new ParseError(
      rest.column,
      `The expression is complete before ${describe(rest)}.`,
      'Put an operator such as and, or, =, + between, or remove the rest.',
    );
  }
  return { ok: true, expression };
}
