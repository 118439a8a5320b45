import { describe, expect, test } from 'vitest';
import { advanceMatrix, matrixOf, startMatrix } from '../../engine/index.ts';
import type { MatrixProgress } from '../protocol.ts';
import { gzip } from '../simulation/gzip.ts';
import { shop } from '../simulation/testBench.ts';
import { makeMatrix } from './makeMatrix.ts';

const document = shop({ durationMs: 8_000, faults: [{ atMs: 3_001, action: 'member.crash', node: 's', member: 0 }] });

describe('the guarantee matrix in its worker', () => {
  test("[MATX-1] it is the engine's own, of the document's seed and those after it, and says how far it is", () => {
    let clockMs = 0;
    const told: MatrixProgress[] = [];
    const { matrix, findings } = makeMatrix(
      { document, seedCount: 2 },
      { nowMs: () => (clockMs += 60), onProgress: (progress) => told.push(progress) },
    );
    const { work } = startMatrix(document, { seeds: [7, 8], gzip });
    while (!advanceMatrix(work!, Infinity));
    expect(findings).toEqual([]);
    expect(matrix).toEqual(matrixOf(work!));
    expect(matrix!.rows).toHaveLength(8);
    expect(told[0]).toEqual({ share: 0, runsDone: 0, runs: 8 });
    expect(told.at(-1)).toEqual({ share: 1, runsDone: 8, runs: 8 });
    expect(told.length).toBeGreaterThan(2);
    expect(told.map(({ share }) => share)).toEqual(told.map(({ share }) => share).sort((a, b) => a - b));
  });

  test('[MATX-1] a document that cannot run has findings and no matrix', () => {
    const broken = { ...document, edges: [{ id: 'x', source: 't', target: 'u' }] };
    const { matrix, findings } = makeMatrix({ document: broken, seedCount: 1 }, { nowMs: () => 0, onProgress: () => undefined });
    expect(matrix).toBeNull();
    expect(findings.some(({ severity }) => severity === 'error')).toBe(true);
  });
});
