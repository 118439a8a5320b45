/** What the shell may ask of the canvas; the canvas puts itself here while it is mounted. */
export interface CanvasHandle {
  /** Document coordinates of the middle of what is in view. */
  centre(): { readonly x: number; readonly y: number };
  /** Brings these nodes, or all, into view. */
  fit(nodes?: readonly string[]): void;
  /** Lays the pipeline out; one undo step. */
  tidy(): void;
  /** Moves the keyboard focus to a node. */
  focusNode(id: string): void;
  zoomBy(factor: number): void;
  /** Starts wiring from a node with the keyboard. */
  connectFrom(id: string): void;
}

export const canvasHandle: { current: CanvasHandle | null } = { current: null };
