import { ChevronDown, CircleCheck, CircleDashed, Hourglass, TriangleAlert, type LucideIcon } from 'lucide-react';
import { groupIdOf, type PipelineNode } from '../../pipeline/index.ts';
import type { GroupView } from '../../workers/protocol.ts';
import { formatCount, formatSeconds } from '../format/numbers.ts';
import { openMenu } from '../canvas/menus/menuStore.ts';
import { besides } from '../cluster/clusterMenus.ts';
import { intervene, type Intervention } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { chooseGroup } from './groupStore.ts';
import { coordinatorWords, epochWords, protocolWords, stateTone, type Tone } from './groupWords.ts';

const glyphs: Readonly<Record<Tone, LucideIcon>> = { calm: CircleCheck, rising: Hourglass, breached: TriangleAlert, neutral: CircleDashed };

/** Where the offsets of a group without members can be set by a click; other targets are planned in the scenario. */
function openResetMenu(nodes: readonly PipelineNode[], element: Element): void {
  const item = (label: string, action: Intervention, hint: string) => ({
    label,
    hint,
    disabled: false,
    perform: () => void intervene(action),
  });
  openMenu({
    ...besides(element),
    label: 'Reset offsets',
    sections: nodes.map(({ id: node, name }) => ({
      title: `Offsets in what ${name} reads`,
      items: [
        item('To the earliest', { action: 'offsets.reset', node, to: 'earliest' }, 'log start'),
        item('To the latest', { action: 'offsets.reset', node, to: 'latest' }, 'log end'),
        item('Back by 1,000', { action: 'offsets.reset', node, to: 'shift-by', value: -1_000 }, 'each'),
      ],
    })),
  });
}

function ResetOffsets({
  view,
  nodes,
  readOnly,
}: {
  readonly view: GroupView;
  readonly nodes: readonly PipelineNode[];
  readonly readOnly: boolean;
}) {
  const isEmpty = view.state === 'Empty' || view.state === 'Dead';
  return (
    <button
      type="button"
      className="lj-button lj-button-small"
      aria-haspopup="menu"
      disabled={readOnly || !isEmpty}
      title={isEmpty ? 'As kafka-consumer-groups --reset-offsets' : 'Offsets can be reset once the group has no members: stop them first'}
      onClick={(event) => openResetMenu(nodes, event.currentTarget)}
    >
      Reset offsets <ChevronDown size={12} aria-hidden="true" />
    </button>
  );
}

/** Adds a member to each of the group's nodes; sets its offsets while nobody is in it. */
function Deeds({ view }: { readonly view: GroupView }) {
  const { groupId } = view;
  const nodes = useDocument((state) => state.document.nodes);
  const readOnly = useDocument((state) => state.readOnly);
  const own = nodes.filter((node) => groupIdOf(node) === groupId);
  return (
    <span className="lj-cluster-deeds">
      {view.protocol !== 'share' && <ResetOffsets view={view} nodes={own} readOnly={readOnly} />}
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
      <Deeds view={view} />
    </div>
  );
}
