import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { NodePlan } from '../../streams/plan.ts';
import { layouter } from '../canvas/layouter.ts';
import { elkGraph, placed, topologyGraph, type GraphPart, type PartKind, type PlacedGraph, type TopologyGraph } from './topologyGraph.ts';
import { storeWords } from './storeWords.ts';

const kindWords: Readonly<Record<PartKind, string>> = {
  source: 'Source',
  processor: 'Processor',
  sink: 'Sink',
  store: 'State store',
  topic: 'Topic',
  internal: 'Internal topic',
};

/** Operators have room for it; the others are known by their shape. */
const hasSecondLine = (kind: PartKind): boolean => kind === 'source' || kind === 'processor' || kind === 'sink';

type Layout =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'placed'; readonly graph: PlacedGraph }
  | { readonly kind: 'failed'; readonly reason: string };

function useLayout(graph: TopologyGraph): Layout {
  const [layout, setLayout] = useState<Layout>({ kind: 'waiting' });
  useEffect(() => {
    let current = true;
    const failed = (error: unknown) =>
      current && setLayout({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    try {
      layouter()
        .layout(elkGraph(graph))
        .then((root) => current && setLayout({ kind: 'placed', graph: placed(root) }))
        .catch(failed);
    } catch (error) {
      failed(error);
    }
    return () => {
      current = false;
    };
  }, [graph]);
  return layout;
}

function Lines({ graph, layout, chosen }: { readonly graph: TopologyGraph; readonly layout: PlacedGraph; readonly chosen: string | null }) {
  return (
    <svg width={layout.width} height={layout.height} aria-hidden="true">
      <defs>
        <marker
          id="lj-topology-arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto-start-reverse"
        >
          <path d="M0 0 L8 4 L0 8 z" />
        </marker>
      </defs>
      {graph.lines.map(({ id, from, to, isState }) => {
        const points = layout.paths.get(id) ?? [];
        const near = from === chosen || to === chosen;
        return (
          <path
            key={id}
            className={`lj-topology-line${isState ? ' lj-topology-state' : ''}${near ? ' lj-topology-near' : ''}`}
            d={points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join(' ')}
            markerEnd={isState ? undefined : 'url(#lj-topology-arrow)'}
          />
        );
      })}
    </svg>
  );
}

/** The parts an arrow key leads to: along the lines to left and right, else to the one above or below. */
function neighbour(graph: TopologyGraph, layout: PlacedGraph, from: string, key: string): string | undefined {
  if (key === 'ArrowRight') return graph.lines.find((line) => line.from === from)?.to;
  if (key === 'ArrowLeft') return graph.lines.find((line) => line.to === from)?.from;
  const here = layout.boxes.get(from)!;
  const sign = key === 'ArrowDown' ? 1 : -1;
  const distance = (id: string): number => {
    const box = layout.boxes.get(id)!;
    const down = sign * (box.y - here.y);
    return down <= 0 ? Infinity : down + Math.abs(box.x - here.x) / 4;
  };
  const [nearest] = graph.parts.map(({ id }) => id).sort((a, b) => distance(a) - distance(b));
  return nearest !== undefined && distance(nearest) < Infinity ? nearest : undefined;
}

function Detail({ part }: { readonly part: GraphPart }) {
  return (
    <section className="lj-topology-detail" aria-label="Part">
      <h3>{part.title}</h3>
      <dl>
        <dt>Kind</dt>
        <dd>{kindWords[part.kind]}</dd>
        {part.title !== part.name && (
          <>
            <dt>Name</dt>
            <dd>
              <code>{part.name}</code>
            </dd>
          </>
        )}
        {part.sub !== null && (
          <>
            <dt>Sub-topology</dt>
            <dd>{part.sub}</dd>
          </>
        )}
        {part.facts.map(([word, value]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Picture({ graph, layout }: { readonly graph: TopologyGraph; readonly layout: PlacedGraph }) {
  const [chosen, setChosen] = useState(graph.parts[0]!.id);
  const frame = useRef<HTMLDivElement>(null);
  const part = graph.parts.find(({ id }) => id === chosen) ?? graph.parts[0]!;
  const key = (event: KeyboardEvent) => {
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    const next = neighbour(graph, layout, part.id, event.key);
    if (next === undefined) return;
    setChosen(next);
    frame.current?.querySelector<HTMLElement>(`[data-part="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <div className="lj-topology">
      {/* The parts have the focus; their frame hears the arrows for all of them. */}
      <div
        className="lj-topology-frame"
        ref={frame}
        role="toolbar"
        aria-label="Topology; arrows go along its lines"
        data-own-keys
        onKeyDown={key}
      >
        <div className="lj-topology-picture" style={{ width: layout.width, height: layout.height }}>
          {graph.subs.map(({ id, label }) => {
            const box = layout.boxes.get(id);
            return (
              box !== undefined && (
                <div key={id} className="lj-topology-sub" style={{ left: box.x, top: box.y, width: box.width, height: box.height }}>
                  {label}
                </div>
              )
            );
          })}
          <Lines graph={graph} layout={layout} chosen={part.id} />
          {graph.parts.map(({ id, kind, title, name }) => {
            const box = layout.boxes.get(id)!;
            return (
              <button
                key={id}
                type="button"
                data-part={id}
                className={`lj-topology-part lj-topology-${kind}`}
                style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
                aria-pressed={id === part.id}
                tabIndex={id === part.id ? 0 : -1}
                title={name}
                onClick={() => setChosen(id)}
              >
                <span className="lj-topology-title">{title}</span>
                <small className={hasSecondLine(kind) ? undefined : 'lj-visually-hidden'}>{kindWords[kind]}</small>
              </button>
            );
          })}
        </div>
      </div>
      <Detail part={part} />
    </div>
  );
}

/** What Kafka Streams runs for a node: its sub-topologies and what stands between them. */
export function TopologyView({ plan }: { readonly plan: NodePlan }) {
  const graph = useMemo(() => topologyGraph(plan.topology.describe(), storeWords(plan.topology), plan.applicationId), [plan]);
  const layout = useLayout(graph);
  if (layout.kind === 'waiting') return <p role="status">Laying the topology out …</p>;
  if (layout.kind === 'failed') return <p className="lj-problem">The topology cannot be laid out: {layout.reason}</p>;
  return <Picture graph={graph} layout={layout.graph} />;
}
