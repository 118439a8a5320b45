import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Config, PipelineDocument, PipelineNode } from '../../pipeline/document.ts';
import { newDocument, validateDocument } from '../../pipeline/index.ts';
import { nodeKindNames, type NodeKind } from '../../pipeline/kinds/index.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { addWired, connectThrough, dropNodes, kindsBetween, kindsThatFit, wireUnder } from './gestures.ts';
import { graphOrder, neighbour } from './graphWalk.ts';
import { grid, logRowsMost, nodeGeometry, nodeWidth, sourceHeight, wireHeight } from './nodeGeometry.ts';
import { operationWords, topicChips, workloadWords } from './nodeWords.ts';
import { freePlace, placesOf } from './placing.ts';
import { distanceSquaredToWire, wireCourse, wirePathData, wirePoints } from './wires/wirePath.ts';

function node(id: string, kind: NodeKind, config: Config = {}): PipelineNode {
  return { id, kind, name: id, config };
}

type Row = readonly [string, NodeKind, number, number];

function pipeline(rows: readonly Row[], wires: readonly string[]): PipelineDocument {
  return {
    ...newDocument('Test'),
    nodes: rows.map(([id, kind]) => node(id, kind)),
    edges: wires.map((wire) => ({ id: wire, source: wire.split('>')[0], target: wire.split('>')[1] })),
    layout: { positions: rows.map(([id, , x, y]) => ({ node: id, x, y })) },
  };
}

const simple = pipeline(
  [
    ['p', 'producer', 0, 0],
    ['t', 'topic', 320, 0],
    ['low', 'sink', 960, 400],
    ['high', 'sink', 960, 0],
  ],
  ['p>t', 't>low', 't>high'],
);

describe('node geometry', () => {
  test('every kind stands on the grid, wires included, and only config changes a size', () => {
    for (const kind of nodeKindNames) {
      const geometry = nodeGeometry(node('n', kind));
      expect([geometry.width % grid, geometry.height % grid, wireHeight(geometry) % grid], kind).toEqual([0, 0, 0]);
      expect(geometry.width, kind).toBe(nodeWidth);
    }
  });

  test('a topic draws each partition up to twelve, then several to a row, and never more rows (seed 3)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (partitions) => {
        const { logRows, partitionsPerRow } = nodeGeometry(node('t', 'topic', { partitions }));
        return logRows <= logRowsMost && logRows * partitionsPerRow >= partitions && (logRows - 1) * partitionsPerRow < partitions;
      }),
      { seed: 3 },
    );
  });

  test("a branch's wires leave beside its lines, in order", () => {
    const branch = node('b', 'branch', { branches: ['eu: value.region = "eu"', 'us: value.region = "us"', 'rest'] });
    const geometry = nodeGeometry(branch);
    const heights = ['eu', 'us', 'rest'].map((port) => sourceHeight(branch, geometry, port));
    expect(heights[0]).toBeLessThan(heights[1]);
    expect(heights[1]).toBeLessThan(heights[2]);
    expect(heights[2]).toBeLessThan(geometry.barTop);
  });
});

describe('words on nodes', () => {
  test('say config in few words, defaults included', () => {
    expect(workloadWords(node('p', 'producer', { 'workload.shape': 'poisson', 'key.shape': 'zipf' }))).toBe('Poisson · Zipf · 1 KiB');
    expect(topicChips(node('t', 'topic', { partitions: 6, 'replication.factor': 3 }))).toEqual(['7 d', 'RF 3', '6 partitions']);
    expect(operationWords(node('f', 'filter'))).toBe('passes all records');
    expect(operationWords(node('f', 'filter', { condition: 'value.a > 1' }))).toBe('value.a > 1');
    expect(operationWords(node('s', 'sink', { 'write.batch.records': 500, 'service.time.ms': 260, 'rate.limit': 100 }))).toBe(
      '260 ms a write of 500, ≤ 100/s',
    );
  });

  test('no kind leaves its line empty but branch, which has its ports there', () => {
    for (const kind of nodeKindNames)
      if (!['producer', 'topic', 'branch'].includes(kind)) expect(operationWords(node('n', kind)), kind).not.toBe('');
  });
});

describe('wire paths', () => {
  test('points are equally far apart and end where the wire ends (seed 5)', () => {
    const place = fc.integer({ min: -2_000, max: 2_000 });
    fc.assert(
      fc.property(place, place, place, place, (sx, sy, tx, ty) => {
        const { points, count, spacing } = wirePoints(wireCourse(sx, sy, tx, ty));
        expect([points[0], points[1]]).toEqual([sx, sy]);
        expect(points[count * 2 - 2]).toBeCloseTo(tx, 1);
        expect(points[count * 2 - 1]).toBeCloseTo(ty, 1);
        for (let index = 1; index < count; index += 1) {
          const step = Math.hypot(points[index * 2] - points[index * 2 - 2], points[index * 2 + 1] - points[index * 2 - 1]);
          expect(step).toBeLessThanOrEqual(spacing * 1.01 + 0.01);
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  test('path data names the same ends', () => {
    expect(wirePathData(wireCourse(0, 10, 200, 50))).toBe('M0,10 C100,10 100,50 200,50');
    expect(distanceSquaredToWire(wirePoints(wireCourse(0, 0, 100, 0)), 50, 7)).toBeLessThan(60);
  });

  test('a wire that runs back crosses over in the gap between the rows, not behind nodes', () => {
    // From a node in the first row, attached at 56, to one far left in a row 208 lower: nodes of 136 leave the gap from 136 to 208.
    const { points, count } = wirePoints(wireCourse(1088, 56, 0, 264));
    for (let index = 0; index < count; index += 1) {
      const x = points[2 * index];
      if (x > 0 && x < 1088) expect(points[2 * index + 1]).toSatisfy((y: number) => y > 136 && y < 208);
    }
  });
});

describe('walking the graph', () => {
  test('Tab goes upstream first, then from top to bottom', () => {
    expect(graphOrder(simple)).toEqual(['p', 't', 'high', 'low']);
  });

  test('a cycle is entered at its leftmost node and every node comes once', () => {
    const cycle = pipeline(
      [
        ['t', 'topic', 300, 0],
        ['f', 'filter', 0, 0],
        ['s', 'sink', 600, 0],
      ],
      ['t>f', 'f>t', 't>s'],
    );
    expect(graphOrder(cycle)).toEqual(['f', 't', 's']);
  });

  test('arrows follow wires sideways and places up and down; at an end they stay', () => {
    expect(neighbour(simple, 'p', 'right')).toBe('t');
    expect(neighbour(simple, 't', 'right')).toBe('high');
    expect(neighbour(simple, 'high', 'down')).toBe('low');
    expect(neighbour(simple, 'low', 'left')).toBe('t');
    expect(neighbour(simple, 'p', 'left')).toBeNull();
    expect(neighbour(simple, 'p', 'up')).toBeNull();
  });
});

describe('placing', () => {
  test('nodes the layout does not name get places of their own, below everything else', () => {
    const places = placesOf({ ...simple, layout: { positions: simple.layout.positions.slice(0, 2) } });
    expect(places.get('low')!.y).toBeGreaterThan(places.get('t')!.y);
    expect(places.get('low')!.x).not.toBe(places.get('high')!.x);
  });

  test('a free place covers no node', () => {
    const size = nodeGeometry(node('n', 'sink'));
    const { y } = freePlace(simple, { x: 960, y: 8 }, size);
    expect(y).toBeGreaterThanOrEqual(nodeGeometry(node('high', 'sink')).height);
  });
});

describe('gestures are one step each', () => {
  const state = () => documentStore.getState();
  const wires = () =>
    state()
      .document.edges.map((edge) => `${edge.source}>${edge.target}`)
      .sort();

  beforeEach(() => {
    state().open(simple, 'test');
    viewStore.getState().select({});
  });

  function oneStepBack(): void {
    expect(state().past).toHaveLength(1);
    expect(validateDocument(state().document).filter((finding) => finding.severity === 'error')).toEqual([]);
    state().undo();
    expect(state().document).toBe(simple);
  }

  test('a wire dropped on empty canvas adds a node and the wire', () => {
    const id = addWired('topic', { x: 400, y: 400 }, { from: { node: 'p', port: undefined, backwards: false } });
    expect(wires()).toContain(`p>${id}`);
    expect(viewStore.getState().selection.nodes).toEqual([id]);
    oneStepBack();
  });

  test('a processor dropped on a wire that leaves a topic is spliced in with a topic after it', () => {
    const at = { x: 752, y: 40 };
    expect(wireUnder(simple, at)?.id).toBe('t>high');
    const id = addWired('filter', at, { spliceAt: at });
    expect(wires()).toEqual(['p>t', `t>${id}`, `${id}>topic-1`, 'topic-1>high', 't>low'].sort());
    oneStepBack();
  });

  test('a processor dropped on a wire that enters a topic gets a topic before it', () => {
    const at = { x: 272, y: 48 };
    const id = addWired('map', at, { spliceAt: at });
    expect(wires()).toEqual(['p>topic-1', `topic-1>${id}`, `${id}>t`, 't>low', 't>high'].sort());
    oneStepBack();
  });

  test('what does not fit a wire only lies on it', () => {
    const at = { x: 752, y: 40 };
    addWired('producer', at, { spliceAt: at });
    expect(wires()).toEqual(['p>t', 't>high', 't>low']);
  });

  test('a move is a step, a move to where it was is none', () => {
    dropNodes([{ node: 'p', x: 0, y: 0 }]);
    expect(state().past).toHaveLength(0);
    dropNodes([
      { node: 'p', x: 8, y: 304 },
      { node: 'low', x: 960, y: 800 },
    ]);
    expect(placesOf(state().document).get('p')).toEqual({ node: 'p', x: 8, y: 304 });
    oneStepBack();
  });

  test('between a producer and a sink a topic helps, and is put there with both wires', () => {
    expect(kindsBetween({ source: 'p', target: 'low' }, nodeKindNames)).toEqual(['topic']);
    expect(kindsBetween({ source: 't', target: 'low' }, nodeKindNames)).toEqual([]);
    const id = connectThrough('topic', { source: 'p', target: 'low' });
    expect(wires()).toEqual(['p>t', 't>low', 't>high', `p>${id}`, `${id}>low`].sort());
    oneStepBack();
  });

  test('a topic leads to what reads, a producer only to topics', () => {
    expect(kindsThatFit({ node: 'p', port: undefined, backwards: false }, nodeKindNames)).toEqual(['topic']);
    expect(kindsThatFit({ node: 't', port: undefined, backwards: false }, nodeKindNames)).not.toContain('topic');
    expect(kindsThatFit({ node: 't', port: undefined, backwards: true }, nodeKindNames)).toContain('producer');
  });
});
