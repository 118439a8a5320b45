/** What the text editor asks of a language, so that it knows none itself. */
import type { Completions } from '../../sql/syntax/completions.ts';
import type { Highlight } from '../../sql/syntax/highlights.ts';

/** What is wrong at a place of a text. Offsets in UTF-16 units, `to` behind the last one. */
export interface TextProblem {
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** What to do about it; may be empty. */
  readonly remedy: string;
}

export interface EditorLanguage {
  readonly highlights: (text: string) => readonly Highlight[];
  readonly completions: (text: string, offset: number) => Completions;
  /** Everything that is wrong, in the order of the text. */
  readonly problems: (text: string) => readonly TextProblem[];
  /** The text in the language's usual form; null where it has none. */
  readonly format: ((text: string) => string) | null;
}
