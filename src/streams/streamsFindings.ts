/** What is wrong with a stream processor, at its place in the node's text, with what to do about it. */
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import type { Finding } from '../pipeline/finding.ts';
import { pointer } from '../pipeline/findings.ts';
import { nearestName } from '../pipeline/nearest.ts';
import type { Place } from '../sql/syntax/ast.ts';
import { tokenize } from '../sql/syntax/lexer.ts';
import type { ParsedStatement } from '../sql/syntax/parse.ts';
import type { SqlError } from '../sql/syntax/sqlError.ts';

/** What is said of a place in a config's text. */
export interface StreamsWords {
  readonly severity: Finding['severity'];
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** The config that holds a stream processor's text. */
type TextConfig = 'sql' | 'operators';

const textConfigOf = ({ kind }: PipelineNode): TextConfig => (kind === 'operators' ? 'operators' : 'sql');

export function findingAt(document: PipelineDocument, node: PipelineNode, at: Place | null, words: StreamsWords): Finding {
  const config = textConfigOf(node);
  const path = pointer('nodes', document.nodes.indexOf(node), 'config', config);
  const where = at === null ? '' : `, line ${at.line}, column ${at.column}`;
  const place = { path, node: node.id, config, ...(at !== null && { at: { line: at.line, column: at.column } }) };
  return { ...words, ...place, message: `${config} of "${node.name}"${where}: ${words.message}` };
}

/** What can be named where an error stands. */
export interface KnownNames {
  readonly sources: readonly string[];
  /** Of all sources together. */
  readonly columns: readonly string[];
}

/** ksqlDB's words begin with the place where they know it; here it has been said already. */
const withoutPlace = (message: string): string =>
  message
    .replace(/^(?:line \d+:\d+: |Line: \d+, Col: \d+: )/, '')
    .replaceAll(/\s*\n\s*/g, '. ')
    .replaceAll('..', '.');

/** The place of the first word of a statement that an error quotes, where the error knows none itself. */
function quotedPlace(message: string, { text, at }: ParsedStatement): Place | null {
  for (const [, backquoted, quoted, bare] of message.matchAll(/`([^`]+)`|'([A-Za-z_][\w$-]*)'|^([A-Z_][A-Z0-9_]*) does not exist/g)) {
    const name = backquoted ?? quoted ?? bare!;
    const token = tokenize(text).find(
      ({ word, start, end }) =>
        word === name ||
        text
          .slice(start, end)
          .replaceAll(/^[`"]|[`"]$/g, '')
          .toUpperCase() === name.toUpperCase(),
    );
    if (token === undefined) continue;
    return { line: at.line + token.line - 1, column: token.line === 1 ? at.column + token.column - 1 : token.column };
  }
  return null;
}

export function placeOfError(error: SqlError, statement: ParsedStatement | null): Place | null {
  if (error.at !== null) return error.at;
  return statement && (quotedPlace(error.message, statement) ?? statement.at);
}

function remedyOfMismatch(expected: readonly string[]): string {
  const shown = expected.slice(0, 8);
  const more = expected.length > shown.length ? ` or one of ${expected.length - shown.length} more` : '';
  return `Write ${shown.join(', ')}${more} there.`;
}

const hint = (name: string, candidates: readonly string[], otherwise: string): string => {
  const nearest = nearestName(name, candidates);
  return nearest === null ? otherwise : `Did you mean ${nearest}?`;
};

/** What to do about an error of ksqlDB's. */
function remedyOf(error: SqlError, { sources, columns }: KnownNames): string {
  const { message, mismatch } = error;
  if (mismatch !== null && mismatch.expected.length > 0) return remedyOfMismatch(mismatch.expected);
  const source = /^(\S+) does not exist\./.exec(message)?.[1];
  if (source !== undefined)
    return hint(
      source,
      sources,
      'Declare it with CREATE STREAM or CREATE TABLE in an SQL node, or give the producers of its topic a JSON template.',
    );
  const column = /column '(?:[^'.]*\.)?([^']+)' cannot be resolved/i.exec(message)?.[1];
  if (column !== undefined) return hint(column, columns, 'Name a column that the sources of the statement have.');
  if (message.startsWith('Nothing says what'))
    return 'Give the producers of the topic a JSON template, or declare it with CREATE STREAM in an SQL node.';
  if (message.startsWith('Key missing from projection')) return 'Name the key in SELECT, or write PARTITION BY to have another.';
  if (message.includes('VALUE_FORMAT')) return "Add VALUE_FORMAT='JSON' to the WITH clause, or the format that the topic's records have.";
  if (message.includes('KAFKA_TOPIC')) return "Add KAFKA_TOPIC='…' with the name of a topic of this pipeline to the WITH clause.";
  if (message.includes('already exists'))
    return 'All SQL nodes of a pipeline know the same streams and tables: create it once, or give it another name.';
  if (message.includes("Can't find any functions"))
    return 'Look up the function and its parameters; names that a function does not have are those of columns without brackets.';
  return 'Correct the statement at this place.';
}

/** A finding out of an error that reading or planning a statement threw. */
export function findingOfError(
  document: PipelineDocument,
  node: PipelineNode,
  { error, statement, names }: { readonly error: SqlError; readonly statement: ParsedStatement | null; readonly names: KnownNames },
): Finding {
  const words: StreamsWords = {
    severity: 'error',
    code: `${textConfigOf(node)}.${error.mismatch === null ? 'refused' : 'syntax'}`,
    message: withoutPlace(error.message),
    remedy: remedyOf(error, names),
  };
  return findingAt(document, node, placeOfError(error, statement), words);
}
