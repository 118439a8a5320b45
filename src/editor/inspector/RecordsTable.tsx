import { useState } from 'react';
import type { PartitionRequest, RecordPage, RecordView } from '../../workers/protocol.ts';
import { followRecord } from '../follow/followStore.ts';
import { formatBytes, formatClock, formatCount, formatInstant } from '../format/numbers.ts';

function pretty(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

function Details({ record, place }: { readonly record: RecordView; readonly place: PartitionRequest }) {
  return (
    <>
      <button type="button" className="lj-button lj-follow-record" onClick={() => void followRecord({ ...place, offset: record.offset })}>
        Follow this record
      </button>
      <dl className="lj-record">
        <dt>Key</dt>
        <dd>{record.key === null ? <i>none</i> : <code>{record.key}</code>}</dd>
        <dt>Value, {formatBytes(record.valueSizeBytes)}</dt>
        <dd>{record.value === null ? <i>null</i> : <pre>{pretty(record.value)}</pre>}</dd>
        <dt>Headers</dt>
        <dd>
          {record.headers.length === 0 ? (
            <i>none</i>
          ) : (
            record.headers.map((header) => <code key={header.key}>{`${header.key}: ${header.value} `}</code>)
          )}
        </dd>
        <dt>Batch</dt>
        <dd>
          offsets {formatCount(record.batchBaseOffset)} to {formatCount(record.batchLastOffset)}, {formatBytes(record.batchSizeBytes)}
        </dd>
        <dt>Written by</dt>
        <dd>
          {record.writtenBy}, record {formatCount(record.sequence)} of {record.source}
        </dd>
      </dl>
    </>
  );
}

interface Properties {
  readonly page: RecordPage;
  readonly place: PartitionRequest & { readonly offset: number };
  /** Offsets whose records are marked. */
  readonly marked: { readonly from: number; readonly to: number } | null;
}

/** One page of records; a row opens to the whole record. */
export function RecordsTable({ page, place, marked }: Properties) {
  const [open, setOpen] = useState<number | null>(null);
  if (page.records.length === 0) {
    const why =
      page.highWatermark === page.logStartOffset
        ? 'This partition holds no records.'
        : `No record at offset ${formatCount(place.offset)} or after it.`;
    return <p className="lj-muted">{why}</p>;
  }
  const isMarked = (at: number) => marked !== null && at >= marked.from && at < marked.to;
  return (
    <table className="lj-table lj-records">
      <caption className="lj-visually-hidden">Records</caption>
      <thead>
        <tr>
          <th scope="col">Offset</th>
          <th scope="col">Time</th>
          <th scope="col">Key</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      {page.records.map((record) => (
        <tbody key={record.offset} className={isMarked(record.offset) ? 'lj-record-marked' : undefined}>
          <tr className={record.offset === record.batchBaseOffset ? 'lj-batch-start' : undefined}>
            <th scope="row">
              <button
                type="button"
                className="lj-link"
                aria-expanded={open === record.offset}
                onClick={() => setOpen(open === record.offset ? null : record.offset)}
              >
                {record.offset}
              </button>
              {isMarked(record.offset) && <span className="lj-visually-hidden"> marked</span>}
            </th>
            <td title={formatClock(record.timestampMs * 1000)}>{formatInstant(record.timestampMs * 1000)}</td>
            <td className="lj-cut" title={record.key ?? 'no key'}>
              {record.key ?? '–'}
            </td>
            <td
              className="lj-cut"
              title={`${formatBytes(record.valueSizeBytes)}, batch ${record.batchBaseOffset} to ${record.batchLastOffset}`}
            >
              {record.value?.trim() ?? 'null'}
            </td>
          </tr>
          {open === record.offset && (
            <tr>
              <td colSpan={4}>
                <Details record={record} place={{ topicNode: place.topicNode, partition: place.partition }} />
              </td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}
