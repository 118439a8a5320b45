import { Crown } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { PartitionView, ReplicaView } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { axisOf, epochMarks, isNamedLeft, placeOn, replicaWords, type AxisSpan, type OffsetAxis } from './replicaAxis.ts';

const between = (axis: OffsetAxis, from: number, to: number): CSSProperties => ({
  left: `${placeOn(axis, from) * 100}%`,
  right: `${(1 - placeOn(axis, to)) * 100}%`,
});

const at = (axis: OffsetAxis, offset: number): CSSProperties => ({ left: `${placeOn(axis, offset) * 100}%` });

function Bar({
  partition,
  replica,
  axis,
}: {
  readonly partition: PartitionView;
  readonly replica: ReplicaView;
  readonly axis: OffsetAxis;
}) {
  const { logEndOffset, divergesAt } = replica;
  const sharedEnd = divergesAt ?? logEndOffset;
  return (
    <span
      className="lj-replica-track"
      title={`Broker ${replica.broker}: log end ${formatCount(logEndOffset)}, high watermark ${formatCount(replica.highWatermark)}, epoch ${replica.leaderEpoch}`}
    >
      <span className="lj-replica-bar" style={between(axis, partition.logStartOffset, sharedEnd)} />
      {divergesAt !== null && <span className="lj-replica-own" style={between(axis, divergesAt, logEndOffset)} />}
    </span>
  );
}

function Row({
  partition,
  replica,
  axis,
}: {
  readonly partition: PartitionView;
  readonly replica: ReplicaView;
  readonly axis: OffsetAxis;
}) {
  const { broker, role, inSync, brokerUp, adding, removing } = replica;
  const state = !brokerUp ? 'down' : inSync ? 'in sync' : 'out of sync';
  const words = `${replicaWords(partition, replica)}${adding ? ', being added' : removing ? ', being removed' : ''}`;
  return (
    <tr className="lj-replica" data-state={state}>
      <th scope="row" title={role}>
        broker {broker}
        {role === 'leader' && <Crown size={13} aria-hidden="true" />}
        <span className="lj-visually-hidden">, {role}</span>
      </th>
      <td>
        <span className={`lj-replica-isr ${inSync ? 'lj-badge-calm' : 'lj-badge-rising'}`}>{inSync ? 'ISR' : 'not ISR'}</span>
      </td>
      <td className="lj-replica-cell">
        <Bar partition={partition} replica={replica} axis={axis} />
      </td>
      <td className="lj-replica-end">{formatCount(replica.logEndOffset)}</td>
      <td className="lj-replica-words" title={words}>
        <span>{words}</span>
      </td>
    </tr>
  );
}

/** Leader epochs where they begin, over the bars; the lines of high watermark and last stable offset reach down over all of them. */
function AxisHead({ partition, axis }: { readonly partition: PartitionView; readonly axis: OffsetAxis }) {
  return (
    <span className="lj-epochs">
      {epochMarks(partition, axis).map((mark) => (
        <span
          key={mark.epoch}
          className="lj-epoch"
          style={{ left: `${mark.at * 100}%` }}
          data-left={isNamedLeft(mark) || undefined}
          title={`Leader epoch ${mark.epoch} begins at offset ${formatCount(mark.startOffset)}`}
        >
          {mark.named && (
            <>
              e<span className="lj-epoch-word">poch </span>
              {mark.epoch}
            </>
          )}
        </span>
      ))}
      <span className="lj-lines" aria-hidden="true">
        <span className="lj-line-watermark" style={at(axis, partition.highWatermark)} />
        <span className="lj-line-stable" style={at(axis, partition.lastStableOffset)} />
      </span>
    </span>
  );
}

/** The replicas of a partition as bars on one axis of offsets, with its high watermark, last stable offset and leader epochs. */
export function ReplicaBars({ partition, span }: { readonly partition: PartitionView; readonly span: AxisSpan }) {
  const axis = axisOf(partition, span);
  const { highWatermark, lastStableOffset, replicas } = partition;
  return (
    <>
      <table className="lj-replicas" style={{ '--rows': replicas.length } as CSSProperties}>
        <caption className="lj-visually-hidden">Replicas on one axis of offsets</caption>
        <thead>
          <tr>
            <th scope="col" className="lj-replica-name">
              Replica
            </th>
            <th scope="col" className="lj-replica-sync">
              <span className="lj-visually-hidden">In sync</span>
            </th>
            <th scope="col" className="lj-replica-cell">
              <AxisHead partition={partition} axis={axis} />
            </th>
            <th scope="col" className="lj-replica-end">
              Log end
            </th>
            <th scope="col" className="lj-replica-words">
              <span className="lj-visually-hidden">How it stands</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {replicas.map((replica) => (
            <Row key={replica.broker} partition={partition} replica={replica} axis={axis} />
          ))}
        </tbody>
      </table>
      <p className="lj-replica-key lj-numeral">
        <span>
          offsets {formatCount(axis.from)} to {formatCount(axis.to)}
        </span>
        <span className="lj-key-watermark">high watermark {formatCount(highWatermark)}</span>
        <span className="lj-key-stable" title="Last stable offset: what readers with isolation.level read_committed may read">
          last stable {formatCount(lastStableOffset)}
        </span>
      </p>
    </>
  );
}
