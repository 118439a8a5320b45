import { CircleCheck, CircleDashed, Hourglass, TriangleAlert, type LucideIcon } from 'lucide-react';
import { groupIdOf } from '../../pipeline/index.ts';
import type { GroupView } from '../../workers/protocol.ts';
import { formatCount, formatSeconds } from '../format/numbers.ts';
import { intervene } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { chooseGroup } from './groupStore.ts';
import { coordinatorWords, epochWords, protocolWords, stateTone, type Tone } from './groupWords.ts';

const glyphs: Readonly<Record<Tone, LucideIcon>> = { calm: CircleCheck, rising: Hourglass, breached: TriangleAlert, neutral: CircleDashed };

/** Adds a member to each of the group's nodes. */
function AddMember({ groupId }: { readonly groupId: string }) {
  const nodes = useDocument((state) => state.document.nodes);
  const readOnly = useDocument((state) => state.readOnly);
  const own = nodes.filter((node) => groupIdOf(node) === groupId);
  return (
    <span className="lj-cluster-deeds">
      {own.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          className="lj-button lj-button-small"
          disabled={readOnly}
          onClick={() => void intervene({ action: 'member.add', node: id })}
        >
          Add member{own.length > 1 ? ` to ${name}` : ''}
        </button>
      ))}
    </span>
  );
}

/** The group as a whole: which one, its protocol, state, epoch, coordinator and lag. */
export function GroupStrip({ view, groups }: { readonly view: GroupView; readonly groups: readonly string[] }) {
  const tone = stateTone(view.state);
  const Glyph = glyphs[tone];
  return (
    <div className="lj-cluster-strip" role="group" aria-label={`Group ${view.groupId}`}>
      <select
        className="lj-select lj-group-choice"
        aria-label="Group"
        value={view.groupId}
        onChange={(event) => chooseGroup(event.target.value)}
      >
        {groups.map((id) => (
          <option key={id}>{id}</option>
        ))}
      </select>
      <span className={`lj-cluster-count ${tone === 'neutral' ? '' : `lj-badge-${tone}`}`} data-state={view.state}>
        <Glyph size={13} aria-hidden="true" />
        {view.state}
      </span>
      <span className="lj-cluster-count">
        {protocolWords(view)}
        {view.assignor !== '' && <code>{view.assignor}</code>}
      </span>
      <span className="lj-cluster-count lj-numeral">{epochWords(view)}</span>
      <span
        className={`lj-cluster-count ${view.coordinator === null ? 'lj-badge-breached' : view.loading ? 'lj-badge-rising' : ''}`}
        title={`The broker that leads ${view.keptIn}, where the group is kept`}
      >
        {coordinatorWords(view)}
      </span>
      <span className="lj-cluster-count lj-numeral">
        lag {formatCount(view.lagRecords)} records{view.lagSeconds > 0 ? `, ${formatSeconds(view.lagSeconds)}` : ''}
      </span>
      <AddMember groupId={view.groupId} />
    </div>
  );
}
