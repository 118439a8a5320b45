/** A guarantee matrix from beginning to end, telling now and then how far it is. */
import { advanceMatrix, matrixOf, matrixProgress, startMatrix } from '../../engine/index.ts';
import { gzip } from '../simulation/gzip.ts';
import type { MatrixAnswer, MatrixProgress, MatrixRequest } from '../protocol.ts';

/** Events between two looks at the clock: some milliseconds' worth. */
const eventsASlice = 20_000;
const progressSpacingMs = 100;

/** Runs the document once a guarantee and seed. `nowMs` is real time, from any start; it only spaces what is told. */
export function makeMatrix(
  { document, seedCount }: MatrixRequest,
  { nowMs, onProgress }: { readonly nowMs: () => number; readonly onProgress: (progress: MatrixProgress) => void },
): MatrixAnswer {
  const seeds = Array.from({ length: seedCount }, (_, i) => (document.scenario.seed + i) >>> 0);
  const { work, findings } = startMatrix(document, { seeds, gzip });
  if (work === null) return { matrix: null, findings };
  const tell = () => onProgress({ share: matrixProgress(work), runsDone: work.next, runs: work.cells.length });
  tell();
  let toldMs = nowMs();
  while (!advanceMatrix(work, eventsASlice)) {
    if (nowMs() - toldMs < progressSpacingMs) continue;
    toldMs = nowMs();
    tell();
  }
  tell();
  return { matrix: matrixOf(work), findings: [] };
}
