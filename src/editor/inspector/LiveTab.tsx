import { groupIdOf } from '../../pipeline/index.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useSlow } from '../stores/liveStore.ts';
import { HeldBack } from './HeldBack.tsx';
import { LiveNumbers } from './LiveNumbers.tsx';
import { NodeWhy } from './NodeLag.tsx';
import { MembersView } from './MembersView.tsx';
import { PartitionsTable } from './PartitionsTable.tsx';
import { ConsumerControls, RateControls } from './LiveControls.tsx';
import { Overview } from './Overview.tsx';

/** What a node does now, and what can be done to it. */
export function LiveTab({ node: id }: { readonly node: string | null }) {
  const node = useDocument((state) => state.document.nodes.find((candidate) => candidate.id === id));
  const slow = useSlow((state) => (id === null ? undefined : state.nodes.get(id)));
  if (node === undefined) return <Overview />;
  const { role } = kindOf(node.kind);
  const groupId = groupIdOf(node);
  const consumes = role === 'processor' || role === 'sink';
  return (
    <>
      {slow === undefined ? (
        <p className="lj-muted">Nothing has run yet. Press Space to play.</p>
      ) : (
        <LiveNumbers role={role} slow={slow} why={groupId !== null && <NodeWhy node={node.id} groupId={groupId} />} />
      )}
      {(consumes || role === 'producer') && <HeldBack node={node.id} produces={role === 'producer'} />}
      {consumes && slow !== undefined && <MembersView node={node} slow={slow} />}
      {consumes && <ConsumerControls node={node} slow={slow} />}
      {role === 'producer' && <RateControls node={node} />}
      {role === 'topic' && slow !== undefined && <PartitionsTable node={node} slow={slow} />}
    </>
  );
}
