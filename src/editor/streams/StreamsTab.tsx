import { isStreams, type PipelineNode } from '../../pipeline/index.ts';
import type { NodePlan, StreamsPlan } from '../../streams/plan.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { EventTime } from './EventTime.tsx';
import { usePlan } from './plans.ts';
import { QueryConsole } from './QueryConsole.tsx';
import { StoreBrowser } from './StoreBrowser.tsx';
import { chooseStreamsNode, chooseStreamsView, shownNode, streamsViews, useStreamsChoice, type StreamsView } from './streamsStore.ts';
import { TableView } from './TableView.tsx';

import { TasksView } from './TasksView.tsx';
import { TopologyView } from './TopologyView.tsx';
import './streams.css';

/** Why a node has no plan: what is wrong with it, and where it is put right. */
function NotPlanned({ node, plan }: { readonly node: PipelineNode; readonly plan: StreamsPlan }) {
  const finding = plan.findings.find((one) => one.node === node.id && one.severity === 'error');
  return (
    <div className="lj-stack">
      <p>
        <b>{node.name}</b> cannot run as it is. {finding?.message} {finding?.remedy}
      </p>
      <button type="button" className="lj-button" onClick={() => viewStore.getState().focusField(node.id, finding?.config ?? 'sql')}>
        Go to its text
      </button>
    </div>
  );
}

function Bar({
  nodes,
  shown,
  plan,
}: {
  readonly nodes: readonly PipelineNode[];
  readonly shown: string | null;
  readonly plan: NodePlan | undefined;
}) {
  const view = useStreamsChoice((state) => state.view);
  return (
    <div className="lj-streams-bar">
      <select
        className="lj-select lj-streams-node"
        aria-label="Stream processor"
        value={shown ?? ''}
        disabled={nodes.length === 0}
        onChange={(event) => chooseStreamsNode(event.target.value)}
      >
        {nodes.length === 0 && <option value="">No stream processor</option>}
        {nodes.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <div className="lj-streams-views" role="group" aria-label="View">
        {streamsViews.map(({ id, label }) => (
          <button key={id} type="button" className="lj-filter" aria-pressed={view === id} onClick={() => chooseStreamsView(id)}>
            {label}
          </button>
        ))}
      </div>
      {plan !== undefined && (
        <span className="lj-muted lj-streams-ids" title={`Query ${plan.queryId}, application ${plan.applicationId}`}>
          {plan.queryId} writes {plan.sinkTopic} as a {plan.result}
        </span>
      )}
    </div>
  );
}

const none = 'There is no stream processor here yet. Drag SQL from the palette, wire a topic to it, and write what it does.';

function Body({ view, node, plan }: { readonly view: StreamsView; readonly node: PipelineNode | undefined; readonly plan: StreamsPlan }) {
  if (view === 'table') return <TableView plan={plan} node={node === undefined ? undefined : plan.nodes.get(node.id)} />;
  if (view === 'query') return <QueryConsole plan={plan} />;
  if (node === undefined) return <p className="lj-muted">{none}</p>;
  const planned = plan.nodes.get(node.id);
  if (planned === undefined) return <NotPlanned node={node} plan={plan} />;
  switch (view) {
    case 'topology':
      return <TopologyView key={node.id} plan={planned} />;
    case 'tasks':
      return <TasksView key={node.id} node={node.id} />;
    case 'time':
      return <EventTime key={node.id} plan={planned} catalogue={plan.catalogue} />;
    case 'stores':
      return <StoreBrowser key={node.id} plan={planned} />;
  }
}

/** Stream processors seen from within: operators, event time, tables, stores, queries. */
export function StreamsTab() {
  const plan = usePlan();
  const all = useDocument((state) => state.document.nodes);
  const nodes = all.filter(isStreams);
  const ids = nodes.map(({ id }) => id);
  const shown = useStreamsChoice((state) => shownNode(ids, state.node));
  const view = useStreamsChoice((state) => state.view);
  return (
    <div className="lj-streams">
      <Bar nodes={nodes} shown={shown} plan={shown === null ? undefined : plan.nodes.get(shown)} />
      <div className="lj-streams-body">
        <Body view={view} node={nodes.find(({ id }) => id === shown)} plan={plan} />
      </div>
    </div>
  );
}
