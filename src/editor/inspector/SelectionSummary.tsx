import { performAction } from '../actions/index.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useView } from '../stores/viewStore.ts';
import { TopicTroubles, useTopicTroubles } from './TopicTroubles.tsx';

/** What several selected things, or a wire, offer. */
export function SelectionSummary() {
  const { nodes, edges } = useView((view) => view.selection);
  const document = useDocument((state) => state.document);
  const nameOf = (id: string) => document.nodes.find((node) => node.id === id)?.name ?? id;
  const wires = document.edges.filter((edge) => edges.includes(edge.id));
  const troubles = useTopicTroubles(
    wires.flatMap(({ source, target }) => [source, target]),
    null,
  );
  return (
    <div className="lj-inspector-body" role="tabpanel" aria-label="Selection" tabIndex={-1}>
      <strong className="lj-inspector-title">
        {nodes.length > 0 ? `${nodes.length} nodes` : `${wires.length} wire${wires.length === 1 ? '' : 's'}`} selected
      </strong>
      <ul className="lj-plain">
        {nodes.map((id) => (
          <li key={id}>{nameOf(id)}</li>
        ))}
        {wires.map((wire) => (
          <li key={wire.id}>
            {nameOf(wire.source)}
            {wire.sourcePort === undefined ? '' : ` (${wire.sourcePort})`} → {nameOf(wire.target)}
          </li>
        ))}
      </ul>
      <TopicTroubles troubles={troubles} />
      <p className="lj-row">
        {nodes.length > 0 && (
          <>
            <button type="button" className="lj-button" onClick={() => performAction('edit.copy')}>
              Copy
            </button>
            <button type="button" className="lj-button" onClick={() => performAction('edit.duplicate')}>
              Duplicate
            </button>
          </>
        )}
        <button type="button" className="lj-button" onClick={() => performAction('edit.delete')}>
          Delete
        </button>
      </p>
    </div>
  );
}
