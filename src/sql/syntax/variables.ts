import type { Place } from './ast.ts';
import { tokenize } from './lexer.ts';
import { placeText, SqlError } from './sqlError.ts';

const identifier = /^[A-Za-z_][A-Za-z0-9_@]*$/;
const reference = /\$\$\{|\$\{([^{}$]*)\}/g;

const isString = (text: string): boolean => text.length >= 2 && text.startsWith("'") && text.endsWith("'");
const isNumber = (text: string): boolean => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
const escaped = (text: string): string => text.replaceAll("'", "''");
/** Quotes within are doubled, so that a value stays one text wherever it is put. */
const sanitized = (text: string): string => (isString(text) ? `'${escaped(text.slice(1, -1).replaceAll("''", "'"))}'` : escaped(text));

function identifierText(value: string): string {
  const quote = value[0];
  return (quote === '"' || quote === '`') && value.length > 1 && value.endsWith(quote)
    ? value.slice(1, -1).replaceAll(quote + quote, quote)
    : value;
}

const illegal = (at: Place, more: string, value: string): SqlError =>
  new SqlError(`Illegal argument at ${placeText(at)}.${more} Got: '${value}'`, at);

/** A variable outside of texts, by the place of its token in the statement's text, and what it must be replaced by. */
export interface VariableUse {
  readonly start: number;
  readonly at: Place;
  readonly as: 'name' | 'literal';
}

/** Anything else than a name or a literal is refused, so that no value can add SQL to a statement. */
function bareValue(value: string, { as, at }: VariableUse): string {
  if (as === 'name') {
    if (identifier.test(identifierText(value))) return value;
    throw illegal(at, " Identifier names cannot start with '@' and may only contain alphanumeric values and '_'.", value);
  }
  if (isString(value) || isNumber(value) || /^(true|false)$/i.test(value)) return sanitized(value);
  throw illegal(at, '', value);
}

/** A text with its variables replaced, those in the replacements too. `$${x}` stands for `${x}` itself, `${x:-y}` is y where x is not defined. */
function replaceWithin(text: string, variables: ReadonlyMap<string, string>, within: readonly string[] = []): string {
  return text.replace(reference, (whole, content: string | undefined) => {
    if (content === undefined) return '${';
    const [name, ...fallback] = content.split(':-') as [string, ...string[]];
    if (within.includes(name))
      throw new SqlError(`Infinite loop in property interpolation of ${within[0]}: ${[...within, name].join('->')}`);
    const value = variables.get(name);
    if (value !== undefined) return replaceWithin(sanitized(value), variables, [...within, name]);
    return fallback.length > 0 ? fallback.join(':-') : whole;
  });
}

/**
 * A statement with `${variable}` replaced by its value (VariableSubstitutor). In texts, unknown variables stay as they are; elsewhere a variable must be defined and
 * its value a name or a literal, otherwise an SqlError says so.
 *
 * @param variables values by name, as DEFINE sets them; names are as written
 */
export function replaceVariables(text: string, uses: readonly VariableUse[], variables: ReadonlyMap<string, string>): string {
  if (!text.includes('${')) return text;
  let replaced = '';
  let end = 0;
  for (const token of tokenize(text)) {
    const source = text.slice(token.start, token.end);
    const use = uses.find(({ start }) => start === token.start);
    replaced += text.slice(end, token.start);
    end = token.end;
    if (use) replaced += bareValue(variables.get(source.slice(2, -1)) ?? source, use);
    else replaced += token.kind === 'string' ? replaceWithin(source, variables) : source;
  }
  return replaced;
}
