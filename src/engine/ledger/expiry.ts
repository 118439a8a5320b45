/** What retention took from readers that had not got so far. */
import { addOffsets, causeOf, noCause } from './causes.ts';
import type { CauseState } from './causes.ts';
import type { LedgerState } from './state.ts';

/** Checks of retention kept of a partition; older ones count as one. */
const deletionsMax = 256;

/** Retention has moved the beginning of a log. */
export function noteDeletion(ledger: LedgerState, partition: number, upTo: number, timeUs: number): void {
  const list = ledger.deletions[partition]!;
  list.push({ upTo, timeUs });
  if (list.length > deletionsMax) list.shift();
}

/** A node's group never read [from, to), because retention deleted them first: one cause, from the first check to the last. */
export function noteExpired(
  ledger: Pick<LedgerState, 'causes' | 'causeByName' | 'deletions'>,
  node: number,
  { partition, from, to }: { readonly partition: number; readonly from: number; readonly to: number },
  nowUs: number,
): void {
  const name = { ...noCause, fate: 'expired', code: 'retention', node } as const;
  let start = from;
  let cause: CauseState | null = null;
  for (const { upTo, timeUs } of ledger.deletions[partition]!) {
    if (upTo <= start) continue;
    const end = Math.min(upTo, to);
    cause = causeOf(ledger, name, timeUs);
    if (cause.readerAt < 0) cause.readerAt = from;
    addOffsets(cause, partition, start, end);
    start = end;
    if (start >= to) return;
  }
  cause ??= causeOf(ledger, name, nowUs);
  addOffsets(cause, partition, start, to);
}
