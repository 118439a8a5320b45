import type { Expression, TypeName } from './ast.ts';
import { needsQuotes, quoted } from './words.ts';

/** Which names are put in backquotes: those that need them to be read as themselves, or none, as in messages. */
export type Quoting = 'asNeeded' | 'never';

/** How a name is written. */
export const formatName = (name: string, quoting: Quoting): string => (quoting === 'asNeeded' && needsQuotes(name) ? quoted(name) : name);

const typeAliases: Readonly<Record<string, string>> = { INT: 'INTEGER', VARCHAR: 'STRING' };

/** A type as ksqlDB writes it: INT is INTEGER, VARCHAR is STRING. */
export function formatTypeName(type: TypeName, formName: (name: string) => string): string {
  switch (type.kind) {
    case 'simple': {
      const name = typeAliases[type.name] ?? type.name;
      return name === 'DECIMAL' ? `DECIMAL(${type.parameters.join(', ')})` : name;
    }
    case 'array':
      return `ARRAY<${formatTypeName(type.item, formName)}>`;
    case 'map':
      return `MAP<${formatTypeName(type.key, formName)}, ${formatTypeName(type.value, formName)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((field) => `${formName(field.name)} ${formatTypeName(field.type, formName)}`).join(', ')}>`;
  }
}

export const formatString = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A double in scientific notation with the fewest digits that mean it. */
const formatDouble = (value: number): string => value.toExponential().replace('e+', 'E').replace('e', 'E');

/** A decimal as Java's BigDecimal.toString writes it: with an exponent where it would have more than six digits 0 behind the point. */
function formatDecimal(text: string): string {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const exponent = digits.length - 1 - fraction.length;
  if (exponent >= -6) return text;
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${sign}${mantissa}E${exponent}`;
}

type Of<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;
type Format = (expression: Expression) => string;

const formatCase = (operand: string, { whens, otherwise }: Of<'searchedCase' | 'simpleCase'>, format: Format): string => {
  const branches = whens.map(({ when, then }) => ` WHEN ${format(when)} THEN ${format(then)}`).join('');
  return `(CASE${operand}${branches}${otherwise ? ` ELSE ${format(otherwise)}` : ''} END)`;
};

const not = (negated: boolean, text: string): string => (negated ? `(NOT ${text})` : text);
const between = (left: Expression, operator: string, right: Expression, format: Format): string =>
  `(${format(left)} ${operator} ${format(right)})`;

/** How each kind is written; `name` writes a name. */
const forms: { readonly [K in Expression['kind']]: (expression: Of<K>, format: Format, name: (name: string) => string) => string } = {
  null: () => 'null',
  boolean: ({ value }) => String(value),
  integer: ({ value }) => String(value),
  bigint: ({ value }) => String(value),
  double: ({ value }) => formatDouble(value),
  decimal: ({ text }) => formatDecimal(text),
  string: ({ value }) => formatString(value),
  column: (column, _, name) => (column.source === null ? '' : `${name(column.source)}.`) + name(column.name),
  lambdaVariable: (variable, _, name) => name(variable.name),
  field: (field, format, name) => `${format(field.base)}->${name(field.name)}`,
  subscript: ({ base, index }, format) => `${format(base)}[${format(index)}]`,
  call: (call, format, name) => {
    const isCountOfAll = call.name === 'COUNT' && call.args.length === 0;
    return `${name(call.name)}(${isCountOfAll ? '*' : call.args.map(format).join(', ')})`;
  },
  lambda: ({ params, body }, format, name) => `(${params.map(name).join(', ')}) => ${format(body)}`,
  interval: ({ unit }) => unit,
  unary: ({ operator, operand }, format) => {
    const text = format(operand);
    // Two minuses would begin a comment.
    return operator + (operator === '-' && text.startsWith('-') ? ' ' : '') + text;
  },
  not: ({ operand }, format) => `(NOT ${format(operand)})`,
  arithmetic: ({ left, operator, right }, format) => between(left, operator, right, format),
  logical: ({ left, operator, right }, format) => between(left, operator, right, format),
  comparison: ({ left, operator, right }, format) =>
    operator === 'IS NOT DISTINCT FROM'
      ? not(true, between(left, 'IS DISTINCT FROM', right, format))
      : between(left, operator, right, format),
  isNull: ({ operand, negated }, format) => `(${format(operand)} IS ${negated ? 'NOT ' : ''}NULL)`,
  between: ({ operand, low, high, negated }, format) => not(negated, `(${format(operand)} BETWEEN ${format(low)} AND ${format(high)})`),
  like: ({ operand, pattern, escape, negated }, format) =>
    not(negated, `(${format(operand)} LIKE ${format(pattern)}${escape === null ? '' : ` ESCAPE ${formatString(escape)}`})`),
  in: ({ operand, list, negated }, format) => not(negated, `(${format(operand)} IN (${list.map(format).join(', ')}))`),
  searchedCase: (cases, format) => formatCase('', cases, format),
  simpleCase: (cases, format) => formatCase(` ${format(cases.operand)}`, cases, format),
  cast: ({ operand, type }, format, name) => `CAST(${format(operand)} AS ${formatTypeName(type, name)})`,
  array: ({ items }, format) => `ARRAY[${items.map(format).join(', ')}]`,
  map: ({ entries }, format) => `MAP(${entries.map(({ key, value }) => `${format(key)}:=${format(value)}`).join(', ')})`,
  struct: ({ fields }, format, name) => `STRUCT(${fields.map((field) => `${name(field.name)}:=${format(field.value)}`).join(', ')})`,
};

/**
 * An expression as text in ksqlDB's form (ExpressionFormatter): every operation in brackets, words in capitals. With quotes as needed, the text reads as the
 * same expression again.
 */
export function formatExpression(expression: Expression, quoting: Quoting = 'never'): string {
  const name = (text: string) => formatName(text, quoting);
  const format: Format = (part) =>
    (forms[part.kind] as (part: Expression, format: Format, name: (text: string) => string) => string)(part, format, name);
  return format(expression);
}
