import { Ban, CircleCheck, CircleStop, CircleX, Ellipsis, Loader, PowerOff, RotateCcw, Zap, type LucideIcon } from 'lucide-react';
import type { MouseEvent, ReactElement } from 'react';
import type { BrokerCondition, BrokerView, ClusterView } from '../../workers/protocol.ts';
import { formatBytes, formatCount, formatShare } from '../format/numbers.ts';
import { Deed } from '../run/Deed.tsx';
import { BrokerCells } from './BrokerCells.tsx';
import type { BrokerRates } from './brokerRates.ts';
import type { TopicShare } from './clusterCells.ts';
import { brokerDeeds } from './clusterDeeds.ts';
import { besides, openBrokerMenu, openPartitionMenu } from './clusterMenus.ts';

const conditions: Readonly<Record<BrokerCondition, { readonly Glyph: LucideIcon; readonly tone: string; readonly help: string }>> = {
  running: { Glyph: CircleCheck, tone: 'calm', help: 'It runs, and the controller hears of it.' },
  starting: { Glyph: Loader, tone: 'rising', help: 'It recovers its logs.' },
  fenced: { Glyph: Ban, tone: 'breached', help: 'The controller does not hear of it, or it has not caught up yet: it leads nothing.' },
  stopping: { Glyph: PowerOff, tone: 'rising', help: 'In controlled shutdown: what it leads moves first.' },
  down: { Glyph: CircleX, tone: 'breached', help: 'Its process does not run.' },
};

function Head({ broker, view }: { readonly broker: BrokerView; readonly view: ClusterView }) {
  const { id, condition, processUp } = broker;
  const { Glyph, tone, help } = conditions[condition];
  const deeds = brokerDeeds(id);
  return (
    <div className="lj-broker-head">
      <h4>Broker {id}</h4>
      <span className={`lj-broker-condition lj-badge-${tone}`} title={help}>
        <Glyph size={12} aria-hidden="true" />
        {condition}
      </span>
      <span className="lj-broker-deeds">
        {processUp ? (
          <>
            <Deed label={`Kill broker ${id}`} action={deeds.kill}>
              <Zap size={14} aria-hidden="true" />
            </Deed>
            <Deed label={`Stop broker ${id}, controlled`} action={deeds.stop}>
              <CircleStop size={14} aria-hidden="true" />
            </Deed>
          </>
        ) : (
          <Deed label={`Start broker ${id}`} action={deeds.start}>
            <RotateCcw size={14} aria-hidden="true" />
          </Deed>
        )}
        <button
          type="button"
          className="lj-icon-button lj-icon-small"
          aria-label={`More for broker ${id}`}
          aria-haspopup="menu"
          title="Network, disk and more"
          onClick={(event) => openBrokerMenu(broker, view, besides(event.currentTarget))}
        >
          <Ellipsis size={14} aria-hidden="true" />
        </button>
      </span>
    </div>
  );
}

/** What ails it, in words; empty when nothing does. */
function troubles({ cutFrom, diskFactor, diskFull, throttledClients, processUp, leaders }: BrokerView): readonly string[] {
  return [
    // Until its session ends, clients are still sent to it.
    ...(!processUp && leaders > 0 ? ['the controller has not noticed yet'] : []),
    ...(cutFrom.length > 0 ? [`cut off from ${cutFrom.length > 2 ? `${cutFrom.length} others` : cutFrom.join(' and ')}`] : []),
    ...(diskFull ? ['disk full'] : diskFactor === 1 || !processUp ? [] : [`disk ×${diskFactor} slower`]),
    ...(throttledClients > 0 ? [`throttles ${throttledClients} client${throttledClients === 1 ? '' : 's'}`] : []),
  ];
}

/** A bar of how much of a limit is used; without a limit there is none. The words beside it say the same. */
function Meter({
  label,
  share,
  words,
  title,
}: {
  readonly label: string;
  readonly share: number;
  readonly words: string;
  readonly title: string;
}) {
  return (
    <div className="lj-broker-meter" title={title}>
      <span>{label}</span>
      <span className="lj-meter" data-high={share > 0.85 || undefined} aria-hidden="true">
        <span style={{ transform: `scaleX(${Number.isFinite(share) ? Math.min(1, share) : 0})` }} />
      </span>
      <span className="lj-numeral">{words}</span>
    </div>
  );
}

const perSecond = (bytes: number) => (Number.isFinite(bytes) ? `${formatBytes(bytes)}/s` : '–');
const partOf = (used: number, limit: number) => (limit > 0 ? used / limit : NaN);

function Meters({ broker, rates, limits }: { readonly broker: BrokerView; readonly rates: BrokerRates; readonly limits: BrokerLimits }) {
  const { diskBytes, diskCapacityBytes } = broker;
  const { bytesIn, bytesOut, diskBytesWritten, diskBytesRead, busy } = rates;
  const network = partOf(Math.max(bytesIn, bytesOut), limits.network);
  const held = diskCapacityBytes === null ? '' : ` of ${formatBytes(diskCapacityBytes)}`;
  const bar = diskCapacityBytes === null ? 'how much of its writing speed is in use' : 'how full it is';
  return (
    <div className="lj-broker-meters">
      <Meter
        label="Disk"
        share={diskCapacityBytes === null ? partOf(diskBytesWritten, limits.disk) : partOf(diskBytes, diskCapacityBytes)}
        words={formatBytes(diskBytes)}
        title={`Disk: holds ${formatBytes(diskBytes)}${held}, writes ${perSecond(diskBytesWritten)}, reads ${perSecond(diskBytesRead)}. The bar is ${bar}.`}
      />
      <Meter
        label="Net"
        share={network}
        words={perSecond(bytesIn + bytesOut)}
        title={`Network: in ${perSecond(bytesIn)}, out ${perSecond(bytesOut)}. The bar is how much of the busier direction is in use, ${formatShare(network)}. Request handlers are busy ${formatShare(busy)} of the time.`}
      />
    </div>
  );
}

/** What one broker's machine can do, bytes a second; 0 without a limit. */
export interface BrokerLimits {
  readonly disk: number;
  readonly network: number;
}

interface Properties {
  readonly broker: BrokerView;
  readonly rates: BrokerRates;
  readonly limits: BrokerLimits;
  readonly shares: readonly TopicShare[];
  /** So many replicas that topics are shown by their counts. */
  readonly crowded: boolean;
  readonly view: ClusterView;
}

/** One broker: its condition, what it leads and holds, its disk and network, what ails it, and its partitions. */
export function BrokerCard({ broker, rates, limits, shares, crowded, view }: Properties): ReactElement {
  const { id, condition, leaders, replicas, outOfSync, cutFrom } = broker;
  const ailments = troubles(broker);
  const menu = (event: MouseEvent) => {
    event.preventDefault();
    const at = { x: event.clientX, y: event.clientY };
    const place = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.lj-cell')?.dataset : undefined;
    const partition = view.partitions.find((one) => one.topicNode === place?.['topic'] && one.partition === Number(place['partition']));
    if (partition === undefined || partition.topicNode === '') openBrokerMenu(broker, view, at);
    else openPartitionMenu(partition, view, at);
  };
  return (
    <article className="lj-broker" data-condition={condition} aria-label={`Broker ${id}`} onContextMenu={menu}>
      <Head broker={broker} view={view} />
      <p className="lj-broker-counts lj-numeral">
        leads {formatCount(leaders)} of {formatCount(replicas)}
        {outOfSync > 0 && <span className="lj-tone-text-rising"> · {formatCount(outOfSync)} out of sync</span>}
      </p>
      {ailments.length > 0 && (
        <p className="lj-broker-troubles" title={cutFrom.length > 0 ? `Cut off from ${cutFrom.join(', ')}` : undefined}>
          {ailments.join(' · ')}
        </p>
      )}
      <Meters broker={broker} rates={rates} limits={limits} />
      <BrokerCells broker={id} shares={shares} crowded={crowded} />
    </article>
  );
}
