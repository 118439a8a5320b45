/** Segments and batches in words. */
import type { BatchSummary, SegmentView } from '../../workers/protocol.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';

/** Part of its offsets that a segment still has records or markers for; 1 for an empty one. */
export function keptShare({ baseOffset, endOffset, records, markers }: SegmentView): number {
  return endOffset === baseOffset ? 1 : Math.min(1, (records + markers) / (endOffset - baseOffset));
}

const tierWords = { local: '', remote: 'only in the remote tier', both: 'on the disk and in the remote tier' } as const;

/** What kind of segment it is: `active, still written to`, `closed, compacted: 40 of 100 offsets are left`. */
export function segmentState(segment: SegmentView): string {
  const words = [segment.active ? 'active, still written to' : 'closed'];
  const offsets = segment.endOffset - segment.baseOffset;
  const left = segment.records + segment.markers;
  if (left < offsets) words.push(`compacted: ${formatCount(left)} of ${formatCount(offsets)} offsets are left`);
  if (segment.abortedTransactions > 0)
    words.push(segment.abortedTransactions === 1 ? '1 aborted transaction' : `${segment.abortedTransactions} aborted transactions`);
  if (segment.tier !== 'local') words.push(tierWords[segment.tier]);
  return words.join('; ');
}

/** `offsets 0 to 98`, `offset 5`, `no offsets yet`. */
export function offsetRange(first: number, last: number): string {
  if (last < first) return 'no offsets yet';
  return first === last ? `offset ${formatCount(first)}` : `offsets ${formatCount(first)} to ${formatCount(last)}`;
}

export function segmentSentence(segment: SegmentView): string {
  const { baseOffset, endOffset, records, batches, sizeBytes } = segment;
  const held = `${formatCount(records)} ${records === 1 ? 'record' : 'records'} in ${formatCount(batches)} ${batches === 1 ? 'batch' : 'batches'}`;
  return `${capital(offsetRange(baseOffset, endOffset - 1))}: ${held}, ${formatBytes(sizeBytes)}; ${segmentState(segment)}.`;
}

/** Where a batch stands and who wrote it. */
export function batchDetail(batch: BatchSummary): string {
  const { position, sizeBytes, leaderEpoch, producer } = batch;
  const words = [`at ${formatCount(position)}`, formatBytes(sizeBytes), `epoch ${leaderEpoch}`];
  if (producer !== null) {
    const sequence = producer.baseSequence < 0 ? '' : `, sequence ${formatCount(producer.baseSequence)}`;
    words.push(`producer ${producer.id}${sequence}`);
  }
  return words.join(' · ');
}

/** What sets a batch apart, as short labels. */
export function batchLabels(batch: BatchSummary): string[] {
  const labels: string[] = [];
  if (batch.control !== null) labels.push(batch.control);
  else if (batch.transactional) labels.push('transaction');
  if (batch.compression !== 'none') labels.push(batch.compression);
  if (batch.records < batch.lastOffset - batch.baseOffset + 1) labels.push(batch.records === 0 ? 'emptied' : 'compacted');
  return labels;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
