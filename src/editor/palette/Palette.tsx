import { ChevronsLeft, ChevronsRight } from 'lucide-react';
import { useState, type DragEvent } from 'react';
import { kindOf, nodeKindNames, type NodeKind } from '../../pipeline/kinds/index.ts';
import { addInView } from '../actions/addActions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useView, viewStore } from '../stores/viewStore.ts';
import { KindGlyph } from '../theme/glyphs.tsx';
import './Palette.css';

const families = [...new Set(nodeKindNames.map((kind) => kindOf(kind).family))];

function found(query: string): readonly NodeKind[] {
  const words = query.trim().toLowerCase();
  return nodeKindNames.filter((kind) => {
    const { label, summary, family } = kindOf(kind);
    return [label, summary, family].some((text) => text.toLowerCase().includes(words));
  });
}

function startDrag(event: DragEvent, kind: NodeKind): void {
  event.dataTransfer.setData('application/x-logjam-kind', kind);
  event.dataTransfer.setData('text/plain', kindOf(kind).label);
  event.dataTransfer.effectAllowed = 'copy';
}

function Part({ kind, disabled }: { readonly kind: NodeKind; readonly disabled: boolean }) {
  const { label, summary } = kindOf(kind);
  return (
    <li>
      <button
        type="button"
        className="lj-part"
        draggable={!disabled}
        disabled={disabled}
        title={`${summary} Drag it to the canvas, or double-click.`}
        aria-label={`Add ${label}`}
        onDragStart={(event) => startDrag(event, kind)}
        onDoubleClick={() => addInView(kind)}
        onClick={(event) => {
          // A click without a pointer: Enter, Space, or an assistive tool.
          if (event.detail === 0) addInView(kind);
        }}
      >
        <KindGlyph kind={kind} />
        <span className="lj-part-label">{label}</span>
      </button>
    </li>
  );
}

/** The parts of a pipeline, by family. Drag, double-click or Enter puts one on the canvas. */
export function Palette() {
  const [query, setQuery] = useState('');
  const collapsed = useView((view) => view.paletteCollapsed);
  const readOnly = useDocument((state) => state.readOnly);
  const kinds = found(collapsed ? '' : query);
  const Chevron = collapsed ? ChevronsRight : ChevronsLeft;
  return (
    <nav className={collapsed ? 'lj-palette lj-palette-collapsed' : 'lj-palette'} aria-label="Palette">
      <div className="lj-palette-head">
        {!collapsed && (
          <input
            type="search"
            className="lj-input"
            placeholder="Search parts …"
            aria-label="Search parts"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && kinds[0] !== undefined && query.trim() !== '') addInView(kinds[0]);
            }}
          />
        )}
        <button
          type="button"
          className="lj-icon-button"
          aria-label={collapsed ? 'Show names in the palette' : 'Collapse the palette to icons'}
          aria-expanded={!collapsed}
          onClick={() => viewStore.getState().toggle('palette')}
        >
          <Chevron size={16} aria-hidden="true" />
        </button>
      </div>
      {families.map((family) => {
        const members = kinds.filter((kind) => kindOf(kind).family === family);
        if (members.length === 0) return null;
        return (
          <section key={family} aria-label={family}>
            <h2>{family}</h2>
            <ul>
              {members.map((kind) => (
                <Part key={kind} kind={kind} disabled={readOnly} />
              ))}
            </ul>
          </section>
        );
      })}
      {kinds.length === 0 && <p className="lj-muted">No part is called “{query}”.</p>}
    </nav>
  );
}
