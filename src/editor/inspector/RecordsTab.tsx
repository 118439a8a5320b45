import { RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { RecordPage } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { readRecords } from '../run/questions.ts';
import { useSession } from '../run/sessionStore.ts';
import { useView } from '../stores/viewStore.ts';
import { PartitionPicker } from './PartitionPicker.tsx';
import { usePickedPartition, type Place } from './pickedPartition.ts';
import { RecordsTable } from './RecordsTable.tsx';

const pageSize = 25;

/** Reads one page, newest request first: an answer that comes late is dropped. */
function usePage(place: Place | null): { readonly page: RecordPage | null; readonly trouble: string | null; readonly again: () => void } {
  const [page, setPage] = useState<RecordPage | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const run = useSession((state) => state.runNumber);
  const { topicNode, partition, offset } = place ?? { topicNode: '', partition: 0, offset: 0 };
  useEffect(() => {
    let current = true;
    if (topicNode === '') return undefined;
    readRecords({ topicNode, partition, offset, limit: pageSize })
      .then((answer) => {
        if (!current) return;
        setPage(answer);
        setTrouble(answer === null ? 'Nothing has run yet. Press Space to play.' : null);
      })
      .catch((error: unknown) => {
        if (current) setTrouble(error instanceof Error ? error.message : String(error));
      });
    return () => {
      current = false;
    };
  }, [topicNode, partition, offset, turn, run]);
  return { page, trouble, again: useCallback(() => setTurn((before) => before + 1), []) };
}

/** The record browser: any record of a topic, by partition and offset. */
export function RecordsTab({ node }: { readonly node: string | null }) {
  const { topics, place: shown, pick } = usePickedPartition(node);
  const markedOffsets = useView((view) => view.markedOffsets);
  const [offsetText, setOffsetText] = useState<string | null>(null);
  const { page, trouble, again } = usePage(shown);
  if (shown === null) return <p className="lj-muted">There is no topic here yet. Records live in topics.</p>;
  const marked = markedOffsets?.topicNode === shown.topicNode && markedOffsets.partition === shown.partition ? markedOffsets : null;
  const go = (offset: number) => {
    setOffsetText(null);
    pick({ ...shown, offset: Math.max(0, offset) });
    if (offset === shown.offset) again();
  };
  const first = page?.logStartOffset ?? 0;
  const end = page?.highWatermark ?? 0;
  const wrong = offsetText !== null && !/^\d+$/.test(offsetText.trim());
  return (
    <>
      <div className="lj-record-place">
        <PartitionPicker topics={topics} place={shown} onPick={pick} />
        <input
          className="lj-input"
          aria-label="Offset"
          inputMode="numeric"
          aria-invalid={wrong}
          value={offsetText ?? String(Math.max(first, shown.offset))}
          onChange={(event) => setOffsetText(event.target.value)}
          onBlur={() => offsetText !== null && !wrong && go(Number(offsetText))}
          onKeyDown={(event) => event.key === 'Enter' && !wrong && go(Number(offsetText ?? shown.offset))}
        />
      </div>
      <p className="lj-muted">
        Log start offset <b className="lj-numeral">{formatCount(first)}</b>, high watermark <b className="lj-numeral">{formatCount(end)}</b>
      </p>
      {page !== null && marked !== null && marked.to <= first && (
        <p className="lj-muted">
          The marked records, offsets {formatCount(marked.from)} to {formatCount(marked.to - 1)}, are no longer in the log. Run to an
          earlier moment to see them.
        </p>
      )}
      <div className="lj-row" role="group" aria-label="Page">
        <button type="button" className="lj-button" onClick={() => go(first)}>
          Oldest
        </button>
        <button
          type="button"
          className="lj-button"
          disabled={typeof page?.olderOffset !== 'number'}
          onClick={() => go(page?.olderOffset ?? first)}
        >
          Older
        </button>
        <button
          type="button"
          className="lj-button"
          disabled={typeof page?.newerOffset !== 'number'}
          onClick={() => go(page?.newerOffset ?? end)}
        >
          Newer
        </button>
        <button type="button" className="lj-button" onClick={() => go(Math.max(first, end - pageSize))}>
          Latest
        </button>
        <button type="button" className="lj-icon-button lj-bordered" aria-label="Refresh" title="Read again" onClick={again}>
          <RefreshCw size={14} aria-hidden="true" />
        </button>
      </div>
      {trouble !== null ? (
        <p className="lj-muted">{trouble}</p>
      ) : (
        page !== null && <RecordsTable page={page} place={shown} marked={marked} />
      )}
    </>
  );
}
