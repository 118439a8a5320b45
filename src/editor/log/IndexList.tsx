import { useState } from 'react';
import type { BatchSummary, SegmentIndexes } from '../../workers/protocol.ts';
import { formatCount, formatInstant } from '../format/numbers.ts';
import { entryFor } from './indexLookUp.ts';
import { Pause, VirtualList } from './VirtualList.tsx';

interface Properties {
  readonly kind: 'offset' | 'time';
  readonly indexes: SegmentIndexes;
  /** The batch to be found by it. */
  readonly batch: BatchSummary | null;
  readonly rowPx: number;
}

function lookUp({ kind, indexes, batch }: Properties): { readonly entry: number; readonly words: string } | null {
  if (batch === null) return null;
  if (kind === 'offset') {
    const entry = entryFor(indexes.offsets, batch.baseOffset);
    const from =
      entry < 0
        ? 'no entry is that low, so from position 0'
        : `its last entry up to there leads to position ${formatCount(indexes.positions[entry]!)}`;
    return {
      entry,
      words: `Who asks for offset ${formatCount(batch.baseOffset)}: ${from}, and the broker reads on from batch to batch until it has it.`,
    };
  }
  const at = batch.maxTimestampMs;
  const entry = entryFor(indexes.timestampsMs, at - 1);
  const from =
    entry < 0
      ? 'no entry is older, so from the base offset'
      : `the last older entry leads to offset ${formatCount(indexes.timestampOffsets[entry]!)}`;
  return { entry, words: `Who asks for the first record of ${formatInstant(at * 1000)} or later: ${from}, then by the offset index.` };
}

/** The entries of one index; the one that leads to the shown batch is marked. */
export function IndexList(properties: Properties) {
  const { kind, indexes, rowPx } = properties;
  const found = lookUp(properties);
  const [picked, setPicked] = useState<{ readonly of: unknown; readonly entry: number }>({ of: null, entry: 0 });
  const count = kind === 'offset' ? indexes.offsets.length : indexes.timestampsMs.length;
  const of = `${kind}/${properties.batch?.baseOffset}`;
  const row = (index: number) => ({
    content:
      kind === 'offset' ? (
        <>
          <span>offset {formatCount(indexes.offsets[index]!)}</span>
          <Pause />
          <span className="lj-index-to">position {formatCount(indexes.positions[index]!)}</span>
        </>
      ) : (
        <>
          <span>{formatInstant(indexes.timestampsMs[index]! * 1000)}</span>
          <Pause />
          <span className="lj-index-to">offset {formatCount(indexes.timestampOffsets[index]!)}</span>
        </>
      ),
    className: `lj-index-row${index === found?.entry ? ' lj-index-found' : ''}`,
  });
  return (
    <>
      <p className="lj-muted">
        {count === 0
          ? 'No entry yet: one comes with the first batch after index.interval.bytes.'
          : `${formatCount(count)} entries of ${kind === 'offset' ? 8 : 12} bytes.`}{' '}
        {found?.words}
      </p>
      <VirtualList
        label={kind === 'offset' ? 'Offset index' : 'Time index'}
        count={count}
        rowPx={rowPx}
        chosen={picked.of === of ? picked.entry : Math.max(0, found?.entry ?? 0)}
        onChoose={(entry) => setPicked({ of, entry })}
        row={row}
      />
    </>
  );
}
