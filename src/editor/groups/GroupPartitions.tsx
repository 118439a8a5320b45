import { useEffect, useRef } from 'react';
import type { GroupPartitionView, GroupShareView, GroupView } from '../../workers/protocol.ts';
import { formatCount, formatMilliseconds, formatSeconds } from '../format/numbers.ts';
import { partitionColour } from '../theme/palette.ts';
import { useGroupChoice } from './groupStore.ts';
import { listedPartitions, rangeWords } from './groupWords.ts';
import { lagTitle } from './lagWords.ts';
import { ShareStrip } from './ShareStrip.tsx';

const mostRows = 200;

type Chosen = { readonly topicNode: string; readonly partition: number } | null;

const isSame = ({ topicNode, partition }: GroupPartitionView, chosen: Chosen): boolean =>
  topicNode === chosen?.topicNode && partition === chosen.partition;

function Name({ row, many }: { readonly row: GroupPartitionView; readonly many: boolean }) {
  return (
    <th scope="row" title={`${row.topic}-${row.partition}`}>
      <span className="lj-dot" data-place={`${row.topicNode} ${row.partition}`} style={{ background: partitionColour(row.partition) }}>
        {row.partition}
      </span>
      {many && <span className="lj-group-topic"> {row.topic}</span>}
    </th>
  );
}

/** Committed, position and end on one axis that ends where the log does; as long as the farthest of all partitions is behind. */
function OffsetBar({ row, span }: { readonly row: GroupPartitionView; readonly span: number }) {
  const from = Math.max(row.logStartOffset, Math.min(row.committed ?? row.position ?? row.logStartOffset, row.position ?? Infinity));
  const position = Math.max(from, row.position ?? row.committed ?? from);
  const part = (records: number) => `${(100 * Math.max(0, records)) / Math.max(1, span)}%`;
  return (
    <span className="lj-offset-bar" aria-hidden="true">
      <span className="lj-offset-uncommitted" style={{ width: part(position - from) }} />
      <span className="lj-offset-behind" style={{ width: part(row.endOffset - position) }} />
    </span>
  );
}

function OwnerWords({ row, view }: { readonly row: GroupPartitionView; readonly view: GroupView }) {
  const owner = row.owner === null ? undefined : view.members[row.owner];
  if (owner !== undefined)
    return (
      <>
        {`${owner.node}-${owner.member}`}
        {row.paused && (
          <span title="Its application has paused reading">
            <span aria-hidden="true"> ‖</span>
            <span className="lj-visually-hidden"> paused</span>
          </span>
        )}
      </>
    );
  return <span className="lj-tone-text-rising">{row.standsMs === null ? 'nobody' : `stands ${formatMilliseconds(row.standsMs)}`}</span>;
}

/** `2`, or `1 f` for a follower. */
function ReadFrom({ row: { readsFrom } }: { readonly row: GroupPartitionView }) {
  if (readsFrom === null) return <>–</>;
  const { broker, follower } = readsFrom;
  if (!follower) return <span title={`Reads from the leader, broker ${broker}`}>{broker}</span>;
  return (
    <span title={`Reads from broker ${broker}, a follower in its rack`}>
      {broker}
      <small aria-hidden="true"> f</small>
      <span className="lj-visually-hidden">, a follower</span>
    </span>
  );
}

function lagWords({ lagRecords, lagSeconds }: GroupPartitionView): string {
  return lagRecords === 0 ? '0' : `${formatCount(lagRecords)}, ${formatSeconds(lagSeconds)}`;
}

function OffsetRows({
  view,
  rows,
  many,
  chosen,
}: {
  readonly view: GroupView;
  readonly rows: readonly GroupPartitionView[];
  readonly many: boolean;
  readonly chosen: Chosen;
}) {
  const behind = rows.map((row) => row.endOffset - (row.committed ?? row.position ?? row.logStartOffset));
  const span = Math.max(1, ...behind);
  return (
    <table className="lj-group-table lj-group-offsets">
      <thead>
        <tr>
          <th scope="col">Partition</th>
          <th scope="col">Owner</th>
          <th scope="col" title="Broker the owner fetches from: the leader, or a follower (f) in its rack (client.rack, KIP-392)">
            From
          </th>
          <th scope="col">Behind the end</th>
          <th scope="col">Committed</th>
          <th scope="col">Position</th>
          <th scope="col">End</th>
          <th scope="col">Lag</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={`${row.topicNode} ${row.partition}`}
            data-stands={row.standsMs !== null || undefined}
            data-chosen={isSame(row, chosen) || undefined}
          >
            <Name row={row} many={many} />
            <td className="lj-group-owner">
              <OwnerWords row={row} view={view} />
            </td>
            <td>
              <ReadFrom row={row} />
            </td>
            <td>
              <OffsetBar row={row} span={span} />
            </td>
            <td>{row.committed === null ? '–' : formatCount(row.committed)}</td>
            <td>{row.position === null ? '–' : formatCount(row.position)}</td>
            <td>{formatCount(row.endOffset)}</td>
            <td title={lagTitle(view.lag, view.partitions.indexOf(row))}>{lagWords(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `1×: 20, 2×: 5` */
function deliveryWords({ byDeliveries }: GroupShareView): string {
  const counts = byDeliveries.flatMap((count, deliveries) => (count > 0 ? [`${deliveries}×: ${formatCount(count)}`] : []));
  return counts.join(', ') || '–';
}

function ShareRows({
  view,
  rows,
  many,
  chosen,
}: {
  readonly view: GroupView;
  readonly rows: readonly GroupPartitionView[];
  readonly many: boolean;
  readonly chosen: Chosen;
}) {
  return (
    <table className="lj-group-table lj-group-offsets">
      <thead>
        <tr>
          <th scope="col">Partition</th>
          <th scope="col">From SPSO to the end</th>
          <th scope="col">SPSO</th>
          <th scope="col">SPEO</th>
          <th scope="col">Acquired</th>
          <th scope="col">Available</th>
          <th scope="col" title="Records in flight by number of deliveries, and group.share.delivery.count.limit">
            Deliveries, of {rows[0]?.share?.deliveryCountLimit}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const { share } = row;
          if (share === null) return null;
          return (
            <tr key={`${row.topicNode} ${row.partition}`} data-chosen={isSame(row, chosen) || undefined}>
              <Name row={row} many={many} />
              <td>
                <ShareStrip row={row} share={share} members={view.members} />
              </td>
              <td>{formatCount(share.startOffset)}</td>
              <td>{formatCount(share.endOffset)}</td>
              <td>{formatCount(share.acquired)}</td>
              <td>{formatCount(share.available)}</td>
              <td
                title={`${formatCount(share.redeliveries)} redeliveries, ${formatCount(share.locksTimedOut)} locks ran out, ${formatCount(share.locksRenewed)} renewed, ${formatCount(share.archivedByLimit)} archived by the limit so far`}
              >
                {deliveryWords(share)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Legend({ shared }: { readonly shared: boolean }) {
  if (!shared) {
    return (
      <ul className="lj-group-legend" aria-label="What the bars mean">
        <li>
          <span className="lj-offset-key lj-offset-uncommitted" aria-hidden="true" /> done, not committed
        </li>
        <li>
          <span className="lj-offset-key lj-offset-behind" aria-hidden="true" /> lag
        </li>
      </ul>
    );
  }
  return (
    <ul className="lj-group-legend" aria-label="What the strips mean">
      {Object.entries(rangeWords).map(([state, words]) => (
        <li key={state}>
          <span className="lj-offset-key lj-share-range" data-range={state} aria-hidden="true" /> {words}
        </li>
      ))}
    </ul>
  );
}

/** Where the group stands in each partition. */
export function GroupPartitions({ view }: { readonly view: GroupView }) {
  const rows = listedPartitions(view.partitions, mostRows);
  const many = new Set(view.partitions.map(({ topicNode }) => topicNode)).size > 1;
  const shared = view.protocol === 'share';
  const Rows = shared ? ShareRows : OffsetRows;
  const left = view.partitions.length - rows.length;
  const chosen = useGroupChoice((state) => state.partition);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen !== null) frame.current?.querySelector('[data-chosen]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <section className="lj-group-partitions" aria-label="Offsets">
      {/* What scrolls must be reachable by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="lj-group-scroll" ref={frame} tabIndex={0} role="region" aria-label="Offsets by partition">
        <Rows view={view} rows={rows} many={many} chosen={chosen} />
        {left > 0 && <p className="lj-muted">{formatCount(left)} partitions with less lag are not listed.</p>}
      </div>
      <Legend shared={shared} />
    </section>
  );
}
