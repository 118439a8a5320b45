import { useCallback, useState } from 'react';
import { readGroup } from '../run/questions.ts';
import { useSession } from '../run/sessionStore.ts';
import { usePolled } from '../run/usePolled.ts';
import type { GroupView } from '../../workers/protocol.ts';
import { useMarks } from '../cluster/useMarks.ts';
import { GroupLag } from './GroupLag.tsx';
import { GroupPartitions } from './GroupPartitions.tsx';
import { GroupStrip } from './GroupStrip.tsx';
import { shownGroup, useGroupChoice, useGroupIds } from './groupStore.ts';
import { MemberGrid } from './MemberGrid.tsx';
import { RebalanceStrip } from './RebalanceStrip.tsx';
import './groups.css';

const intervalMs = 250;
/** A large group takes the worker and the page longer. */
const largeIntervalMs = 1_000;
const largeCells = 2_000;

const isLarge = ({ members, partitions }: GroupView) => members.length * partitions.length > largeCells;

function Group({ view, groups }: { readonly view: GroupView; readonly groups: readonly string[] }) {
  const { frame, ...marks } = useMarks();
  return (
    <div className="lj-groups" ref={frame} {...marks}>
      <GroupStrip view={view} groups={groups} />
      <GroupLag view={view} />
      <MemberGrid view={view} crowded={isLarge(view)} />
      <GroupPartitions view={view} />
      <RebalanceStrip view={view} />
    </div>
  );
}

function PolledGroup({ groupId, groups }: { readonly groupId: string; readonly groups: readonly string[] }) {
  const [large, setLarge] = useState(false);
  const read = useCallback(async () => {
    const view = await readGroup(groupId);
    if (view !== null) setLarge(isLarge(view));
    return view;
  }, [groupId]);
  const view = usePolled(read, large ? largeIntervalMs : intervalMs);
  const loaded = useSession((state) => state.loaded !== null);
  // The former group's answer stays until the new one's is there.
  if (view === null || !loaded || view.groupId !== groupId) {
    return <p className="lj-muted">The group&rsquo;s members and what they read show here once the run has begun. Press Space to play.</p>;
  }
  return <Group view={view} groups={groups} />;
}

/** A consumer or share group: coordinator, members, what moves between them, offsets, rebalances. */
export function GroupsTab() {
  const groups = useGroupIds();
  const shown = useGroupChoice((state) => shownGroup(groups, state.chosen));
  if (shown === null)
    return <p className="lj-muted">Nothing here reads a topic yet. A processor or a sink that does is a consumer group.</p>;
  return <PolledGroup groupId={shown} groups={groups} />;
}
