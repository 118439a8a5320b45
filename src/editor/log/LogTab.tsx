import { useState } from 'react';
import type { PartitionLogView, SegmentView } from '../../workers/protocol.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';
import { PartitionPicker } from '../inspector/PartitionPicker.tsx';
import { usePickedPartition, type Place } from '../inspector/pickedPartition.ts';
import { DownloadPartition } from './DownloadPartition.tsx';
import { FilesLine } from './FilesLine.tsx';
import { openSegment } from './logStore.ts';
import { SegmentStrip } from './SegmentStrip.tsx';
import { usePartitionLog } from './useLog.ts';
import './Log.css';
import { NumbersList } from '../inspector/NumbersList.tsx';

const mostRows = 100;

function epochWords(epochs: PartitionLogView['epochs']): string {
  const last = epochs.at(-1);
  if (last === undefined) return 'none yet';
  return `${last.epoch}, since offset ${formatCount(last.startOffset)}`;
}

function Marks({ log }: { readonly log: PartitionLogView }) {
  const rows: readonly (readonly [string, string])[] = [
    ['Log start offset', formatCount(log.logStartOffset)],
    ['Last stable offset', formatCount(log.lastStableOffset)],
    ['High watermark', formatCount(log.highWatermark)],
    ['Log end offset', formatCount(log.logEndOffset)],
    ['Leader epoch', epochWords(log.epochs)],
    ...(log.compacted ? [['Cleaned up to', log.cleanerCheckpoint === null ? 'not yet' : formatCount(log.cleanerCheckpoint)] as const] : []),
    ['Size', formatBytes(log.sizeBytes)],
  ];
  return <NumbersList rows={rows} />;
}

function SegmentRows({ segments, onOpen }: { readonly segments: readonly SegmentView[]; readonly onOpen: (segment: SegmentView) => void }) {
  return (
    <>
      <table className="lj-table lj-partitions">
        <thead>
          <tr>
            <th scope="col">Segment</th>
            <th scope="col">Batches</th>
            <th scope="col">Records</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {segments
            .slice(-mostRows)
            .reverse()
            .map((segment) => (
              <tr key={segment.baseOffset}>
                <th scope="row">
                  <button type="button" className="lj-link" title="Open its batches and bytes" onClick={() => onOpen(segment)}>
                    {segment.baseOffset}
                    <span className="lj-visually-hidden"> open segment</span>
                  </button>
                  {segment.active && <span className="lj-muted"> active</span>}
                </th>
                <td>{formatCount(segment.batches)}</td>
                <td>{formatCount(segment.records)}</td>
                <td>{formatBytes(segment.sizeBytes)}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {segments.length > mostRows && (
        <p className="lj-muted">
          The newest {mostRows} of {formatCount(segments.length)} segments; the row above has them all.
        </p>
      )}
    </>
  );
}

function PartitionLog({ place }: { readonly place: Place }) {
  const log = usePartitionLog(place);
  const [pointed, setPointed] = useState<SegmentView | null>(null);
  if (log === null) return <p className="lj-muted">Nothing has run yet. Press Space to play.</p>;
  const { topicNode, partition } = place;
  const open = ({ baseOffset }: SegmentView) => openSegment({ topicNode, partition, segmentBase: baseOffset });
  return (
    <>
      <Marks log={log} />
      <section aria-label="Segments of the log">
        <h3>Segments, oldest left: open one</h3>
        <SegmentStrip segments={log.segments} chosen={log.segments.at(-1)!.baseOffset} onChoose={open} onPoint={setPointed} />
        <FilesLine segment={pointed ?? log.segments.at(-1)!} />
      </section>
      <SegmentRows segments={log.segments} onOpen={open} />
      <DownloadPartition key={`${topicNode}/${partition}`} request={{ topicNode, partition }} />
    </>
  );
}

/** A partition's log as a broker has it on disk: its segments and files, to open and to take along. */
export function LogTab({ node }: { readonly node: string | null }) {
  const { topics, place, pick } = usePickedPartition(node);
  if (place === null) return <p className="lj-muted">There is no topic here yet. Logs are the partitions of topics.</p>;
  return (
    <>
      <div className="lj-log-place">
        <PartitionPicker topics={topics} place={place} onPick={pick} />
      </div>
      <PartitionLog place={place} />
    </>
  );
}
