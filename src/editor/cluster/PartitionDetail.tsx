import { ChevronDown, List, TriangleAlert, ZoomIn } from 'lucide-react';
import type { ClusterView, PartitionView } from '../../workers/protocol.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';
import { viewStore } from '../stores/viewStore.ts';
import { besides, openPartitionMenu } from './clusterMenus.ts';
import { showSpan, useCluster } from './clusterStore.ts';
import { ReplicaBars } from './ReplicaBars.tsx';
import './partition.css';

/** How cells and bars read, while no partition is chosen. */
function Legend() {
  return (
    <div className="lj-cluster-legend">
      <p className="lj-muted">Choose a partition to see its replicas, their offsets and their leader epochs.</p>
      <ul>
        <li>
          <span className="lj-cell" data-state="leader" aria-hidden="true" /> the broker leads it
        </li>
        <li>
          <span className="lj-cell" data-state="follower" aria-hidden="true" /> it follows, in sync
        </li>
        <li>
          <span className="lj-cell" data-state="out of sync" aria-hidden="true" /> not in sync
        </li>
        <li>
          <span className="lj-cell" data-state="offline" aria-hidden="true" /> offline: no leader, or its broker is down
        </li>
      </ul>
    </div>
  );
}

/** What is not as it should be, in words; empty when all is well. */
function worries({ leader, underMinIsr, underReplicated, lostRecords, lostAcknowledged }: PartitionView): readonly string[] {
  return [
    ...(leader === null ? ['offline'] : []),
    ...(underMinIsr ? ['under min ISR'] : underReplicated ? ['under-replicated'] : []),
    ...(lostRecords > 0 ? [`${formatCount(lostRecords)} lost, ${formatCount(lostAcknowledged)} acknowledged`] : []),
  ];
}

function Facts({ partition }: { readonly partition: PartitionView }) {
  const { leader, preferredLeader, leaderEpoch, isr, replicas, minInsyncReplicas, sizeBytes } = partition;
  const isUp = replicas.some(({ broker, brokerUp }) => broker === leader && brokerUp);
  return (
    <p className="lj-partition-facts lj-numeral">
      {leader === null ? 'nobody leads' : `broker ${leader} leads${isUp ? '' : ' as far as the controller knows'}`}
      {leader === preferredLeader ? '' : `, preferred is ${preferredLeader}`} · epoch {leaderEpoch} · ISR {isr.join(', ') || 'empty'} of{' '}
      {replicas.map(({ broker }) => broker).join(', ')} · min ISR {minInsyncReplicas} · {formatBytes(sizeBytes)}
    </p>
  );
}

function readRecords({ topicNode, partition, logStartOffset, highWatermark }: PartitionView): void {
  viewStore.getState().revealInspector();
  viewStore.getState().browse(topicNode, partition, Math.max(logStartOffset, highWatermark - 20));
}

function Deeds({ partition, view }: { readonly partition: PartitionView; readonly view: ClusterView }) {
  const span = useCluster((state) => state.span);
  return (
    <span className="lj-cluster-deeds">
      <button
        type="button"
        className="lj-icon-button lj-icon-small lj-toggle"
        aria-pressed={span === 'end'}
        aria-label="Only the end of the log"
        title="Show only the end of the log, where its replicas differ"
        onClick={() => showSpan(span === 'end' ? 'whole' : 'end')}
      >
        <ZoomIn size={14} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="lj-icon-button lj-icon-small"
        aria-label="Read its records"
        title="Read its records"
        onClick={() => readRecords(partition)}
      >
        <List size={14} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="lj-button lj-button-small"
        aria-haspopup="menu"
        title="Prefer leader, unclean election, move replicas"
        onClick={(event) => openPartitionMenu(partition, view, besides(event.currentTarget))}
      >
        Actions <ChevronDown size={12} aria-hidden="true" />
      </button>
    </span>
  );
}

/** One partition: who leads it, which replicas are in sync, and where each log ends. */
export function PartitionDetail({ view }: { readonly view: ClusterView }) {
  const chosen = useCluster((state) => state.chosen);
  const span = useCluster((state) => state.span);
  const partition = view.partitions.find(
    (candidate) => candidate.topicNode === chosen?.topicNode && candidate.partition === chosen.partition,
  );
  if (partition === undefined) {
    return (
      <section className="lj-partition-detail" aria-label="Partition">
        <Legend />
      </section>
    );
  }
  const name = `${partition.topic}-${partition.partition}`;
  const worry = worries(partition);
  return (
    <section className="lj-partition-detail" aria-label={`Partition ${name}`}>
      <header>
        <h4 title={name}>{name}</h4>
        {worry.length > 0 && (
          <span
            title={worry.join(' · ')}
            className={`lj-cluster-count lj-partition-worry lj-badge-${partition.leader === null || partition.underMinIsr ? 'breached' : 'rising'}`}
          >
            <TriangleAlert size={13} aria-hidden="true" />
            <span>{worry.join(' · ')}</span>
          </span>
        )}
        {partition.topicNode !== '' && <Deeds partition={partition} view={view} />}
      </header>
      <ReplicaBars partition={partition} span={span} />
      <Facts partition={partition} />
    </section>
  );
}
