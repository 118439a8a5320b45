/** The text of one SQL node, read: what it declares, the one query it runs, and what it must not hold. */
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { effectiveConfig } from '../pipeline/effectiveConfig.ts';
import type { Finding } from '../pipeline/finding.ts';
import type { Query, Statement } from '../sql/syntax/ast.ts';
import { parseStatements, prepareStatement, type ParsedStatement } from '../sql/syntax/parse.ts';
import { SqlError } from '../sql/syntax/sqlError.ts';
import { findingAt, findingOfError } from './streamsFindings.ts';

/** A statement that has been read and prepared, with what had been SET before it. */
export interface ReadStatement<S extends Statement = Statement> {
  readonly parsed: ParsedStatement;
  readonly statement: S;
  readonly settings: Readonly<Record<string, string>>;
}

export type Declaration = Extract<Statement, { kind: 'createSource' | 'createType' }>;
export type PersistentStatement = Extract<Statement, { kind: 'createAsSelect' | 'insertSelect' }>;

export interface NodeStatements {
  readonly node: PipelineNode;
  /** The whole text, as the node has it. */
  readonly text: string;
  readonly declarations: readonly ReadStatement<Declaration>[];
  /** Null where the text has none, or more than one, or cannot be read. */
  readonly query: ReadStatement<PersistentStatement> | null;
  readonly findings: readonly Finding[];
}

/** The name of what a persistent query makes or adds to. */
export const resultNameOf = (statement: PersistentStatement): string =>
  statement.kind === 'createAsSelect' ? statement.name : statement.target;

/** The names of the sources that a query reads, in their order. */
export const readNamesOf = ({ from, joins }: Query): string[] => [from.name, ...joins.map(({ right }) => right.name)];

/** What a statement of another kind is told; null for those that a node may hold. */
function refusal(statement: Statement): { readonly message: string; readonly remedy: string } | null {
  switch (statement.kind) {
    case 'createSource':
    case 'createType':
    case 'createAsSelect':
    case 'insertSelect':
    case 'define':
    case 'undefine':
      return null;
    case 'set':
    case 'unset':
      if (statement.property.startsWith('ksql.')) return null;
      return { message: `'${statement.property}' is not set by a statement here.`, remedy: 'Set the config of that name at the node.' };
    case 'query':
      return {
        message: 'A query alone makes nothing that lasts.',
        remedy: 'Write CREATE STREAM name AS (or CREATE TABLE name AS) before its SELECT, or ask it in the query console.',
      };
    case 'insertValues':
      return {
        message: 'Records do not come from INSERT … VALUES here.',
        remedy: "Wire a producer to the stream's topic, which makes as many as you like.",
      };
    default:
      return { message: 'This statement is no part of a query that runs for ever.', remedy: 'Remove it, or try it in the query console.' };
  }
}

interface Collected {
  readonly declarations: ReadStatement<Declaration>[];
  readonly queries: ReadStatement<PersistentStatement>[];
  readonly findings: Finding[];
}

function collect(document: PipelineDocument, node: PipelineNode, statements: readonly ParsedStatement[]): Collected {
  const collected: Collected = { declarations: [], queries: [], findings: [] };
  const variables = new Map<string, string>();
  const settings: Record<string, string> = {};
  for (const parsed of statements) {
    try {
      const statement = prepareStatement(parsed, variables);
      const words = refusal(statement);
      const read = { parsed, settings: { ...settings } };
      if (words !== null)
        collected.findings.push(findingAt(document, node, parsed.at, { severity: 'error', code: 'sql.statement', ...words }));
      else if (statement.kind === 'createSource' || statement.kind === 'createType') collected.declarations.push({ ...read, statement });
      else if (statement.kind === 'createAsSelect' || statement.kind === 'insertSelect') collected.queries.push({ ...read, statement });
      else if (statement.kind === 'define') variables.set(statement.variable, statement.value);
      else if (statement.kind === 'undefine') variables.delete(statement.variable);
      else if (statement.kind === 'set') settings[statement.property] = statement.value;
      else if (statement.kind === 'unset') delete settings[statement.property];
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      collected.findings.push(findingOfError(document, node, { error, statement: parsed, names: { sources: [], columns: [] } }));
    }
  }
  return collected;
}

/** Exactly one query that runs for ever is the rule. */
function countFindings(document: PipelineDocument, node: PipelineNode, { queries, findings }: Collected): Finding[] {
  if (queries.length > 1) {
    const message = `The node has ${queries.length} queries; each needs a node of its own, since it is an application of its own.`;
    const remedy = 'Move this one into another SQL node: it knows the streams and tables of this one.';
    return [findingAt(document, node, queries[1]!.parsed.at, { severity: 'error', code: 'sql.several-queries', message, remedy })];
  }
  if (queries.length === 1 || findings.length > 0) return [];
  const message = 'There is no query to run.';
  const remedy = 'Write CREATE STREAM name AS SELECT … FROM …; or CREATE TABLE name AS SELECT … GROUP BY …;';
  return [findingAt(document, node, null, { severity: 'error', code: 'sql.no-query', message, remedy })];
}

/** Reads the text of an SQL node. */
export function nodeStatements(document: PipelineDocument, node: PipelineNode): NodeStatements {
  const text = String(effectiveConfig(node)['sql']);
  let statements: readonly ParsedStatement[];
  try {
    statements = parseStatements(text);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const finding = findingOfError(document, node, { error, statement: null, names: { sources: [], columns: [] } });
    return { node, text, declarations: [], query: null, findings: [finding] };
  }
  const collected = collect(document, node, statements);
  const { declarations, queries, findings } = collected;
  const counted = countFindings(document, node, collected);
  return { node, text, declarations, query: queries.length === 1 ? queries[0]! : null, findings: [...findings, ...counted] };
}
