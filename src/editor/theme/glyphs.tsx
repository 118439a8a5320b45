import type { ReactElement } from 'react';
import type { NodeKind } from '../../pipeline/kinds/index.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';

/** Each kind's own drawing on a 16 × 16 field, stroked in the current colour. Shapes differ, so that colour is never alone. */
const glyphs = {
  producer: <path d="M2.5 3.5h7l4 4.5-4 4.5h-7z" />,
  topic: <path d="M2 4h12M2 8h12M2 12h12" strokeWidth={2.2} strokeLinecap="butt" />,
  filter: <path d="M2 3h12l-4.6 5.4v4.4l-2.8-1.6V8.4z" />,
  map: (
    <>
      <rect x="2" y="2.5" width="5" height="5" rx="1" />
      <circle cx="11.5" cy="11" r="2.7" />
      <path d="M9.2 5h2.3v2.2M11.5 7.2l-1.2-1.3M11.5 7.2l1.2-1.3M4.5 9.7v3.6" />
    </>
  ),
  rekey: (
    <>
      <circle cx="5" cy="8" r="2.7" />
      <path d="M7.7 8H14v2.6M11.2 8v2" />
    </>
  ),
  branch: <path d="M2 8h4.2c2.4 0 2.6-4.2 5-4.2H14M6.2 8c2.4 0 2.6 4.2 5 4.2H14M12.2 2l1.9 1.8-1.9 1.8M12.2 10.4l1.9 1.8-1.9 1.8" />,
  merge: <path d="M2 3.8h2.4c2.8 0 2.8 4.2 5.2 4.2H14M2 12.2h2.4c2.8 0 2.8-4.2 5.2-4.2M12.2 6.2L14.1 8l-1.9 1.8" />,
  service: (
    <>
      <circle cx="8" cy="8" r="5.6" strokeDasharray="2.6 1.8" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  'micro-batch': (
    <>
      <rect x="2" y="4.5" width="3.2" height="7" rx="0.8" />
      <rect x="6.4" y="4.5" width="3.2" height="7" rx="0.8" />
      <rect x="10.8" y="4.5" width="3.2" height="7" rx="0.8" strokeDasharray="1.8 1.4" />
      <path d="M3.6 13.6v1M8 13.6v1M12.4 13.6v1" />
    </>
  ),
  sql: (
    <>
      <ellipse cx="8" cy="3.8" rx="5.2" ry="1.9" />
      <path d="M2.8 3.8v8.4c0 1 2.3 1.9 5.2 1.9s5.2-.9 5.2-1.9V3.8M5.6 8.2l1.8 1.5-1.8 1.5M8.6 11.2h2" />
    </>
  ),
  operators: (
    <>
      <circle cx="3.4" cy="8" r="1.6" />
      <rect x="6.2" y="6.4" width="3.4" height="3.2" rx="0.7" />
      <path d="M5 8h1.2M9.6 8h1.4M13.6 8l-1.9-2.1v4.2zM8 3v2M8 11v2" />
    </>
  ),
  sink: (
    <>
      <path d="M2.5 9.5v3.2c0 .5.4.8.8.8h9.4c.5 0 .8-.3.8-.8V9.5" />
      <path d="M8 2.2v7.6M5 7l3 2.9L11 7" />
    </>
  ),
} satisfies Record<NodeKind, ReactElement>;

/** Glyph of a node kind, decorative: the name beside it says the same. Coloured by the kind's role unless `plain`. */
export function KindGlyph({ kind, size = 16, plain = false }: { kind: NodeKind; size?: number; plain?: boolean }): ReactElement {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke={plain ? 'currentColor' : `var(--lj-role-${kindOf(kind).role})`}
      strokeWidth={1.5}
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden="true"
      focusable="false"
    >
      {glyphs[kind]}
    </svg>
  );
}
