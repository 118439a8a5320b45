import { useEffect, useMemo } from 'react';
import { effectiveClusterConfig } from '../../pipeline/index.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { readCluster } from '../run/questions.ts';
import { sessionStore, useSession } from '../run/sessionStore.ts';
import { usePolled } from '../run/usePolled.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useView } from '../stores/viewStore.ts';
import { BrokerCard, type BrokerLimits } from './BrokerCard.tsx';
import { measureCluster, unknownRates, type MeasuredCluster } from './brokerRates.ts';
import { isCrowded, racksOfView, sharesOf } from './clusterCells.ts';
import { ClusterStrip } from './ClusterStrip.tsx';
import { useCluster } from './clusterStore.ts';
import { PartitionDetail } from './PartitionDetail.tsx';
import { RackHead } from './RackHead.tsx';
import { useMarks } from './useMarks.ts';
import './cluster.css';

/** Four times a second: what is seen of it changes by events of seconds. */
const intervalMs = 250;
/** A view of a large cluster takes the worker tens of milliseconds, so it is asked for less often. */
const largeIntervalMs = 1_000;
const largePartitions = 400;

let measured: MeasuredCluster | null = null;
let measuredRun = -1;

async function readMeasured(): Promise<MeasuredCluster | null> {
  const view = await readCluster();
  if (view === null) return null;
  const { runNumber } = sessionStore.getState();
  measured = measureCluster(runNumber === measuredRun ? measured : null, view);
  measuredRun = runNumber;
  return measured;
}

/** The topic the view is narrowed to: the one selected on the canvas, unless all were asked for. */
function useNarrowed(): { readonly selected: string | null; readonly shown: string | null } {
  const nodes = useView((view) => view.selection.nodes);
  const unfiltered = useCluster((state) => state.unfiltered);
  const single = nodes.length === 1 ? nodes[0]! : null;
  const isTopic = useDocument((state) => state.document.nodes.some(({ id, kind }) => id === single && kindOf(kind).role === 'topic'));
  const selected = isTopic ? single : null;
  return { selected, shown: selected === unfiltered ? null : selected };
}

function useLimits(): BrokerLimits {
  const cluster = useDocument((state) => state.document.cluster);
  return useMemo(() => {
    const config = effectiveClusterConfig(cluster);
    return { disk: Number(config['disk.bytes.per.second']), network: Number(config['network.bytes.per.second']) };
  }, [cluster]);
}

function Cluster({ view, rates }: MeasuredCluster) {
  const { selected, shown } = useNarrowed();
  const { frame, ...marks } = useMarks();
  const limits = useLimits();
  // A topic that is not in this run narrows nothing.
  const narrowed = shown !== null && view.partitions.some(({ topicNode }) => topicNode === shown) ? shown : null;
  const shares = sharesOf(view, narrowed);
  const crowded = isCrowded(shares);
  const racks = racksOfView(view);
  return (
    <div className="lj-cluster">
      <ClusterStrip view={view} selected={selected} narrowed={narrowed !== null} />
      <div className="lj-brokers" data-columns={racks.length > 1 || undefined} ref={frame} {...marks}>
        {racks.map(({ rack, brokers }) => (
          <section key={rack ?? ''} className="lj-rack" aria-label={rack === null ? 'Brokers' : `Rack ${rack}`}>
            {rack !== null && <RackHead rack={rack} brokers={brokers} />}
            <div className="lj-rack-brokers">
              {brokers.map((broker) => (
                <BrokerCard
                  key={broker.id}
                  broker={broker}
                  rates={rates.get(broker.id) ?? unknownRates}
                  limits={limits}
                  shares={shares.get(broker.id) ?? []}
                  crowded={crowded}
                  view={view}
                />
              ))}
            </div>
          </section>
        ))}
      </div>
      <PartitionDetail view={view} />
    </div>
  );
}

/** Brokers with what they hold, the controller, and one partition's replicas. */
export function ClusterTab() {
  const isLarge = measured !== null && measured.view.partitions.length > largePartitions;
  const cluster = usePolled(readMeasured, isLarge ? largeIntervalMs : intervalMs);
  const loaded = useSession((state) => state.loaded !== null);
  useEffect(() => () => void (measured = null), []);
  if (cluster === null || !loaded) {
    return (
      <p className="lj-muted">
        The brokers, what they hold and how far their copies are show here once the run has begun. Press Space to play.
      </p>
    );
  }
  return <Cluster {...cluster} />;
}
