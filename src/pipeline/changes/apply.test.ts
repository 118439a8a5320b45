import { describe, expect, test } from 'vitest';
import { newDocument, newEdge, newNode } from '../create.ts';
import type { PipelineDocument } from '../document.ts';
import { applyChange } from './apply.ts';
import type { Change } from './change.ts';

function built(...changes: Change[]): PipelineDocument {
  const producer = newNode(newDocument(), 'producer');
  const topic = newNode(newDocument(), 'topic');
  const start: PipelineDocument = { ...newDocument(), nodes: [producer, topic], edges: [newEdge(newDocument(), producer.id, topic.id)] };
  return applyChange(start, { type: 'batch', changes }).document;
}

describe('applyChange', () => {
  test('removing a node takes its edges, place, faults and objectives along, and undo brings all back in order', () => {
    const sink = newNode(built(), 'sink');
    const full = built(
      {
        type: 'nodes.add',
        nodes: [sink],
        edges: [{ id: 'edge-2', source: 'topic-1', target: sink.id }],
        positions: [{ node: sink.id, x: 1, y: 2 }],
      },
      { type: 'fault.add', fault: { atMs: 1, action: 'member.add', node: 'other' } },
      { type: 'fault.add', fault: { atMs: 2, action: 'member.add', node: sink.id }, at: 0 },
      { type: 'fault.add', fault: { atMs: 3, action: 'network.cut', between: ['broker:0'], and: [`node:${sink.id}`] } },
      { type: 'fault.add', fault: { atMs: 4, action: 'network.cut', between: ['broker:0'], and: ['rest'] } },
      {
        type: 'objective.add',
        objective: { id: 'o', name: 'o', node: sink.id, metric: 'lag.records', statistic: 'max', comparison: '<=', value: 1 },
      },
    );
    const removed = applyChange(full, { type: 'parts.remove', nodes: [sink.id] });
    expect(removed.document.nodes.map((node) => node.id)).toEqual(['producer-1', 'topic-1']);
    expect(removed.document.edges.map((edge) => edge.id)).toEqual(['edge-1']);
    expect(removed.document.layout.positions).toEqual([]);
    expect(removed.document.scenario.faults.map((fault) => fault.atMs)).toEqual([1, 4]);
    expect(removed.document.scenario.objectives).toEqual([]);
    expect(applyChange(removed.document, removed.inverse).document).toEqual(full);
  });

  test('what an edit does not touch is shared', () => {
    const before = built();
    const { document } = applyChange(before, { type: 'node.config', node: 'topic-1', config: 'partitions', value: 3 });
    expect(document.nodes[0]).toBe(before.nodes[0]);
    expect(document.nodes[1]).not.toBe(before.nodes[1]);
    expect(document.edges).toBe(before.edges);
    expect(document.scenario).toBe(before.scenario);
    expect(document.layout).toBe(before.layout);
  });

  test('null takes a config away', () => {
    const set = applyChange(built(), { type: 'node.config', node: 'topic-1', config: 'partitions', value: 3 });
    const unset = applyChange(set.document, { type: 'node.config', node: 'topic-1', config: 'partitions', value: null });
    expect(unset.document.nodes[1]?.config).toEqual({});
    expect(applyChange(unset.document, unset.inverse).document.nodes[1]?.config).toEqual({ partitions: 3 });
  });

  test.each<Change>([
    { type: 'node.rename', node: 'nobody', name: 'x' },
    { type: 'parts.remove', nodes: ['nobody'] },
    { type: 'parts.remove', edges: ['nobody'] },
    { type: 'fault.remove', at: 0 },
    { type: 'nodes.add', nodes: [{ id: 'topic-1', kind: 'topic', name: 'x', config: {} }] },
    { type: 'lists.insert', parts: { faults: [{ at: 5, item: { atMs: 0, action: 'member.add', node: 'x' } }] } },
  ])('a change that does not fit is a bug, and says what was expected: $type', (change) => {
    expect(() => applyChange(built(), change)).toThrow('Expected');
  });
});
