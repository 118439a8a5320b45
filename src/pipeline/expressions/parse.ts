/** The door to the expression language; `purpose.ts` has those for conditions and for what is kept in records. */
import { parseWhole } from './grammar.ts';
import { attempt, type Expression, type ParseFailure } from './syntax.ts';

export type ParsedExpression = { readonly ok: true; readonly expression: Expression } | ParseFailure;

/** Parses any expression. */
export function parseExpression(text: string): ParsedExpression {
  return attempt(() => parseWhole(text));
}
