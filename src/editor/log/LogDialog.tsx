import { useCallback, useEffect, useState } from 'react';
import { Dialog } from '../dialogs/Dialog.tsx';
import type { BatchSummary, PartitionLogView, PartitionRequest, SegmentView } from '../../workers/protocol.ts';
import { useDocument } from '../stores/documentStore.ts';
import { TabList } from '../shell/TabList.tsx';
import { BatchView } from './BatchView.tsx';
import { DownloadPartition } from './DownloadPartition.tsx';
import { FilesLine } from './FilesLine.tsx';
import { IndexList } from './IndexList.tsx';
import { openSegment, useOpenSegment, type OpenSegment } from './logStore.ts';
import { SegmentStrip } from './SegmentStrip.tsx';
import { batchDetail, batchLabels, offsetRange } from './segmentWords.ts';
import { useBatches, useBatchBytes, useIndexes, usePartitionLog } from './useLog.ts';
import { Pause, VirtualList } from './VirtualList.tsx';
import './Log.css';

type ListTab = 'batches' | 'offset' | 'time';

const listTabs: readonly { readonly id: ListTab; readonly label: string }[] = [
  { id: 'batches', label: 'Batches' },
  { id: 'offset', label: 'Offset index' },
  { id: 'time', label: 'Time index' },
];

/** Larger rows where there is room for them: seen from the back of a class. */
function useRowPx(): number {
  const [large] = useState(() => window.matchMedia('(min-width: 1700px)').matches);
  return large ? 32 : 26;
}

function batchRow(batch: BatchSummary | null) {
  if (batch === null) return { content: <span className="lj-muted">…</span>, className: 'lj-batch-row' };
  const range = offsetRange(batch.baseOffset, batch.lastOffset);
  const records = batch.records === 1 ? '1 record' : `${batch.records} records`;
  const labels = batchLabels(batch);
  return {
    content: (
      <>
        <span className="lj-batch-line">
          <b>{range}</b>
          <Pause />
          <span>{records}</span>
          <Pause />
        </span>
        <small className="lj-muted">
          {labels.map((label) => (
            <span key={label} className="lj-batch-label">
              {label}
            </span>
          ))}
          {batchDetail(batch)}
        </small>
      </>
    ),
    className: 'lj-batch-row',
  };
}

function Indexes({
  request,
  segment,
  kind,
  batch,
}: {
  request: PartitionRequest;
  segment: SegmentView;
  kind: 'offset' | 'time';
  batch: BatchSummary | null;
}) {
  const { answer, trouble } = useIndexes(request, segment);
  const rowPx = useRowPx();
  if (answer === null) return <p className="lj-muted">{trouble ?? 'Reading the segment …'}</p>;
  return <IndexList kind={kind} indexes={answer} batch={batch} rowPx={rowPx} />;
}

/** One segment: its batches and indexes at the left, the bytes of the chosen batch beside them. */
function Segment({ request, segment }: { readonly request: PartitionRequest; readonly segment: SegmentView }) {
  const [tab, setTab] = useState<ListTab>('batches');
  const [index, setIndex] = useState(0);
  const rowPx = useRowPx();
  const { batch, want } = useBatches(request, segment);
  const chosen = Math.min(index, Math.max(0, segment.batches - 1));
  useEffect(() => want(chosen), [want, chosen]);
  const fetchRows = useCallback((first: number, last: number) => want(batch(first) === null ? first : last), [want, batch]);
  const summary = segment.batches === 0 ? null : batch(chosen);
  const { answer, trouble } = useBatchBytes(request, summary);
  return (
    <div className="lj-log-body">
      <div className="lj-log-list">
        <TabList label="Segment" tabs={listTabs} chosen={tab} onChoose={setTab} panel="log-list" />
        <div className="lj-log-panel" id="log-list" role="tabpanel" aria-label={listTabs.find(({ id }) => id === tab)?.label} tabIndex={-1}>
          {tab === 'batches' ? (
            <VirtualList
              label="Batches"
              count={segment.batches}
              rowPx={2 * rowPx - 4}
              chosen={chosen}
              onChoose={setIndex}
              onRows={fetchRows}
              row={(row) => batchRow(batch(row))}
            />
          ) : (
            <Indexes key={tab} request={request} segment={segment} kind={tab} batch={summary} />
          )}
        </div>
      </div>
      {segment.batches === 0 ? (
        <p className="lj-muted">This segment is empty: nothing was written since it was begun.</p>
      ) : answer === null ? (
        <p className="lj-muted">{trouble ?? 'Reading the batch …'}</p>
      ) : (
        <BatchView
          batch={answer}
          countedBytes={summary?.baseOffset === answer.baseOffset ? summary.sizeBytes : answer.bytes.length}
          rowPx={rowPx}
        />
      )}
    </div>
  );
}

function Contents({ open, log }: { readonly open: OpenSegment; readonly log: PartitionLogView }) {
  const { topicNode, partition, segmentBase } = open;
  const [pointed, setPointed] = useState<SegmentView | null>(null);
  const segment = log.segments.find(({ baseOffset }) => baseOffset === segmentBase);
  const request = { topicNode, partition };
  return (
    <>
      <SegmentStrip
        segments={log.segments}
        chosen={segmentBase}
        onChoose={({ baseOffset }) => openSegment({ topicNode, partition, segmentBase: baseOffset })}
        onPoint={setPointed}
      />
      <div className="lj-row lj-log-bar">
        <div className="lj-log-words">
          {segment === undefined && pointed === null ? (
            <p className="lj-muted">The segment that began at {segmentBase} is no longer in the log. Choose another one above.</p>
          ) : (
            <FilesLine segment={pointed ?? segment!} />
          )}
        </div>
        <DownloadPartition key={`${topicNode}/${partition}`} request={request} />
      </div>
      {segment !== undefined && <Segment key={segmentBase} request={request} segment={segment} />}
    </>
  );
}

function Log({ open }: { readonly open: OpenSegment }) {
  const log = usePartitionLog(open);
  return log === null ? <p className="lj-muted">Nothing has run yet.</p> : <Contents open={open} log={log} />;
}

/** A partition's log opened: segments, batches, bytes. */
export function LogDialog() {
  const open = useOpenSegment();
  const name = useDocument(({ document }) => document.nodes.find(({ id }) => id === open?.topicNode)?.name ?? 'a removed topic');
  return (
    <Dialog name="log" title={open === null ? 'Log' : `Log of ${name}, partition ${open.partition}`} full>
      {open !== null && <Log open={open} />}
    </Dialog>
  );
}
