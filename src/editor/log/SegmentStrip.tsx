import { type CSSProperties, type KeyboardEvent } from 'react';
import type { SegmentView } from '../../workers/protocol.ts';
import { keptShare, segmentSentence } from './segmentWords.ts';

interface Properties {
  readonly segments: readonly SegmentView[];
  /** Base offset of the chosen segment, -1 for none. */
  readonly chosen: number;
  readonly onChoose: (segment: SegmentView) => void;
  readonly onPoint: (segment: SegmentView | null) => void;
}

/** The segments of a log as a row of blocks as wide as they are large: oldest left, the active one open to the right. */
export function SegmentStrip({ segments, chosen, onChoose, onPoint }: Properties) {
  const stop = Math.max(
    0,
    segments.findIndex(({ baseOffset }) => baseOffset === chosen),
  );
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, to))]?.focus();
  };
  return (
    <div className="lj-segments" role="toolbar" aria-label="Segments" data-own-keys onKeyDown={key} onMouseLeave={() => onPoint(null)}>
      {segments.map((segment, i) => (
        <button
          key={segment.baseOffset}
          type="button"
          tabIndex={i === stop ? 0 : -1}
          aria-current={segment.baseOffset === chosen}
          aria-label={`Segment ${segment.baseOffset}. ${segmentSentence(segment)}`}
          className={`lj-segment lj-segment-${segment.tier}${segment.active ? ' lj-segment-active' : ''}`}
          style={{ flexGrow: Math.max(1, segment.sizeBytes), '--kept': `${keptShare(segment) * 100}%` } as CSSProperties}
          onClick={() => onChoose(segment)}
          onFocus={() => onPoint(segment)}
          onBlur={() => onPoint(null)}
          onMouseEnter={() => onPoint(segment)}
        >
          <span className="lj-segment-fill" />
          <span className="lj-segment-name">{segment.baseOffset}</span>
        </button>
      ))}
    </div>
  );
}
