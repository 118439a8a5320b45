import type { Expression, Place, Statement, TableElement, TypeName } from './ast.ts';
import { Cursor } from './cursor.ts';
import { tableElements } from './definitionParser.ts';
import { expression } from './expressionParser.ts';
import { SqlError } from './sqlError.ts';
import { statement } from './statementParser.ts';
import { typeName } from './typeParser.ts';
import { replaceVariables, type VariableUse } from './variables.ts';

/** A statement that can be read. What is wrong with it besides is told when its turn comes (`prepare`), as ksqlDB does. */
export interface ParsedStatement {
  /** From its first word to its semicolon. */
  readonly text: string;
  readonly at: Place;
  /** Offset of the text's first character in the whole, UTF-16 units. */
  readonly offset: number;
  readonly statement: Statement;
  readonly problem: SqlError | null;
  readonly variables: readonly VariableUse[];
}

/** A qualifier must be the name or the alias of a source of the same statement. */
function refuseUnknownQualifiers(cursor: Cursor): void {
  const unknown = cursor.qualifiers.find(({ name }) => !cursor.sources.has(name) && !name.startsWith('${'));
  if (unknown) cursor.deferPrepare(`'${unknown.name}' is not a valid stream/table name or alias.`, unknown.at);
}

function parsed(cursor: Cursor): ParsedStatement {
  const { at, token } = cursor;
  const found = statement(cursor);
  cursor.expect(';');
  refuseUnknownQualifiers(cursor);
  const { problem } = cursor;
  const offset = token.start;
  const variables = cursor.variables.map((use) => ({ ...use, start: use.start - offset }));
  const text = cursor.text.slice(offset, cursor.previous().end);
  cursor.endStatement();
  return { text, at, offset, statement: found, problem, variables };
}

/**
 * All statements of a text, each ended by a semicolon. Throws an SqlError at the first place that cannot be read, whatever comes before it (DefaultKsqlParser.parse).
 */
export function parseStatements(text: string): ParsedStatement[] {
  const cursor = new Cursor(text);
  const found: ParsedStatement[] = [];
  while (cursor.token.kind !== 'end') found.push(parsed(cursor));
  return found;
}

/**
 * A statement with its variables replaced, when its turn has come. Throws an SqlError for what is wrong with it: names that are no names, numbers out of
 * range, sources that it does not name (DefaultKsqlParser.prepare). Places in a text with replaced variables are those of the replaced text.
 */
export function prepareStatement(parsedStatement: ParsedStatement, variables: ReadonlyMap<string, string> = new Map()): Statement {
  const text = replaceVariables(parsedStatement.text, parsedStatement.variables, variables);
  const { statement: found, problem } = text === parsedStatement.text ? parsedStatement : parseStatements(text)[0]!;
  if (problem) throw problem;
  return found;
}

function whole<T>(text: string, parse: (cursor: Cursor) => T): T {
  const cursor = new Cursor(text);
  const found = parse(cursor);
  if (cursor.token.kind !== 'end') throw cursor.unexpected();
  if (cursor.problem) throw cursor.problem;
  return found;
}

/** One expression and nothing else. Throws an SqlError. */
export const parseExpression = (text: string): Expression => whole(text, expression);

/** One type and nothing else (`MAP<STRING, INTEGER>`). Throws an SqlError. */
export const parseTypeName = (text: string): TypeName => whole(text, typeName);

/** Columns without the brackets around them (SchemaParser): a schema as ksqlDB writes one. Throws an SqlError. */
export const parseColumns = (text: string): TableElement[] => (text.trim() === '' ? [] : whole(`(${text})`, tableElements));

/** The name of a column in a property, be it qualified (ColumnReferenceParser). Throws an SqlError. */
export function parseColumnName(text: string): string {
  const found = whole(text, expression);
  if (found.kind !== 'column') throw new SqlError(`Cannot parse text that is not column reference: ${text}`);
  return found.name;
}
