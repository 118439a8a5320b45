/** SQL as the text editor sees it: the pipeline's own streams, tables and topics, and what planning the whole pipeline says of this text. */
import type { PipelineDocument } from '../../pipeline/document.ts';
import { builtInFunctions } from '../../sql/functions/builtIn.ts';
import type { Signature } from '../../sql/functions/overloads.ts';
import { parameterText } from '../../sql/functions/parameter.ts';
import { completionsAt, type Catalogue, type Completions } from '../../sql/syntax/completions.ts';
import { highlightsOf } from '../../sql/syntax/highlights.ts';
import { tokenize } from '../../sql/syntax/lexer.ts';
import { parseStatements } from '../../sql/syntax/parse.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';
import { typeText } from '../../sql/types/typeText.ts';
import type { Catalogue as PlannedCatalogue } from '../../sql/plan/catalogue.ts';
import { planOf } from '../streams/plans.ts';
import { formatSql } from './formatSql.ts';
import type { EditorLanguage, TextProblem } from './language.ts';
import { problemAt } from './places.ts';

function parameters({ parameters: declared }: Signature): string {
  return declared.map(({ type, variadic, name }) => `${parameterText(type)}${variadic ? '…' : ''} ${name}`.trimEnd()).join(', ');
}

/** Every function with the parameters of its first signature. */
const functions: Catalogue['functions'] = [builtInFunctions.scalars, builtInFunctions.aggregates, builtInFunctions.tables]
  .flatMap((some): (readonly [string, readonly Signature[]])[] => [...some])
  .map(([name, signatures]) => ({ name, detail: `(${parameters(signatures[0]!)})${signatures.length > 1 ? ' …' : ''}` }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The statements of a text that can be read by themselves, so that one that is being written does not hide the others. */
export function readableStatements(text: string): string {
  const ends = tokenize(text).filter(({ kind, word }) => kind === 'symbol' && word === ';');
  const starts = [0, ...ends.map(({ end }) => end)];
  return ends
    .map(({ end }, at) => text.slice(starts[at], end))
    .filter((one) => isReadable(one))
    .join('\n');
}

function isReadable(text: string): boolean {
  try {
    return parseStatements(text).every(({ problem }) => problem === null);
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

/** The document with another text in one node's config. */
export function withText(document: PipelineDocument, node: string, config: string, text: string): PipelineDocument {
  if (document.nodes.some((one) => one.id === node && (one.config[config] ?? '') === text)) return document;
  return {
    ...document,
    nodes: document.nodes.map((one) => (one.id === node ? { ...one, config: { ...one.config, [config]: text } } : one)),
  };
}

/** What completions may name where the pipeline has these streams, tables and topics. */
function named(catalogue: PlannedCatalogue, document: PipelineDocument): Catalogue {
  return {
    sources: [...catalogue.sources.values()].map(({ name, kind, schema }) => ({
      name,
      kind,
      columns: [...schema.key, ...schema.value].map((column) => ({ name: column.name, type: typeText(column.type, false) })),
    })),
    functions,
    topics: document.nodes.filter(({ kind }) => kind === 'topic').map(({ name }) => name),
    types: [...catalogue.types.keys()],
  };
}

/** What completions may name where a node's config has this text. */
export const namesOf = (document: PipelineDocument, node: string, config: string, text: string): Catalogue =>
  named(planOf(withText(document, node, config, text)).catalogue, document);

/** What completions may name in a node's text of SQL. */
export const catalogueOf = (document: PipelineDocument, node: string, text: string): Catalogue =>
  namesOf(document, node, 'sql', readableStatements(text));

/** A finding's sentence without where it is, which the text editor shows by itself. */
const withoutPlace = (message: string): string => message.replace(/^\w+ of "[^\n]*?", line \d+, column \d+: /, '');

/** What is wrong with a node's text, as the text editor marks it; what has no place is told elsewhere. */
export function problemsOf(document: PipelineDocument, node: string, config: string, text: string): TextProblem[] {
  return planOf(withText(document, node, config, text))
    .findings.filter((finding) => finding.node === node && finding.config === config)
    .flatMap(({ at, severity, message, remedy }) =>
      at === undefined ? [] : [problemAt(text, at, { severity, message: withoutPlace(message), remedy })],
    )
    .sort((a, b) => a.from - b.from);
}

/**
 * Completions at an offset. Who has not written FROM yet is offered the columns of every source: it is the natural order of writing, and says what there is.
 */
function complete(text: string, offset: number, catalogue: Catalogue): Completions {
  const found = completionsAt(text, offset, catalogue);
  const start = text.lastIndexOf(';', offset - 1) + 1;
  const end = text.indexOf(';', offset);
  const statement = text.slice(start, end < 0 ? undefined : end);
  if (!/\bSELECT\b/i.test(statement) || /\bFROM\b/i.test(statement)) return found;
  const before = text.slice(0, offset);
  const columns = catalogue.sources.flatMap(({ name }) =>
    completionsAt(`${before} FROM \`${name}\``, offset, catalogue).items.filter(({ kind }) => kind === 'column'),
  );
  const known = new Map([...columns, ...found.items].map((item) => [item.text, item] as const));
  return { ...found, items: [...known.values()] };
}

/** SQL within a node of a document. */
export function sqlLanguage(document: PipelineDocument, node: string): EditorLanguage {
  return {
    highlights: highlightsOf,
    completions: (text, offset) => complete(text, offset, catalogueOf(document, node, text)),
    problems: (text) => problemsOf(document, node, 'sql', text),
    format: formatSql,
  };
}

/** Statements that ask a pipeline; faults are those of the text alone. */
export function askingLanguage(document: PipelineDocument): EditorLanguage {
  const catalogue = named(planOf(document).catalogue, document);
  return {
    highlights: highlightsOf,
    completions: (text, offset) => complete(text, offset, catalogue),
    problems: (text) => {
      try {
        parseStatements(text);
        return [];
      } catch (error) {
        if (!(error instanceof SqlError) || error.at === null) throw error;
        const message = error.message.replace(/^line \d+:\d+: /, '');
        return [problemAt(text, error.at, { severity: 'error', message, remedy: '' })];
      }
    },
    format: formatSql,
  };
}
