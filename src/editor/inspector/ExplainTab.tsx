import { groupIdOf } from '../../pipeline/index.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useSlow } from '../stores/liveStore.ts';
import { NodeLag } from './NodeLag.tsx';
import { describe, explain } from './explain.ts';
import { TopicTroubles, useTopicTroubles } from './TopicTroubles.tsx';

/** What a node does, and why it is as it is. */
export function ExplainTab({ node: id }: { readonly node: string | null }) {
  const document = useDocument((state) => state.document);
  const slow = useSlow((state) => (id === null ? undefined : state.nodes.get(id)));
  const node = document.nodes.find((candidate) => candidate.id === id);
  const troubles = useTopicTroubles(
    document.edges.filter(({ source, target }) => source === id || target === id).flatMap(({ source, target }) => [source, target]),
    id,
  );
  if (node === undefined) {
    return (
      <p className="lj-muted">
        {document.description === '' ? 'Select a node to read what it does and why it lags.' : document.description}
      </p>
    );
  }
  const groupId = groupIdOf(node);
  const explanation = explain(node, slow);
  return (
    <>
      <p>{describe(document, node)}</p>
      {explanation !== null && (
        <div className={`lj-callout lj-callout-${explanation.tone}`} role="note">
          <strong>{explanation.title}</strong>
          {explanation.sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      )}
      {groupId !== null && slow !== undefined && <NodeLag node={node.id} groupId={groupId} />}
      <TopicTroubles troubles={troubles} />
    </>
  );
}
