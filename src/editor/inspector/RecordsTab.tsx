import { RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { PipelineDocument } from '../../pipeline/index.ts';
import { effectiveConfig } from '../../pipeline/index.ts';
import type { RecordPage } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { readRecords } from '../run/session.ts';
import { useSession } from '../run/sessionStore.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useView, viewStore } from '../stores/viewStore.ts';
import { RecordsTable } from './RecordsTable.tsx';

const pageSize = 25;

/** Topics whose records a node has to do with: itself, or what it is wired to; all with nothing selected. */
function topicsOf(
  document: PipelineDocument,
  id: string | null,
): readonly { readonly id: string; readonly name: string; readonly partitions: number }[] {
  const near = new Set([
    id,
    ...document.edges.flatMap((edge) => (edge.source === id ? [edge.target] : edge.target === id ? [edge.source] : [])),
  ]);
  return document.nodes
    .filter((node) => node.kind === 'topic' && (id === null || near.has(node.id)))
    .map((node) => ({ id: node.id, name: node.name, partitions: Number(effectiveConfig(node)['partitions']) }));
}

interface Place {
  readonly topicNode: string;
  readonly partition: number;
  readonly offset: number;
}

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
  const document = useDocument((state) => state.document);
  const topics = topicsOf(document, node);
  const place = useView((view) => view.pickedPartition);
  const setPlace = viewStore.getState().pickPartition;
  const [offsetText, setOffsetText] = useState<string | null>(null);
  const topic = topics.find((candidate) => candidate.id === place?.topicNode) ?? topics[0];
  const shown: Place | null =
    topic === undefined
      ? null
      : place?.topicNode === topic.id && place.partition < topic.partitions
        ? place
        : { topicNode: topic.id, partition: 0, offset: 0 };
  const { page, trouble, again } = usePage(shown);
  if (topic === undefined || shown === null) return <p className="lj-muted">There is no topic here yet. Records live in topics.</p>;
  const go = (offset: number) => {
    setOffsetText(null);
    setPlace({ ...shown, offset: Math.max(0, offset) });
    if (offset === shown.offset) again();
  };
  const first = page?.logStartOffset ?? 0;
  const end = page?.highWatermark ?? 0;
  const wrong = offsetText !== null && !/^\d+$/.test(offsetText.trim());
  return (
    <>
      <div className="lj-record-place">
        <select
          className="lj-select"
          aria-label="Topic"
          value={topic.id}
          onChange={(event) => setPlace({ topicNode: event.target.value, partition: 0, offset: 0 })}
        >
          {topics.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <select
          className="lj-select"
          aria-label="Partition"
          value={shown.partition}
          onChange={(event) => setPlace({ ...shown, partition: Number(event.target.value), offset: 0 })}
        >
          {Array.from({ length: topic.partitions }, (_, partition) => (
            <option key={partition} value={partition}>
              partition {partition}
            </option>
          ))}
        </select>
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
      <div className="lj-row" role="group" aria-label="Page">
        <button type="button" className="lj-button" onClick={() => go(first)}>
          Oldest
        </button>
        <button
          type="button"
          className="lj-button"
          disabled={shown.offset <= first}
          onClick={() => go(Math.max(first, shown.offset - pageSize))}
        >
          Older
        </button>
        <button
          type="button"
          className="lj-button"
          disabled={shown.offset + pageSize >= end}
          onClick={() => go(Math.max(first, shown.offset) + pageSize)}
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
      {trouble !== null ? <p className="lj-muted">{trouble}</p> : page !== null && <RecordsTable page={page} offset={shown.offset} />}
    </>
  );
}
