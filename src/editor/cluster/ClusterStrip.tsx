import { CircleCheck, Hourglass, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ClusterView } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { intervene, type Intervention } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { loseController, preferLeaders } from './clusterDeeds.ts';
import { narrowTo } from './clusterStore.ts';

/** A count that should be 0; its glyph and words say so when it is not. */
function Count({
  label,
  count,
  help,
  tone,
}: {
  readonly label: string;
  readonly count: number;
  readonly help: string;
  readonly tone: 'rising' | 'breached';
}) {
  const Glyph = count === 0 ? CircleCheck : TriangleAlert;
  return (
    <span className={`lj-cluster-count ${count === 0 ? '' : `lj-badge-${tone}`}`} title={help}>
      <Glyph size={13} aria-hidden="true" />
      {label} <b className="lj-numeral">{formatCount(count)}</b>
    </span>
  );
}

function Deed({ action, title, children }: { readonly action: Intervention; readonly title: string; readonly children: string }) {
  const readOnly = useDocument((state) => state.readOnly);
  return (
    <button type="button" className="lj-button lj-button-small" title={title} disabled={readOnly} onClick={() => void intervene(action)}>
      {children}
    </button>
  );
}

/** Narrows the view to the selected topic, or widens it again. */
function Narrowing({ topic, narrowed }: { readonly topic: string; readonly narrowed: boolean }): ReactElement | null {
  const name = useDocument((state) => state.document.nodes.find(({ id }) => id === topic)?.name);
  if (name === undefined) return null;
  return (
    <button type="button" className="lj-button lj-button-small" aria-pressed={narrowed} onClick={() => narrowTo(topic, !narrowed)}>
      Only {name}
    </button>
  );
}

/** The cluster as a whole: its controller, what is not as it should be, and what can be done to all of it. */
export function ClusterStrip({
  view,
  selected,
  narrowed,
}: {
  readonly view: ClusterView;
  readonly selected: string | null;
  readonly narrowed: boolean;
}) {
  const { active, epoch, voters, votersUp } = view.controller;
  const Glyph = active ? CircleCheck : Hourglass;
  return (
    <div className="lj-cluster-strip" role="group" aria-label="Whole cluster">
      <span
        className={`lj-cluster-count ${active ? '' : 'lj-badge-rising'}`}
        title={
          active
            ? 'The controller decides leaders and in-sync replicas.'
            : 'The quorum elects: until then no leader is chosen and no ISR changes.'
        }
      >
        <Glyph size={13} aria-hidden="true" />
        Controller {active ? 'active' : 'being elected'}, epoch <b className="lj-numeral">{epoch}</b>
        <span className="lj-muted lj-numeral">
          , {votersUp} of {voters} up
        </span>
      </span>
      <Count
        label="Offline"
        count={view.offline}
        help="Partitions without a leader: they take no writes and give no reads."
        tone="breached"
      />
      <Count
        label="Under min ISR"
        count={view.underMinIsr}
        help="Partitions with fewer replicas in sync than min.insync.replicas: writes with acks=all are refused and nothing new becomes readable."
        tone="breached"
      />
      <Count label="Under-replicated" count={view.underReplicated} help="Partitions of which a replica is not in sync." tone="rising" />
      <span className="lj-cluster-deeds">
        {selected !== null && <Narrowing topic={selected} narrowed={narrowed} />}
        <Deed action={preferLeaders} title="Give every partition back to the first broker of its list (kafka-leader-election, preferred)">
          Prefer leaders
        </Deed>
        <Deed action={loseController} title="The active controller is gone: the quorum elects another one, unless too few are left">
          Lose controller
        </Deed>
      </span>
    </div>
  );
}
