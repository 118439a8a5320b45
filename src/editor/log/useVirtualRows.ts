/** Which rows of a long list are in sight: only those are in the page. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

const rowsAround = 6;

export interface VirtualRows {
  /** Of the element that scrolls. */
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly first: number;
  /** After the last one. */
  readonly end: number;
  readonly totalPx: number;
  /** Scrolls as little as it takes to bring a row into sight. */
  show(row: number): void;
}

export function useVirtualRows(count: number, rowPx: number): VirtualRows {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const read = () => setView({ top: element.scrollTop, height: element.clientHeight });
    read();
    element.addEventListener('scroll', read, { passive: true });
    const watch = new ResizeObserver(read);
    watch.observe(element);
    return () => {
      element.removeEventListener('scroll', read);
      watch.disconnect();
    };
  }, []);
  const show = useCallback(
    (row: number) => {
      const element = frame.current;
      if (element === null) return;
      const top = row * rowPx;
      if (top < element.scrollTop) element.scrollTo({ top });
      else if (top + rowPx > element.scrollTop + element.clientHeight) element.scrollTo({ top: top + rowPx - element.clientHeight });
    },
    [rowPx],
  );
  const first = Math.max(0, Math.floor(view.top / rowPx) - rowsAround);
  const end = Math.min(count, Math.ceil((view.top + view.height) / rowPx) + rowsAround);
  return { frame, first: Math.min(first, Math.max(0, count - 1)), end, totalPx: count * rowPx, show };
}

/** Keeps a chosen row in sight whenever it changes. */
export function useShown(rows: VirtualRows, row: number): void {
  const { show } = rows;
  useEffect(() => {
    if (row >= 0) show(row);
  }, [show, row]);
}
