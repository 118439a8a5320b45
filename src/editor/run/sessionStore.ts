/** Whether the open document is the one that runs, and why not. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PipelineDocument } from '../../pipeline/document.ts';
import type { Finding } from '../../pipeline/finding.ts';
import type { Speed } from '../../workers/protocol.ts';

export interface SessionState {
  /** The document the present run reflects; null before one is loaded. */
  readonly loaded: PipelineDocument | null;
  /** Why the open document cannot run; empty when it can. */
  readonly refusals: readonly Finding[];
  readonly speed: Speed;
  /** Goes up when the run began anew, so that charts and lists drop what they held. */
  readonly runNumber: number;
  /** The worker died and has not been started again. */
  readonly crashed: string | null;
}

export const sessionStore = createStore<SessionState>(() => ({ loaded: null, refusals: [], speed: 1, runNumber: 0, crashed: null }));

/** A part of the session's state. */
export function useSession<T>(selector: (state: SessionState) => T): T {
  return useStore(sessionStore, selector);
}
