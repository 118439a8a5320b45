import { CircleStop, Pause, Play, RotateCcw, SkipBack, Zap } from 'lucide-react';
import type { GroupMemberView, GroupPartitionView, GroupView } from '../../workers/protocol.ts';
import { formatMilliseconds } from '../format/numbers.ts';
import { openMenu } from '../canvas/menus/menuStore.ts';
import { besides } from '../cluster/clusterMenus.ts';
import { Deed } from '../run/Deed.tsx';
import { intervene } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { partitionColour } from '../theme/palette.ts';
import { cellStates, cellWords, countCells, memberWords } from './groupWords.ts';

/** Where a running member's position can be set by a click; other targets are planned in the scenario. */
function openSeekMenu({ nodeId, node, member }: GroupMemberView, element: Element): void {
  const seek = (label: string, to: 'earliest' | 'latest', hint: string) => ({
    label,
    hint,
    perform: () => void intervene({ action: 'consumer.seek', node: nodeId, member, to }),
  });
  const items = [seek('To the earliest', 'earliest', 'seekToBeginning'), seek('To the latest', 'latest', 'seekToEnd')];
  openMenu({ ...besides(element), label: 'Seek', sections: [{ title: `Position of ${node}-${member}`, items }] });
}

/** Pause or resume, and seek: what the member's application can ask of its consumer. */
function ReadingDeeds({ view }: { readonly view: GroupMemberView }) {
  const { nodeId, node, member, cells } = view;
  const name = `${node}-${member}`;
  const readOnly = useDocument((state) => state.readOnly);
  const isPaused = cells.some(({ state }) => state === 'paused');
  return (
    <>
      <Deed
        label={isPaused ? `Resume reading of ${name}` : `Pause reading of ${name}`}
        action={{ action: isPaused ? 'consumer.resume' : 'consumer.pause', node: nodeId, member }}
      >
        {isPaused ? <Play size={13} aria-hidden="true" /> : <Pause size={13} aria-hidden="true" />}
      </Deed>
      <button
        type="button"
        className="lj-icon-button lj-icon-small"
        aria-haspopup="menu"
        aria-label={`Seek ${name}`}
        title={`Seek ${name}: set the position it reads on from`}
        disabled={readOnly}
        onClick={(event) => openSeekMenu(view, event.currentTarget)}
      >
        <SkipBack size={13} aria-hidden="true" />
      </button>
    </>
  );
}

function Deeds({ view, shared }: { readonly view: GroupMemberView; readonly shared: boolean }) {
  const { nodeId, node, member, state } = view;
  const name = `${node}-${member}`;
  if (state === 'down') {
    return (
      <Deed label={`Restart ${name}`} action={{ action: 'member.restart', node: nodeId, member }}>
        <RotateCcw size={13} aria-hidden="true" />
      </Deed>
    );
  }
  return (
    <>
      <Deed label={`Crash ${name}`} action={{ action: 'member.crash', node: nodeId, member }}>
        <Zap size={13} aria-hidden="true" />
      </Deed>
      <Deed label={`Stop ${name}`} action={{ action: 'member.stop', node: nodeId, member }}>
        <CircleStop size={13} aria-hidden="true" />
      </Deed>
      {!shared && <ReadingDeeds view={view} />}
    </>
  );
}

/** A time against its limit, as a bar and in words. */
function Against({
  ms,
  limitMs,
  high,
  title,
}: {
  readonly ms: number | null;
  readonly limitMs: number;
  readonly high: (share: number) => boolean;
  readonly title: string;
}) {
  if (ms === null) return <>–</>;
  const share = limitMs > 0 ? Math.min(1, ms / limitMs) : 0;
  return (
    <span className="lj-against" title={title}>
      <span className="lj-meter" data-high={high(share) || undefined} aria-hidden="true">
        <span style={{ transform: `scaleX(${share})` }} />
      </span>
      {formatMilliseconds(ms < 1_000 ? Math.round(ms) : Math.round(ms / 100) * 100)}
    </span>
  );
}

function Cells({ member, partitions }: { readonly member: GroupMemberView; readonly partitions: readonly GroupPartitionView[] }) {
  const states = new Map(member.cells.map(({ place, state }) => [place, state]));
  return partitions.map(({ topicNode, topic, partition }, place) => {
    const state = states.get(place);
    if (state === undefined)
      return <td key={`${topicNode} ${partition}`} className="lj-group-gap" data-first={partition === 0 || undefined} />;
    const { sign, words, help } = cellWords[state];
    return (
      <td key={`${topicNode} ${partition}`} data-first={partition === 0 || undefined}>
        <span
          className="lj-cell lj-group-cell"
          data-group={state}
          data-place={`${topicNode} ${partition}`}
          style={{ '--cell': partitionColour(partition) } as React.CSSProperties}
          title={`${topic}-${partition} at ${member.node}-${member.member}: ${words}. ${help}`}
        >
          {partition}
          {sign !== '' && <small aria-hidden="true">{sign}</small>}
          <span className="lj-visually-hidden"> {words}</span>
        </span>
      </td>
    );
  });
}

function Member({ member, view, crowded }: { readonly member: GroupMemberView; readonly view: GroupView; readonly crowded: boolean }) {
  const name = `${member.node}-${member.member}`;
  const words = memberWords(member);
  return (
    <tr data-down={member.state === 'down' || undefined}>
      <th scope="row" title={member.memberId === '' ? name : `${name}, member id ${member.memberId}`}>
        <span className="lj-group-member">
          {name}
          {member.leads && <small title="The group's leader computes the assignment"> leads</small>}
          {member.instanceId !== '' && <small title={`group.instance.id ${member.instanceId}`}> static</small>}
        </span>
      </th>
      <td className="lj-group-deeds">
        <Deeds view={member} shared={view.protocol === 'share'} />
      </td>
      <td className="lj-group-state" title={words}>
        {words}
      </td>
      <td>{member.epoch ?? '–'}</td>
      <td>
        <Against
          ms={member.sessionLeftMs}
          limitMs={member.sessionTimeoutMs}
          high={(share) => share < 0.34}
          title={`Left of its session of ${formatMilliseconds(member.sessionTimeoutMs)}; a heartbeat every ${formatMilliseconds(member.heartbeatIntervalMs)} begins it anew`}
        />
      </td>
      <td>
        <Against
          ms={member.sincePollMs}
          limitMs={member.maxPollIntervalMs}
          high={(share) => share > 0.66}
          title={`Since its last poll; after ${formatMilliseconds(member.maxPollIntervalMs)} it leaves the group`}
        />
      </td>
      {crowded ? (
        <td>
          {countCells(member)
            .map(([state, count]) => `${count} ${cellWords[state].words}`)
            .join(', ') || '–'}
        </td>
      ) : (
        <Cells member={member} partitions={view.partitions} />
      )}
    </tr>
  );
}

function topicsOf(
  partitions: readonly GroupPartitionView[],
): readonly { readonly topicNode: string; readonly topic: string; readonly count: number }[] {
  const counts = new Map<string, { topicNode: string; topic: string; count: number }>();
  for (const { topicNode, topic } of partitions) {
    const entry = counts.get(topicNode) ?? { topicNode, topic, count: 0 };
    entry.count++;
    counts.set(topicNode, entry);
  }
  return [...counts.values()];
}

function Legend({ view }: { readonly view: GroupView }) {
  const there = new Set(view.members.flatMap(({ cells }) => cells.map(({ state }) => state)));
  const shown = cellStates.filter((state) => there.has(state) || state === 'kept');
  return (
    <ul className="lj-group-legend" aria-label="What the cells mean">
      {shown.map((state) => (
        <li key={state} title={cellWords[state].help}>
          <span className="lj-cell lj-group-cell" data-group={state} aria-hidden="true">
            {cellWords[state].sign || ' '}
          </span>
          {cellWords[state].words}
        </li>
      ))}
    </ul>
  );
}

/** Members with their sessions and polls, and which partition is where, moves, or is waited for. */
export function MemberGrid({ view, crowded }: { readonly view: GroupView; readonly crowded: boolean }) {
  return (
    <section className="lj-group-members" aria-label="Members">
      {/* What scrolls must be reachable by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="lj-group-scroll" tabIndex={0} role="region" aria-label="Members and their partitions">
        <table className="lj-group-table">
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col">
                <span className="lj-visually-hidden">What can be done</span>
              </th>
              <th scope="col">State</th>
              <th scope="col">{view.protocol === 'classic' ? 'Gen.' : 'Epoch'}</th>
              <th scope="col">Session left</th>
              <th scope="col">Since poll</th>
              {crowded ? (
                <th scope="col">Partitions</th>
              ) : (
                topicsOf(view.partitions).map(({ topicNode, topic, count }) => (
                  <th key={topicNode} scope="colgroup" colSpan={count} data-first title={topic}>
                    <span className="lj-group-topic">{topic}</span>
                  </th>
                ))
              )}
            </tr>
          </thead>
          <tbody>
            {view.members.map((member) => (
              <Member key={`${member.nodeId} ${member.member}`} member={member} view={view} crowded={crowded} />
            ))}
          </tbody>
        </table>
      </div>
      {!crowded && <Legend view={view} />}
    </section>
  );
}
