import { useRef, type FocusEvent, type PointerEvent } from 'react';

/** Marks the partition under the pointer, or in focus, wherever it stands within the frame (`data-place`). Written to the DOM directly: nothing renders for it. */
export function useMarks() {
  const frame = useRef<HTMLDivElement>(null);
  const marked = useRef<string | null>(null);
  const mark = (place: string | null) => {
    if (marked.current === place) return;
    marked.current = place;
    for (const cell of frame.current?.querySelectorAll('[data-marked]') ?? []) cell.removeAttribute('data-marked');
    if (place === null) return;
    for (const cell of frame.current?.querySelectorAll(`[data-place="${CSS.escape(place)}"]`) ?? []) cell.setAttribute('data-marked', '');
  };
  const placeOf = (target: EventTarget) =>
    (target instanceof Element ? target.closest<HTMLElement>('[data-place]')?.dataset['place'] : null) ?? null;
  return {
    frame,
    onPointerOver: (event: PointerEvent) => mark(placeOf(event.target)),
    onPointerLeave: () => mark(null),
    onFocus: (event: FocusEvent) => mark(placeOf(event.target)),
    onBlur: () => mark(null),
  };
}
