/** A chain of operators, one a line, as the text editor sees it: its own words, and SQL's in expressions. */
import type { PipelineDocument } from '../../pipeline/document.ts';
import type { Completion, Completions } from '../../sql/syntax/completions.ts';
import { highlightsOf, type Highlight } from '../../sql/syntax/highlights.ts';
import { operatorWords } from '../../streams/operators/parseChain.ts';
import type { EditorLanguage } from './language.ts';
import { namesOf, problemsOf } from './sqlLanguage.ts';

/** The first word of each line is the operator; the rest is shown as SQL is. */
export function chainHighlights(text: string): Highlight[] {
  let start = 0;
  return text.split('\n').flatMap((line) => {
    const at = start;
    start += line.length + 1;
    const [, space, word] = /^(\s*)(\w*)/.exec(line)!;
    if (/^\s*#/.test(line)) return [{ kind: 'comment', start: at, end: at + line.length } as const];
    const from = space!.length + word!.length;
    const first = word === '' ? [] : [{ kind: 'keyword', start: at + space!.length, end: at + from } as const];
    return [
      ...first,
      ...highlightsOf(line.slice(from)).map(({ kind, start: begin, end }) => ({ kind, start: at + from + begin, end: at + from + end })),
    ];
  });
}

/** Operators where a line begins; behind them topics, and what expressions may name. */
export function chainCompletions(document: PipelineDocument, node: string, text: string, offset: number): Completions {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const word = /[\w.-]*$/.exec(line)![0];
  const from = offset - word.length;
  const to = offset + /^\w*/.exec(text.slice(offset))![0].length;
  const startsWith = ({ text: one }: Completion): boolean => one.toLowerCase().startsWith(word.toLowerCase());
  if (line.trimStart() === word)
    return { from, to, items: operatorWords.map((one): Completion => ({ kind: 'keyword', text: one, detail: '' })).filter(startsWith) };
  const { sources, functions, topics } = namesOf(document, node, 'operators', text);
  const columns = new Map(sources.flatMap((source) => source.columns).map(({ name, type }) => [name, type]));
  const items: Completion[] = [
    ...topics.map((name) => ({ kind: 'topic' as const, text: name, detail: 'topic' })),
    ...[...columns].map(([name, detail]) => ({ kind: 'column' as const, text: name, detail })),
    ...functions.map(({ name, detail }) => ({ kind: 'function' as const, text: name, detail })),
  ];
  return { from, to, items: items.filter(startsWith) };
}

/** A chain within a node of a document. */
export function operatorsLanguage(document: PipelineDocument, node: string): EditorLanguage {
  return {
    highlights: chainHighlights,
    completions: (text, offset) => chainCompletions(document, node, text, offset),
    problems: (text) => problemsOf(document, node, 'operators', text),
    format: null,
  };
}
