/** Which segment the log dialog shows. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { viewStore } from '../stores/viewStore.ts';

export interface OpenSegment {
  readonly topicNode: string;
  readonly partition: number;
  readonly segmentBase: number;
}

const logStore = createStore<{ readonly open: OpenSegment | null }>(() => ({ open: null }));

/** Opens a segment to its batches and bytes. */
export function openSegment(open: OpenSegment): void {
  logStore.setState({ open });
  viewStore.getState().show('log');
}

export function useOpenSegment(): OpenSegment | null {
  return useStore(logStore, ({ open }) => open);
}
