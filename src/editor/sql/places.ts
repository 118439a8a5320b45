/** Lines and columns of a text, both from 1, as offsets of UTF-16 units. */
import type { TextProblem } from './language.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The offset of a place, within the text and the place's line. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end);
}

/** What to mark for a fault at a place: the word that begins there; at an end, the last character before it, so that there is something to see. */
export function markedSpan(text: string, line: number, column: number): Span {
  const from = offsetOf(text, line, column);
  const word = /^[\w$`"']+|^[^\s\w]/.exec(text.slice(from))?.[0] ?? '';
  if (word !== '') return { from, to: from + word.length };
  const before = text.slice(0, from).trimEnd().length;
  return before === 0 ? { from: 0, to: Math.min(1, text.length) } : { from: before - 1, to: before };
}

/** A fault of a place as the editor marks it. */
export function problemAt(
  text: string,
  place: { readonly line: number; readonly column: number },
  said: Pick<TextProblem, 'severity' | 'message' | 'remedy'>,
): TextProblem {
  const { line, column } = place;
  return { ...markedSpan(text, line, column), line, column, ...said };
}
