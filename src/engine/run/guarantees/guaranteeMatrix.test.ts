import { describe, expect, test } from 'vitest';
import type { PipelineDocument } from '../../../pipeline/document.ts';
import { advanceMatrix, matrixOf, matrixProgress, startMatrix } from './guaranteeMatrix.ts';
import { documentOf } from '../harness.ts';

function payments(): PipelineDocument {
  const ends = { between: ['node:source'], and: ['broker:0'] } as const;
  return documentOf({
    nodes: {
      source: {
        kind: 'producer',
        config: { 'workload.rate': 200, 'workload.records': 2000, 'key.shape': 'uniform', 'key.count': 20, 'request.timeout.ms': 1_000 },
        to: ['in'],
      },
      in: { kind: 'topic', config: { partitions: 2 }, to: ['work'] },
      work: { kind: 'service', config: { 'service.time.ms': 4, 'session.timeout.ms': 6_000 }, to: ['out'] },
      out: { kind: 'topic', config: { partitions: 2 }, to: ['sink'] },
      sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
    },
    cluster: { 'network.latency.ms': 20 },
    faults: [
      { atMs: 4_003, action: 'member.crash', node: 'work', member: 0 },
      { atMs: 5_000, action: 'member.restart', node: 'work', member: 0 },
      { atMs: 8_000, action: 'network.cut', ...ends },
      { atMs: 10_500, action: 'network.heal', ...ends },
    ],
    seconds: 60,
  });
}

describe('[GUA-5] the same pipeline, seeds and faults under each guarantee', () => {
  test('[GUA-5] at most once loses, at least once repeats, exactly once does neither and waits longer', () => {
    const { work } = startMatrix(payments(), { seeds: [1] });
    expect(matrixProgress(work!)).toBe(0);
    while (!advanceMatrix(work!, 10_000)) expect(matrixProgress(work!)).toBeLessThan(1);
    const rows = Object.fromEntries(matrixOf(work!).rows.map((row) => [row.guarantee, row]));
    const [most, least, idempotent, exactly] = ['at-most-once', 'at-least-once', 'idempotent-producer', 'exactly-once'].map(
      (name) => rows[name]!,
    );
    expect(most!.lost).toBeGreaterThan(0);
    expect(most!.duplicated).toBe(0);
    expect(least!.lost).toBe(0);
    expect(least!.duplicated).toBeGreaterThan(idempotent!.duplicated);
    expect(idempotent!.duplicated).toBeGreaterThan(0);
    expect(exactly).toMatchObject({ expected: 2000, once: 2000, duplicated: 0, lost: 0, verdict: 'each once, in order' });
    expect(exactly!.p50Ms!).toBeGreaterThan(idempotent!.p50Ms!);
  });

  test('[GUA-5] slices change nothing of it, and a document that cannot run is told', () => {
    const matrix = (slice: number) => {
      const { work } = startMatrix(payments(), { seeds: [3] });
      while (!advanceMatrix(work!, slice));
      return matrixOf(work!);
    };
    expect(matrix(977)).toEqual(matrix(Infinity));
    const { work, findings } = startMatrix({ ...payments(), edges: [{ id: 'x', source: 'in', target: 'out' }] }, { seeds: [1] });
    expect(work).toBeNull();
    expect(findings.length).toBeGreaterThan(0);
  });
});
