import type { SqlValue } from '../../types/sqlType.ts';
import { bound, type FunctionArgument, type ScalarFunction } from '../library.ts';
import { javaPattern, javaReplacement } from './javaPattern.ts';

/** REGEXP_…: the last pattern's expression is kept, since patterns are nearly always constant. */
function withPattern(
  name: string,
  parameters: string,
  returns: string,
  at: number,
  compute: (pattern: RegExp, args: readonly FunctionArgument[]) => SqlValue,
): ScalarFunction {
  return bound(name, parameters, returns, () => {
    let known: string | null = null;
    let expression = /^$/g;
    return (args) => {
      if (args.includes(null)) return null;
      const pattern = args[at] as string;
      if (pattern !== known) {
        try {
          expression = javaPattern(pattern);
        } catch (error) {
          throw new Error(`Invalid regular expression pattern: ${pattern}`, { cause: error });
        }
        known = pattern;
      }
      expression.lastIndex = 0;
      return compute(expression, args);
    };
  });
}

const groupCount = (expression: RegExp): number => (new RegExp(`${expression.source}|`, expression.flags).exec('')?.length ?? 1) - 1;

function extract(expression: RegExp, args: readonly FunctionArgument[]): SqlValue {
  return expression.exec(args[1] as string)?.[(args[2] ?? 0) as number] ?? null;
}

function extractAll(expression: RegExp, args: readonly FunctionArgument[]): SqlValue {
  const group = (args[2] ?? 0) as number;
  if (group > groupCount(expression)) return null;
  return Array.from((args[1] as string).matchAll(expression), (match) => match[group] ?? null);
}

function replaceAll(expression: RegExp, args: readonly FunctionArgument[]): SqlValue {
  const [text, , template] = args as readonly [string, string, string];
  let result = '';
  let from = 0;
  for (const match of text.matchAll(expression)) {
    result += text.slice(from, match.index) + javaReplacement(template, match, match.groups);
    from = match.index + match[0].length;
  }
  return result + text.slice(from);
}

function splitAt(expression: RegExp, args: readonly FunctionArgument[]): SqlValue {
  const text = args[0] as string;
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(expression)) {
    if (match[0] === '' && (match.index === 0 || match.index === text.length)) continue;
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

export const regexpFunctions: readonly ScalarFunction[] = [
  withPattern('regexp_extract', 'VARCHAR pattern, VARCHAR input', 'VARCHAR', 0, extract),
  withPattern('regexp_extract', 'VARCHAR pattern, VARCHAR input, INT group', 'VARCHAR', 0, extract),
  withPattern('regexp_extract_all', 'VARCHAR pattern, VARCHAR input', 'ARRAY<VARCHAR>', 0, extractAll),
  withPattern('regexp_extract_all', 'VARCHAR pattern, VARCHAR input, INT group', 'ARRAY<VARCHAR>', 0, extractAll),
  withPattern('regexp_replace', 'VARCHAR str, VARCHAR regexp, VARCHAR newStr', 'VARCHAR', 1, replaceAll),
  withPattern('regexp_split_to_array', 'VARCHAR string, VARCHAR regexp', 'ARRAY<VARCHAR>', 1, splitAt),
];
