import type { LagCause, LagPlace, LagReport } from '../../workers/protocol.ts';
import { formatShare } from '../format/numbers.ts';
import { partitionColour } from '../theme/palette.ts';
import { showPartition } from './groupStore.ts';
import { causeNames, figureWords, lagOf } from './lagWords.ts';

/** More would not be read. */
const mostPlaces = 12;

function Places({ groupId, places }: { readonly groupId: string; readonly places: readonly LagPlace[] }) {
  const left = places.length - mostPlaces;
  return (
    <span className="lj-lag-places">
      {places.slice(0, mostPlaces).map((place) => {
        const name = `${place.topic}-${place.partition}`;
        return (
          <button
            key={name}
            type="button"
            className="lj-lag-place"
            data-place={`${place.topicNode} ${place.partition}`}
            title={`Show ${name} in its group`}
            onClick={() => showPartition(groupId, place)}
          >
            <span className="lj-dot" style={{ background: partitionColour(place.partition) }} aria-hidden="true">
              {place.partition}
            </span>{' '}
            {name}
          </button>
        );
      })}
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
