import { CircleStop, RotateCcw, Zap } from 'lucide-react';
import { groupIdOf, type PipelineNode } from '../../pipeline/index.ts';
import { showGroup } from '../groups/groupStore.ts';
import { intervene, type Intervention } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import type { SlowMember, SlowNode } from '../stores/slowNodes.ts';
import { partitionColour } from '../theme/palette.ts';

const mostDots = 24;

function MemberButton({
  action,
  label,
  children,
}: {
  readonly action: Intervention;
  readonly label: string;
  readonly children: React.ReactNode;
}) {
  return (
    <button type="button" className="lj-icon-button" aria-label={label} title={label} onClick={() => void intervene(action)}>
      {children}
    </button>
  );
}

function Member({
  node,
  member,
  topics,
}: {
  readonly node: PipelineNode;
  readonly member: SlowMember;
  readonly topics: ReadonlyMap<string, string>;
}) {
  const name = `${node.name}-${member.member}`;
  const down = member.state === 'down';
  const owned = member.partitions.map(({ topicNode, partition }) => `${topics.size > 1 ? `${topics.get(topicNode)} ` : ''}${partition}`);
  return (
    <li
      className={down ? 'lj-member lj-member-down' : 'lj-member'}
      aria-label={`Member ${name}: ${member.state}, partitions ${owned.join(', ') || 'none'}`}
    >
      <span className="lj-member-name" title={name}>
        member {member.member}
      </span>
      <span className="lj-dots">
        {member.partitions.slice(0, mostDots).map(({ topicNode, partition }) => (
          <span
            key={`${topicNode} ${partition}`}
            className="lj-dot"
            style={{ background: partitionColour(partition) }}
            title={`${topics.get(topicNode)} partition ${partition}`}
          >
            {partition}
          </span>
        ))}
        {member.partitions.length > mostDots && <small>+{member.partitions.length - mostDots}</small>}
      </span>
      <span className="lj-member-state lj-numeral">
        {down || member.state === 'joining' ? member.state : `busy ${Math.round(member.busy * 100)} %`}
      </span>
      <span className="lj-member-buttons">
        {down ? (
          <MemberButton action={{ action: 'member.restart', node: node.id, member: member.member }} label={`Restart ${name}`}>
            <RotateCcw size={13} aria-hidden="true" />
          </MemberButton>
        ) : (
          <>
            <MemberButton action={{ action: 'member.crash', node: node.id, member: member.member }} label={`Crash ${name}`}>
              <Zap size={13} aria-hidden="true" />
            </MemberButton>
            <MemberButton action={{ action: 'member.stop', node: node.id, member: member.member }} label={`Stop ${name}`}>
              <CircleStop size={13} aria-hidden="true" />
            </MemberButton>
          </>
        )}
      </span>
    </li>
  );
}

/** The consumer group as it stands: members as pills, the partitions they own as dots in them. */
export function MembersView({ node, slow }: { readonly node: PipelineNode; readonly slow: SlowNode }) {
  const nodes = useDocument((state) => state.document.nodes);
  const groupId = groupIdOf(node);
  const topicIds = [...new Set(slow.groupPartitions.map((row) => row.topicNode))];
  const topics = new Map(topicIds.map((id) => [id, nodes.find((candidate) => candidate.id === id)?.name ?? id]));
  const unowned = slow.groupPartitions.filter((row) => row.owner === null);
  return (
    <section aria-label="Members and partitions">
      <h3>Members and partitions</h3>
      <p className="lj-muted">
        Group <code>{groupId}</code>
        {slow.condition === 'rebalancing' ? ', rebalancing' : ''}{' '}
        {groupId !== null && (
          <button type="button" className="lj-link" onClick={() => showGroup(groupId)}>
            Open the group
          </button>
        )}
      </p>
      <ul className="lj-members">
        {slow.members.map((member) => (
          <Member key={member.member} node={node} member={member} topics={topics} />
        ))}
      </ul>
      {unowned.length > 0 && (
        <p className="lj-waiting">
          Waiting for an owner:{' '}
          {unowned.slice(0, mostDots).map((row) => (
            <span
              key={`${row.topicNode} ${row.partition}`}
              className="lj-dot lj-dot-waiting"
              title={`${topics.get(row.topicNode)} partition ${row.partition}`}
            >
              {row.partition}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}
