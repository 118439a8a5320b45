import { memo, type CSSProperties, type KeyboardEvent, type MouseEvent } from 'react';
import { formatCount } from '../format/numbers.ts';
import { viewStore } from '../stores/viewStore.ts';
import { partitionColour } from '../theme/palette.ts';
import { countStates, type CellState, type TopicShare } from './clusterCells.ts';
import { choosePartition, clusterStore, useCluster } from './clusterStore.ts';

/** Topics named on one card when they are shown by their counts. */
const mostTopics = 8;

interface CellProperties {
  readonly topicNode: string;
  readonly topic: string;
  readonly partition: number;
  readonly state: CellState;
  readonly chosen: boolean;
  readonly stop: boolean;
}

const PartitionCell = memo(function PartitionCell({ topicNode, topic, partition, state, chosen, stop }: CellProperties) {
  const name = `${topic}-${partition}: ${state}`;
  return (
    <button
      type="button"
      className="lj-cell"
      data-state={state}
      style={{ '--cell': partitionColour(partition) } as CSSProperties}
      data-place={`${topicNode} ${partition}`}
      data-topic={topicNode}
      data-partition={partition}
      aria-label={name}
      aria-pressed={chosen}
      title={name}
      tabIndex={stop ? 0 : -1}
    >
      {partition}
    </button>
  );
});

function choose(event: MouseEvent): void {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('.lj-cell') : null;
  if (cell === null) return;
  choosePartition({ topicNode: cell.dataset['topic']!, partition: Number(cell.dataset['partition']) });
}

/** One stop for Tab, arrows between the cells of a broker. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>('.lj-cell')];
  const at = cells.indexOf(document.activeElement as HTMLElement);
  const to = by === undefined ? { Home: 0, End: cells.length - 1 }[event.key] : at + by;
  if (to === undefined || at < 0) return;
  event.preventDefault();
  cells[Math.min(cells.length - 1, Math.max(0, to))]?.focus();
}

/** A topic's replicas at one broker as counts, where cells would be too many. */
function Counts({ share }: { readonly share: TopicShare }) {
  const counts = countStates(share.cells);
  const words = [
    counts.leader > 0 ? `leads ${formatCount(counts.leader)}` : '',
    counts.follower > 0 ? `follows ${formatCount(counts.follower)}` : '',
    counts['out of sync'] > 0 ? `${formatCount(counts['out of sync'])} out of sync` : '',
    counts.offline > 0 ? `${formatCount(counts.offline)} offline` : '',
  ].filter(Boolean);
  const only = () => {
    clusterStore.setState({ unfiltered: null });
    viewStore.getState().select({ nodes: [share.topicNode] });
  };
  return (
    <div className="lj-cell-counts">
      {share.topicNode === '' ? (
        <span className="lj-cell-topic">{share.topic}</span>
      ) : (
        <button type="button" className="lj-link lj-cell-topic" title={`Show only ${share.topic}`} onClick={only}>
          {share.topic}
        </button>
      )}
      <span className={counts.offline > 0 ? 'lj-tone-text-breached' : counts['out of sync'] > 0 ? 'lj-tone-text-rising' : 'lj-muted'}>
        {words.join(' · ')}
      </span>
    </div>
  );
}

/** The partitions a broker holds, by topic. */
export function BrokerCells({
  broker,
  shares,
  crowded,
}: {
  readonly broker: number;
  readonly shares: readonly TopicShare[];
  readonly crowded: boolean;
}) {
  const chosen = useCluster((state) => state.chosen);
  if (shares.length === 0) return <p className="lj-muted lj-broker-none">No replica is placed here.</p>;
  if (crowded) {
    return (
      <div className="lj-cells">
        {shares.slice(0, mostTopics).map((share) => (
          <Counts key={share.topicNode} share={share} />
        ))}
        {shares.length > mostTopics && <p className="lj-muted">and {formatCount(shares.length - mostTopics)} more topics</p>}
      </div>
    );
  }
  const holdsChosen = shares.some(
    ({ topicNode, cells }) => topicNode === chosen?.topicNode && cells.some(({ partition }) => partition === chosen.partition),
  );
  return (
    // Clicks and keys are heard here for all cells, which are buttons.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="lj-cells" onClick={choose} onKeyDown={walk}>
      {shares.map(({ topicNode, topic, cells }, row) => (
        <div key={topicNode} className="lj-cell-row" role="group" aria-label={`${topic} at broker ${broker}`}>
          <span className="lj-cell-topic" title={topic}>
            {topic}
          </span>
          <span className="lj-cell-list">
            {cells.map(({ partition, state }, index) => {
              const isChosen = chosen?.topicNode === topicNode && chosen.partition === partition;
              return (
                <PartitionCell
                  key={partition}
                  topicNode={topicNode}
                  topic={topic}
                  partition={partition}
                  state={state}
                  chosen={isChosen}
                  stop={holdsChosen ? isChosen : row === 0 && index === 0}
                />
              );
            })}
          </span>
        </div>
      ))}
    </div>
  );
}
