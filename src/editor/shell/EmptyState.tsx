import { ArrowRight, FolderOpen } from 'lucide-react';
import { openExample, openFromFile } from '../files/documents.ts';
import { examples } from '../files/examples.ts';

/** What an empty pipeline offers: examples to start from, a file, or one's own drawing. */
export function EmptyState() {
  return (
    <section className="lj-empty" aria-labelledby="empty-title">
      <h2 id="empty-title">Draw a pipeline</h2>
      <p>Drag a part from the left, or double-click it. Wire producers to topics, topics to processors and sinks, then press Space.</p>
      {examples.length > 0 && <h3>Start from …</h3>}
      <ul>
        {examples.map((example) => (
          <li key={example.id}>
            <button type="button" className="lj-template" onClick={() => void openExample(example, true)}>
              <span>
                <strong>{example.title}</strong>
                <small>{example.description}</small>
              </span>
              <ArrowRight size={16} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="lj-button" onClick={() => void openFromFile()}>
        <FolderOpen size={16} aria-hidden="true" /> Open a file
      </button>
    </section>
  );
}
