import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newDocument, type PipelineDocument } from '../pipeline/index.ts';
import { createAutosave, type SavedState } from './autosave.ts';

const named = (name: string): PipelineDocument => ({ ...newDocument(), name });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('autosave', () => {
  test('[SAVE-1] many edits are one save of the last document', async () => {
    const saved: string[] = [];
    const states: string[] = [];
    const autosave = createAutosave({
      save: async (_key, document) => {
        saved.push(document.name);
      },
      onState: ({ state }) => states.push(state),
    });
    for (const name of ['a', 'b', 'c']) autosave.note('key', named(name));
    await vi.advanceTimersByTimeAsync(299);
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(saved).toEqual(['c']);
    expect(states).toEqual(['unsaved', 'unsaved', 'unsaved', 'saving', 'saved']);
  });

  test('[SAVE-2] an edit during a save is saved after it, never at the same time', async () => {
    let running = 0;
    let most = 0;
    const saved: string[] = [];
    const autosave = createAutosave({
      save: async (_key, document) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        saved.push(document.name);
        running -= 1;
      },
      onState: () => undefined,
    });
    autosave.note('key', named('a'));
    await vi.advanceTimersByTimeAsync(500);
    autosave.note('key', named('b'));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(saved).toEqual(['a', 'b']);
    expect(most).toBe(1);
  });

  test('[SAVE-3] a failed save is shown, keeps the document and is tried again', async () => {
    let full = true;
    const states: SavedState[] = [];
    const saved: string[] = [];
    const autosave = createAutosave({
      save: async (_key, document) => {
        if (full) throw new DOMException('No room.', 'QuotaExceededError');
        saved.push(document.name);
      },
      onState: (state) => states.push(state),
    });
    autosave.note('key', named('a'));
    await vi.advanceTimersByTimeAsync(400);
    expect(states.at(-1)).toEqual({ state: 'failed', trouble: 'quota', detail: 'No room.' });
    full = false;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(saved).toEqual(['a']);
    expect(states.at(-1)).toEqual({ state: 'saved' });
  });

  test('[SAVE-4] flush saves at once', async () => {
    const saved: string[] = [];
    const autosave = createAutosave({
      save: async (_key, document) => {
        saved.push(document.name);
      },
      onState: () => undefined,
    });
    autosave.note('key', named('a'));
    await autosave.flush();
    expect(saved).toEqual(['a']);
  });
});
