import {
  Archive,
  ArrowDownUp,
  Ban,
  CircleCheck,
  CircleX,
  Copy,
  Eraser,
  Fingerprint,
  Funnel,
  Hourglass,
  MailX,
  SkipForward,
  TimerOff,
  TriangleAlert,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import { type Fate, fateWords } from './fates.ts';

const glyphs: Readonly<Record<Fate, LucideIcon>> = {
  deliveredOnce: CircleCheck,
  duplicated: Copy,
  reordered: ArrowDownUp,
  lost: CircleX,
  expired: TimerOff,
  skipped: SkipForward,
  givenUp: Ban,
  failed: TriangleAlert,
  deadLettered: MailX,
  archived: Archive,
  aborted: Undo2,
  filtered: Funnel,
  deduplicated: Fingerprint,
  compacted: Eraser,
  underWay: Hourglass,
};

/** The sign of a count, in its tone; grey where there are none. */
export function FateSign({ fate, none = false }: { readonly fate: Fate; readonly none?: boolean }) {
  const Glyph = glyphs[fate];
  return <Glyph size={13} aria-hidden="true" className={`lj-fate-sign lj-fate-${none ? 'none' : fateWords[fate].tone}`} />;
}
