import type { GroupView } from '../../workers/protocol.ts';
import { LagCauses } from './LagCauses.tsx';
import { drainsWords, skewWords, trendWords } from './lagWords.ts';

/** Where the group's lag goes and why, in a strip of fixed height: nothing below it moves when a cause comes or goes. */
export function GroupLag({ view }: { readonly view: GroupView }) {
  const { groupId, lag } = view;
  return (
    <section className="lj-group-lag" aria-label="Why records wait">
      <dl className="lj-numeral" title={`The worst partition has ${skewWords(lag)}`}>
        <dt>changes by</dt>
        <dd>{trendWords(lag)}</dd>
        <dt>drained in</dt>
        <dd>{drainsWords(lag)}</dd>
      </dl>
      {/* What scrolls must be reachable by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="lj-group-why" tabIndex={0} role="region" aria-label="Causes of the lag">
        <LagCauses groupId={groupId} report={lag} node={null} />
      </div>
    </section>
  );
}
