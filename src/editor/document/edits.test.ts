import { beforeEach, describe, expect, test } from 'vitest';
import { newDocument } from '../../pipeline/index.ts';
import { documentStore } from '../stores/documentStore.ts';
import { addNode, connect, moveNodes, refusalOf, removeElements, renameNode, setConfig, setGuarantee } from './edits.ts';
import { freePlace } from './places.ts';

const state = () => documentStore.getState();

beforeEach(() => state().open(newDocument(), 'key'));

describe('edits', () => {
  test('[EDIT-6] each edit is one named step', () => {
    const producer = addNode('producer', { x: 0, y: 0 });
    const topic = addNode('topic', { x: 300, y: 0 });
    connect({ source: producer, target: topic });
    setConfig(topic, 'partitions', 6);
    moveNodes([{ node: topic, x: 320, y: 8 }]);
    renameNode(topic, 'orders');
    expect(state().past.map((step) => step.label)).toEqual([
      'Add producer',
      'Add topic',
      'Wire producer to topic',
      'Set partitions of topic',
      'Move topic',
      'Rename topic to orders',
    ]);
    while (state().canUndo) state().undo();
    expect(state().document.nodes).toEqual([]);
  });

  test('[EDIT-7] a refused wire says why and changes nothing', () => {
    const one = addNode('topic', { x: 0, y: 0 });
    const two = addNode('topic', { x: 300, y: 0 });
    const steps = state().past.length;
    expect(refusalOf({ source: one, target: two })).toMatch(/processor between/);
    expect(connect({ source: one, target: two })).toEqual({ edge: null, refusal: refusalOf({ source: one, target: two }) });
    expect(state().past).toHaveLength(steps);
  });

  test('[MATX-4] taking a guarantee is one step, taking it again none', () => {
    setGuarantee('exactly-once');
    setGuarantee('exactly-once');
    setGuarantee(null);
    setGuarantee(null);
    expect(state().past.map((step) => step.label)).toEqual([
      'Set the delivery guarantee to exactly once',
      'Take the delivery guarantee away',
    ]);
    expect(state().document).not.toHaveProperty('guarantee');
    state().undo();
    expect(state().document.guarantee).toBe('exactly-once');
  });

  test('[EDIT-8] what changes nothing leaves no step', () => {
    const topic = addNode('topic', { x: 0, y: 0 });
    const steps = state().past.length;
    renameNode(topic, '  ');
    renameNode(topic, 'topic');
    moveNodes([{ node: topic, x: 0, y: 0 }]);
    removeElements({ nodes: ['nobody'], edges: [] });
    expect(state().past).toHaveLength(steps);
  });

  test('[EDIT-9] a new node stands where no other stands', () => {
    for (let index = 0; index < 20; index += 1) addNode('sink', freePlace(state().document, { x: 0, y: 0 }));
    const { positions } = state().document.layout;
    for (const one of positions)
      for (const other of positions)
        if (one !== other) expect(Math.abs(one.x - other.x) >= 240 || Math.abs(one.y - other.y) >= 140).toBe(true);
  });
});
