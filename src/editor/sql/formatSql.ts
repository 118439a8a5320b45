import { formatStatement } from '../../sql/syntax/formatStatement.ts';
import { tokenize } from '../../sql/syntax/lexer.ts';
import { parseStatements, type ParsedStatement } from '../../sql/syntax/parse.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';

/** ksqlDB's form knows no comments, and variables are replaced by it: such statements stay as they were written. */
function canBeFormatted({ text, problem, variables }: ParsedStatement): boolean {
  return problem === null && variables.length === 0 && tokenize(text).every(({ kind }) => kind !== 'comment' && kind !== 'directive');
}

/**
 * A text of statements in ksqlDB's form, a clause a line. What stands between statements is kept, and so is a statement with comments or variables within it, as it
 * is written. A text that cannot be read stays as it is.
 */
export function formatSql(text: string): string {
  try {
    const statements = parseStatements(text);
    let formatted = '';
    let done = 0;
    for (const one of statements) {
      formatted += text.slice(done, one.offset) + (canBeFormatted(one) ? `${formatStatement(one.statement).trimEnd()};` : one.text);
      done = one.offset + one.text.length;
    }
    return formatted + text.slice(done);
  } catch (error) {
    if (error instanceof SqlError) return text;
    throw error;
  }
}
