import type { LagCause, LagPlace, LagReport } from '../../workers/protocol.ts';
import { formatShare } from '../format/numbers.ts';
import { partitionColour } from '../theme/palette.ts';
import { showPartition } from './groupStore.ts';
import { causeNames, figureWords, lagOf } from './lagWords.ts';

/** More would not be read. */
const mostPlaces = 12;

/** In the order of the table they lead to: which is worst changes from one look to the next, and a button under the mouse must not. */
function byTopic(places: readonly LagPlace[]): ReadonlyMap<string, readonly LagPlace[]> {
  const sorted = places.slice(0, mostPlaces).sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
  const found = new Map<string, LagPlace[]>();
  for (const place of sorted) found.set(place.topic, [...(found.get(place.topic) ?? []), place]);
  return found;
}

function Places({ groupId, places }: { readonly groupId: string; readonly places: readonly LagPlace[] }) {
  const left = places.length - mostPlaces;
  return (
    <span className="lj-lag-places">
      {[...byTopic(places)].map(([topic, own]) => (
        <span key={topic} className="lj-lag-topic">
          {topic}
          {own.map((place) => (
            <button
              key={place.partition}
              type="button"
              className="lj-dot lj-lag-place"
              style={{ background: partitionColour(place.partition) }}
              data-place={`${place.topicNode} ${place.partition}`}
              title={`Show ${topic}-${place.partition} in its group`}
              aria-label={`${topic}-${place.partition}`}
              onClick={() => showPartition(groupId, place)}
            >
              {place.partition}
            </button>
          ))}
        </span>
      ))}
      {left > 0 && <small>and {left} more</small>}
    </span>
  );
}

function Cause({ groupId, cause }: { readonly groupId: string; readonly cause: LagCause }) {
  return (
    <li data-cause={cause.kind}>
      <p className="lj-lag-head">
        <strong>{causeNames[cause.kind]}</strong>
        <span className="lj-numeral" title="Share of the records that wait which it explains">
          {formatShare(cause.share)}
        </span>
        <Places groupId={groupId} places={cause.partitions} />
      </p>
      <p>{cause.sentence}</p>
      <p className="lj-muted">What helps: {cause.remedy}</p>
      <ul className="lj-lag-figures" aria-label={`Figures of ${causeNames[cause.kind]}`}>
        {cause.figures.map((figure) => (
          <li key={figure.name}>
            {figure.name} <b className="lj-numeral">{figureWords(figure)}</b>
          </li>
        ))}
      </ul>
    </li>
  );
}

/** Why records wait, what explains most of them first; of one node of the group, or of all. */
export function LagCauses({
  groupId,
  report,
  node,
}: {
  readonly groupId: string;
  readonly report: LagReport;
  readonly node: string | null;
}) {
  const { causes } = lagOf(report, node);
  if (causes.length === 0 && report.noCause === null) return <p className="lj-muted">Nothing has waited for a second: it keeps up.</p>;
  return (
    <>
      <ol className="lj-lag-causes">
        {causes.map((cause) => (
          <Cause key={`${cause.kind} ${cause.node} ${cause.member} ${cause.partitions[0]?.partition}`} groupId={groupId} cause={cause} />
        ))}
      </ol>
      {report.noCause !== null && <p>{report.noCause}</p>}
    </>
  );
}
