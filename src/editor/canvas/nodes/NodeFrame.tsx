import { Handle, Position } from '@xyflow/react';
import { CircleAlert, CircleDashed, Info, TriangleAlert, Unplug } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { Finding } from '../../../pipeline/finding.ts';
import { kindOf } from '../../../pipeline/kinds/index.ts';
import { useFindings } from '../../stores/findingsStore.ts';
import { useSlow } from '../../stores/liveStore.ts';
import { useView } from '../../stores/viewStore.ts';
import { KindGlyph } from '../../theme/glyphs.tsx';
import { portNames } from '../../../pipeline/branches.ts';
import type { FlowNode } from '../flowNodes.ts';
import { sourceHeight, wireHeight } from '../nodeGeometry.ts';
import { useWiring } from '../wiringStore.ts';
import { NameField } from './NameField.tsx';

/** Handles are placed from inside the card's border, geometry from outside it. */
const borderWidth = 1;

const noFindings: readonly Finding[] = [];
const badgeGlyphs = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;
const badgeWords = { error: 'error', warning: 'warning', info: 'hint' } as const;

/** How many findings a node has, by the worst of them; the words are in the tooltip and for screen readers. */
function FindingsBadge({ id }: { id: string }): ReactElement | null {
  const findings = useFindings((state) => state.byNode.get(id)) ?? noFindings;
  if (findings.length === 0) return null;
  const worst = (['error', 'warning', 'info'] as const).find((severity) => findings.some((finding) => finding.severity === severity))!;
  const Glyph = badgeGlyphs[worst];
  return (
    <span
      className="lj-node-findings"
      data-severity={worst}
      title={findings.map((finding) => `${finding.message} ${finding.remedy}`).join('\n')}
    >
      <Glyph size={12} aria-hidden="true" />
      {findings.length}
      <span className="lj-visually-hidden">{` ${badgeWords[worst]}${findings.length === 1 ? '' : 's'}`}</span>
    </span>
  );
}

/** How many of a topic's partitions are offline, or lack replicas in sync; words in the tooltip. Nothing while all is well. */
function ReplicationBadge({ id }: { id: string }): ReactElement | null {
  const worst = useSlow((state) => state.nodes.get(id)?.replication?.worst);
  const count = useSlow((state) => state.nodes.get(id)?.replication?.count);
  const sentence = useSlow((state) => state.nodes.get(id)?.replication?.sentence);
  if (worst === undefined) return null;
  const Glyph = worst === 'offline' ? Unplug : CircleDashed;
  return (
    <span className="lj-node-findings" data-severity={worst === 'under-replicated' ? 'warning' : 'error'} title={sentence}>
      <Glyph size={12} aria-hidden="true" />
      {count}
      <span className="lj-visually-hidden">{` ${worst}`}</span>
    </span>
  );
}

function Handles({ data: { node, geometry } }: Pick<FlowNode, 'data'>): ReactElement {
  const { role } = kindOf(node.kind);
  const ports = portNames(node);
  return (
    <>
      {role !== 'producer' && <Handle type="target" position={Position.Left} style={{ top: wireHeight(geometry) - borderWidth }} />}
      {role !== 'sink' && node.kind !== 'branch' && (
        <Handle type="source" position={Position.Right} style={{ top: wireHeight(geometry) - borderWidth }} />
      )}
      {ports.map((port) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Right}
          style={{ top: sourceHeight(node, geometry, port) - borderWidth }}
          title={port}
        />
      ))}
    </>
  );
}

/** What all nodes share: card, glyph, name, kind, findings, handles. The body below the header is the kind's own. */
export function NodeFrame({ data, selected, children }: Pick<FlowNode, 'data'> & { selected: boolean; children: ReactNode }): ReactElement {
  const { node } = data;
  const definition = kindOf(node.kind);
  const wiring = useWiring(({ from, fits }) =>
    from === null || from.node === node.id ? undefined : fits.has(node.id) ? 'fits' : 'refused',
  );
  const renaming = useView((state) => state.renaming === node.id);
  return (
    <div className="lj-node" data-role={definition.role} data-selected={selected || undefined} data-wiring={wiring}>
      <div className="lj-node-header">
        <KindGlyph kind={node.kind} />
        {renaming ? (
          <NameField node={node} />
        ) : (
          <span className="lj-node-name" title={node.name}>
            {node.name}
          </span>
        )}
        <FindingsBadge id={node.id} />
        {definition.role === 'topic' && <ReplicationBadge id={node.id} />}
        {!renaming && <span className="lj-node-kind">{definition.label}</span>}
      </div>
      {children}
      <Handles data={data} />
    </div>
  );
}
