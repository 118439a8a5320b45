import { useState, type KeyboardEvent } from 'react';
import { actions, clusterActions, isPossible, labelOf, shortcutWords, type Action } from '../actions/index.ts';
import { canvasHandle } from '../stores/canvasHandle.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { Dialog } from './Dialog.tsx';
import { matchRank } from './matchRank.ts';

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly shortcut: string | null;
  readonly rank: number;
  readonly perform: () => void;
}

const mostShown = 60;

function entryOf(action: Action, query: string): Entry {
  const label = labelOf(action);
  const [shortcut] = action.shortcuts ?? [];
  return {
    id: action.id,
    label,
    group: action.group,
    shortcut: shortcut === undefined ? null : shortcutWords(shortcut),
    rank: matchRank(query, label, [action.group, ...(action.keywords ?? [])]),
    perform: () => void action.perform(),
  };
}

function goTo(id: string): void {
  viewStore.getState().select({ nodes: [id] });
  canvasHandle.current?.fit([id]);
  canvasHandle.current?.focusNode(id);
}

/** Commands that can be done now and the nodes of the pipeline, best match first. */
function entriesFor(query: string): readonly Entry[] {
  const commands = [...actions, ...clusterActions()]
    .filter((action) => action.id !== 'view.palette' && isPossible(action))
    .map((action) => entryOf(action, query));
  const nodes = documentStore.getState().document.nodes.map((node) => ({
    id: `node.${node.id}`,
    label: node.name,
    group: 'Go to',
    shortcut: null,
    rank: matchRank(query, node.name, [node.kind, 'node', 'go to']),
    perform: () => goTo(node.id),
  }));
  const found = [...nodes, ...commands].filter((entry) => entry.rank > 0);
  return (query.trim() === '' ? found : found.sort((a, b) => b.rank - a.rank)).slice(0, mostShown);
}

function List() {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const entries = entriesFor(query);
  const chosen = Math.min(at, entries.length - 1);
  const perform = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    viewStore.getState().show(null);
    // The dialog gives the focus back first; then the command may move it.
    requestAnimationFrame(entry.perform);
  };
  const key = (event: KeyboardEvent) => {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 8, PageUp: chosen - 8, Home: 0, End: entries.length - 1 }[
      event.key
    ];
    if (to !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(entries.length - 1, to));
      setAt(next);
      document.getElementById(`command-${next}`)?.scrollIntoView({ block: 'nearest' });
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      perform(entries[chosen]);
    }
  };
  return (
    <>
      <input
        className="lj-command-input"
        role="combobox"
        aria-label="Find or do anything"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={entries.length > 0 ? `command-${chosen}` : undefined}
        placeholder="Type a command, a node’s name, an example …"
        value={query}
        // The dialog exists to be typed into.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      <div className="lj-commands" id="commands" role="listbox" aria-label="Commands">
        {entries.map((entry, index) => (
          // The keyboard works on the field above; options only take the pointer.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={entry.id}
            id={`command-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="lj-command"
            onPointerMove={() => setAt(index)}
            onClick={() => perform(entry)}
          >
            <span>{entry.label}</span>
            <small>{entry.group}</small>
            {entry.shortcut !== null && <kbd>{entry.shortcut}</kbd>}
          </div>
        ))}
        {entries.length === 0 && <p className="lj-muted">Nothing is called “{query}”.</p>}
      </div>
    </>
  );
}

/** Ctrl+K: every command, every node, every example, by typing. */
export function CommandPalette() {
  return (
    <Dialog name="palette" title="Find or do anything" bare>
      <List />
    </Dialog>
  );
}
