/** What the pages offer to the driver, as `window.bench`. */
export interface BenchPage {
  /** Delivers a frame of numbers with every animation frame, as long as the page lives. */
  feed(): void;
  /** Lets a real run of the document go as fast as it can. */
  saturate?(): Promise<void>;
  /** Animation frames since the page was loaded, and frames of numbers delivered. */
  counts(): { readonly animationFrames: number; readonly delivered: number };
}

declare global {
  interface Window {
    bench: BenchPage;
  }
}

/** Number of nodes the address asks for. */
export const nodeCount = Number(new URLSearchParams(location.search).get('nodes') ?? '50');

/** Counts animation frames from now on; calls `deliver` with each once feeding has begun. */
export function startPace(deliver: (tick: number) => void): BenchPage {
  let animationFrames = 0;
  let delivered = 0;
  let feeding = false;
  const next = (): void => {
    animationFrames++;
    if (feeding) deliver(delivered++);
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  return { feed: () => void (feeding = true), counts: () => ({ animationFrames, delivered }) };
}
