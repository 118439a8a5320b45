import type { ReactElement } from 'react';
import { useWiring } from '../wiringStore.ts';

/** The arrow at the end of every wire, defined once for the page. */
export function ArrowMarker(): ReactElement {
  return (
    <svg className="lj-visually-hidden" aria-hidden="true" focusable="false">
      <defs>
        <marker
          id="lj-arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M1 0.5L7.5 4L1 7.5z" className="lj-wire-arrow" />
        </marker>
      </defs>
    </svg>
  );
}

/** Beside the pointer: why the wire in hand may not end here. */
export function WiringHint(): ReactElement | null {
  const hint = useWiring((state) => state.hint);
  if (hint === null) return null;
  return (
    <div className="lj-wiring-hint" role="status" style={{ left: Math.min(hint.x + 14, window.innerWidth - 268), top: hint.y + 18 }}>
      {hint.text}
    </div>
  );
}
