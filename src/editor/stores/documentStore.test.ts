import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newDocument, newNode, type Change } from '../../pipeline/index.ts';
import { createDocumentStore } from './documentStore.ts';

function opened() {
  const store = createDocumentStore();
  store.getState().open(newDocument(), 'key');
  return store;
}

const rename = (name: string): Change => ({ type: 'document.set', field: 'name', value: name });

describe('document store', () => {
  test('[EDIT-1] undo and redo bring back the very same document', () => {
    const store = opened();
    const before = store.getState().document;
    store.getState().apply(rename('a'), 'Rename');
    const after = store.getState().document;
    expect(store.getState().undo()?.label).toBe('Rename');
    expect(store.getState().document).toBe(before);
    store.getState().redo();
    expect(store.getState().document).toBe(after);
  });

  test('[EDIT-2] edits of one gesture are one step, and a finished gesture is not continued', () => {
    const store = opened();
    const { apply, endGesture } = store.getState();
    apply(rename('a'), 'Rename', { gesture: 'typing' });
    apply(rename('ab'), 'Rename', { gesture: 'typing' });
    expect(store.getState().past).toHaveLength(1);
    endGesture();
    apply(rename('abc'), 'Rename', { gesture: 'typing' });
    expect(store.getState().past).toHaveLength(2);
    store.getState().undo();
    expect(store.getState().document.name).toBe('ab');
  });

  test('[EDIT-3] an edit after undo drops what could be redone', () => {
    const store = opened();
    store.getState().apply(rename('a'), 'Rename to a');
    store.getState().undo();
    expect(store.getState()).toMatchObject({ canRedo: true, redoLabel: 'Rename to a' });
    store.getState().apply(rename('b'), 'Rename to b');
    expect(store.getState()).toMatchObject({ canRedo: false, redoLabel: null, undoLabel: 'Rename to b' });
  });

  test('[EDIT-4] a document another tab writes cannot be changed here', () => {
    const store = opened();
    store.getState().apply(rename('a'), 'Rename');
    store.getState().setReadOnly(true);
    expect(store.getState().apply(rename('b'), 'Rename')).toBe(false);
    expect(store.getState().undo()).toBeNull();
    expect(store.getState().document.name).toBe('a');
  });

  test('[EDIT-5] opening forgets the history', () => {
    const store = opened();
    store.getState().apply(rename('a'), 'Rename');
    store.getState().open(newDocument(), 'other');
    expect(store.getState()).toMatchObject({ key: 'other', canUndo: false, undoLabel: null });
  });

  test('[EDIT-1] seed 7: undoing any series of edits ends at the document it began with, and redoing at its end', () => {
    const edits = fc.array(fc.oneof(fc.string().map(rename), fc.constant('add' as const), fc.constant('remove' as const)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(edits, (series) => {
        const store = opened();
        const first = store.getState().document;
        for (const edit of series) {
          const { document, apply } = store.getState();
          if (edit === 'add') apply({ type: 'nodes.add', nodes: [newNode(document, 'topic')] }, 'Add');
          else if (edit !== 'remove') apply(edit, 'Rename');
          else if (document.nodes.length > 0) apply({ type: 'parts.remove', nodes: [document.nodes[0]!.id] }, 'Delete');
        }
        const last = store.getState().document;
        while (store.getState().canUndo) store.getState().undo();
        expect(store.getState().document).toBe(first);
        while (store.getState().canRedo) store.getState().redo();
        expect(store.getState().document).toBe(last);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});
