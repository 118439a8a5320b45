/** What windows the query of a text has, in milliseconds. */
import { windowStarts } from '../../sql/operators/windows.ts';
import type { Query } from '../../sql/syntax/ast.ts';
import { parseStatements } from '../../sql/syntax/parse.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';
import type { NodePlan } from '../../streams/nodePlan.ts';
import { parseChain } from '../../streams/operators/parseChain.ts';

export type QueryWindow =
  | { readonly kind: 'time'; readonly sizeMs: number; readonly advanceMs: number; readonly graceMs: number }
  | { readonly kind: 'session'; readonly gapMs: number; readonly graceMs: number }
  /** Records of two streams that are joined: those of the right one no earlier than `beforeMs` and no later than `afterMs`. */
  | { readonly kind: 'join'; readonly beforeMs: number; readonly afterMs: number; readonly graceMs: number };

const dayMs = 86_400_000;

/** The persistent query of a text; null where it has none or cannot be read. */
function queryOf(sql: string): Query | null {
  try {
    for (const { statement } of parseStatements(sql))
      if (statement.kind === 'createAsSelect' || statement.kind === 'insertSelect') return statement.query;
    return null;
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
}

/** Without GRACE PERIOD windows take late records for a day less their size, as ksqlDB has it. */
function queryWindow(query: Query): QueryWindow | null {
  const { window, joins } = query;
  if (window?.kind === 'SESSION') {
    const gapMs = window.gap.milliseconds;
    return { kind: 'session', gapMs, graceMs: window.grace?.milliseconds ?? Math.max(0, dayMs - gapMs) };
  }
  if (window !== null) {
    const sizeMs = window.size.milliseconds;
    const advanceMs = window.kind === 'HOPPING' ? window.advance.milliseconds : sizeMs;
    return { kind: 'time', sizeMs, advanceMs, graceMs: window.grace?.milliseconds ?? Math.max(0, dayMs - sizeMs) };
  }
  const within = joins.find((join) => join.within !== null)?.within;
  if (!within) return null;
  const beforeMs = within.before.milliseconds;
  const afterMs = within.after.milliseconds;
  return { kind: 'join', beforeMs, afterMs, graceMs: within.grace?.milliseconds ?? Math.max(0, dayMs - beforeMs - afterMs) };
}

/** How many windows a time belongs to. */
export function windowsAt(window: QueryWindow | null, timestampMs: number): number {
  return window?.kind === 'time' ? windowStarts(timestampMs, window).length : 1;
}

/** What windows a chain of operators has: those of its first windowed group, else those of its first join within a time. Sliding windows are one for each record, and not told. */
function chainWindow(text: string): QueryWindow | null {
  for (const operator of parseChain(text)) {
    if (operator.kind === 'windowedBy') {
      const { window } = operator;
      const graceMs = window.graceMs ?? 0;
      if (window.kind === 'session') return { kind: 'session', gapMs: window.sizeMs, graceMs };
      if (window.kind === 'sliding') return null;
      return { kind: 'time', sizeMs: window.sizeMs, advanceMs: window.kind === 'hopping' ? window.advanceMs : window.sizeMs, graceMs };
    }
    if (operator.kind === 'join' && operator.within !== null)
      return { ...operator.within, kind: 'join', graceMs: operator.within.graceMs ?? 0 };
  }
  return null;
}

/** What windows a stream processor has. */
export function windowOf({ sql, statement }: NodePlan): QueryWindow | null {
  if (statement === null) return chainWindow(sql);
  const query = queryOf(sql);
  return query === null ? null : queryWindow(query);
}
