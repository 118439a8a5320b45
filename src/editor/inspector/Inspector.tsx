import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { renameNode } from '../document/edits.ts';
import { canvasHandle } from '../stores/canvasHandle.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useView, viewStore, type InspectorTab } from '../stores/viewStore.ts';
import { KindGlyph } from '../theme/glyphs.tsx';
import { TabList } from '../shell/TabList.tsx';
import { ConfigureNode } from './ConfigureNode.tsx';
import { ConfigureDocument } from './ConfigureDocument.tsx';
import { ExplainTab } from './ExplainTab.tsx';
import { HelpLine } from './HelpLine.tsx';
import { LiveTab } from './LiveTab.tsx';
import { LogTab } from '../log/LogTab.tsx';
import { RecordsTab } from './RecordsTab.tsx';
import { SelectionSummary } from './SelectionSummary.tsx';
import './Inspector.css';

const tabs: readonly { readonly id: InspectorTab; readonly label: string }[] = [
  { id: 'configure', label: 'Configure' },
  { id: 'live', label: 'Live' },
  { id: 'records', label: 'Records' },
  { id: 'log', label: 'Log' },
  { id: 'explain', label: 'Explain' },
];

function NodeName({ id, name }: { readonly id: string; readonly name: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const readOnly = useDocument((state) => state.readOnly);
  const keep = () => {
    if (draft !== null) renameNode(id, draft);
    setDraft(null);
  };
  return (
    <input
      className="lj-inspector-name"
      aria-label="Name"
      maxLength={249}
      readOnly={readOnly}
      value={draft ?? name}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}

function Head({ node }: { readonly node: string | null }) {
  const selected = useDocument((state) => state.document.nodes.find((candidate) => candidate.id === node));
  if (selected === undefined) {
    return (
      <div className="lj-inspector-head">
        <strong className="lj-inspector-title">Pipeline and scenario</strong>
      </div>
    );
  }
  return (
    <div className="lj-inspector-head">
      <KindGlyph kind={selected.kind} size={18} />
      <NodeName key={selected.id} id={selected.id} name={selected.name} />
      <span className="lj-muted">{kindOf(selected.kind).label}</span>
    </div>
  );
}

function Body({ tab, node }: { readonly tab: InspectorTab; readonly node: string | null }) {
  switch (tab) {
    case 'configure':
      return node === null ? <ConfigureDocument /> : <ConfigureNode key={node} id={node} />;
    case 'live':
      return <LiveTab node={node} />;
    case 'records':
      return <RecordsTab node={node} />;
    case 'log':
      return <LogTab node={node} />;
    case 'explain':
      return <ExplainTab node={node} />;
  }
}

/** Takes the focus when asked to, at the chosen tab. */
function useFocusRequest() {
  const frame = useRef<HTMLElement>(null);
  const request = useView((view) => view.inspectorFocus);
  const seen = useRef(request);
  useEffect(() => {
    if (request === seen.current) return;
    seen.current = request;
    frame.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
  }, [request]);
  return frame;
}

/** Escape leads back to the node on the canvas. */
function leave(event: KeyboardEvent): void {
  const [node] = viewStore.getState().selection.nodes;
  if (event.key !== 'Escape' || event.defaultPrevented || node === undefined) return;
  event.preventDefault();
  canvasHandle.current?.focusNode(node);
}

/** What is selected, seen four ways. */
export function Inspector() {
  const frame = useFocusRequest();
  const nodes = useView((view) => view.selection.nodes);
  const edges = useView((view) => view.selection.edges);
  const tab = useView((view) => view.inspectorTab);
  const single = nodes.length === 1 ? nodes[0]! : null;
  const several = nodes.length > 1 || (nodes.length === 0 && edges.length > 0);
  return (
    // Escape is heard here for whatever field has the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside className="lj-inspector" aria-label="Inspector" ref={frame} onKeyDown={leave}>
      {several ? (
        <SelectionSummary />
      ) : (
        <>
          <Head node={single} />
          <TabList
            label="Inspector"
            tabs={tabs}
            chosen={tab}
            onChoose={(chosen) => viewStore.getState().setInspectorTab(chosen)}
            panel="inspector-panel"
          />
          <div
            className="lj-inspector-body"
            id="inspector-panel"
            role="tabpanel"
            aria-label={tabs.find(({ id }) => id === tab)?.label}
            tabIndex={-1}
          >
            <Body tab={tab} node={single} />
          </div>
          {tab === 'configure' && <HelpLine />}
        </>
      )}
    </aside>
  );
}
