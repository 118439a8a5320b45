/** Parses expressions, for any use or for one purpose: what is well formed may still be wrong where it stands. */
import { isCondition, positionUse } from './check.ts';
import { parseWhole } from './grammar.ts';
import { attempt, failure, type Expression, type ParseFailure } from './syntax.ts';

export type ParsedExpression = { readonly ok: true; readonly expression: Expression } | ParseFailure;

/** Parses any expression. */
export function parseExpression(text: string): ParsedExpression {
  return attempt(() => parseWhole(text));
}

/** Parses the condition of a filter or a branch: an expression that can be true or false. */
export function parseCondition(text: string): ParsedExpression {
  const parsed = parseExpression(text);
  if (!parsed.ok || isCondition(parsed.expression)) return parsed;
  return failure(1, 'This is a value, not a condition: it is never true or false.', 'Compare it, for example value.amount > 100.');
}

/**
 * Parses an expression whose result outlives the record it was computed from (a new key, a field of a new value). Partition and offset are
 * refused there: they are the input record's place in its log, and values are made again later from the record's identity alone.
 */
export function parseLastingExpression(text: string): ParsedExpression {
  const parsed = parseExpression(text);
  const use = parsed.ok ? positionUse(parsed.expression) : null;
  if (!use) return parsed;
  const column = Math.max(text.search(new RegExp(`\\b${use}\\b`)), 0) + 1;
  return failure(column, `"${use}" cannot be kept in a record.`, 'Use key, value or timestamp; partition and offset are for conditions.');
}
