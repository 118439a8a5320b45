/**
 * The naive way: the same nodes and the same numbers, given to React Flow as new node data with every frame, and its own animated edges for what the
 * canvas shows as flow.
 */
import { Background, Handle, type Node, type NodeProps, Position, ReactFlow, useNodesState } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { type ReactElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import './pages.css';
import { formatCount, formatRate, formatSeconds } from '../../src/editor/format/numbers.ts';
import { NodeField } from '../../src/workers/frameFields.ts';
import { documentOfNodes, layoutOfNodes, prepareFrames } from './manyNodes.ts';
import { nodeCount, startPace } from './pace.ts';

type LiveNode = Node<{ name: string; rate: number; lagRecords: number; lagSeconds: number; busy: number }>;

const document_ = documentOfNodes(nodeCount);
const layout = layoutOfNodes(document_);
const fill = prepareFrames(layout);
const frame = new Float64Array(layout.length);
const firstNodes = document_.nodes.map(({ id, name }, i): LiveNode => {
  const { x, y } = document_.layout.positions[i];
  return { id, type: 'live', position: { x, y }, data: { name, rate: 0, lagRecords: 0, lagSeconds: 0, busy: 0 } };
});
const edges = document_.edges.map(({ id, source, target }) => ({ id, source, target, animated: true }));

function LiveNodeView({ data }: NodeProps<LiveNode>): ReactElement {
  return (
    <div className="naive-node">
      <Handle type="target" position={Position.Left} />
      <strong>{data.name}</strong>
      <div>{formatRate(data.rate)}</div>
      <div>
        {formatCount(data.lagRecords)} · {formatSeconds(data.lagSeconds)}
      </div>
      <progress value={data.busy} />
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

const nodeTypes = { live: LiveNodeView };

function Naive(): ReactElement {
  const [nodes, setNodes, onNodesChange] = useNodesState(firstNodes);
  useEffect(() => {
    window.bench = startPace((tick) => {
      fill(frame, tick);
      const live = (offset: number) => ({
        rate: frame[offset + NodeField.rateIn],
        lagRecords: frame[offset + NodeField.lagRecords],
        lagSeconds: frame[offset + NodeField.lagSeconds],
        busy: frame[offset + NodeField.busy],
      });
      setNodes((before) => before.map((node, i) => ({ ...node, data: { name: node.data.name, ...live(layout.nodes[i].offset) } })));
    });
  }, [setNodes]);
  return (
    <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} onNodesChange={onNodesChange} minZoom={0.05} fitView>
      <Background />
    </ReactFlow>
  );
}

createRoot(document.getElementById('root')!).render(<Naive />);
