/** The still part of each role's body; what lives is drawn over it by the overlay, at the places `nodeGeometry` gives. */
import type { NodeProps, NodeTypes } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import type { NodeRole } from '../../../pipeline/kinds/definition.ts';
import { branchNames, failurePorts, type FailurePort } from '../../../pipeline/branches.ts';
import type { FlowNode } from '../flowNodes.ts';
import { portPitch, portsTop } from '../nodeGeometry.ts';
import { configTexts, operationIsCode, operationWords, topicChips, workloadWords } from '../nodeWords.ts';
import { NodeFrame } from './NodeFrame.tsx';

const ProducerNode = memo(function ProducerNode({ data, selected }: NodeProps<FlowNode>): ReactElement {
  const words = workloadWords(data.node);
  return (
    <NodeFrame data={data} selected={selected}>
      <span className="lj-node-words lj-node-workload" style={{ top: data.geometry.footerTop }} title={words}>
        {words}
      </span>
    </NodeFrame>
  );
});

const TopicNode = memo(function TopicNode({ data, selected }: NodeProps<FlowNode>): ReactElement {
  return (
    <NodeFrame data={data} selected={selected}>
      <span className="lj-node-chips" style={{ top: data.geometry.footerTop }}>
        {topicChips(data.node).map((chip) => (
          <span key={chip} className="lj-node-chip">
            {chip}
          </span>
        ))}
      </span>
    </NodeFrame>
  );
});

function BranchLines({ data: { node, geometry } }: Pick<FlowNode, 'data'>): ReactElement {
  const lines = configTexts(node, 'branches');
  return (
    <>
      {branchNames(node).map((port, index) => (
        <span key={port} className="lj-node-words lj-node-port" style={{ top: geometry.bodyTop + index * portPitch }} title={lines[index]}>
          <span className="lj-node-code">{lines[index].slice(lines[index].indexOf(':') + 1).trim() || 'the rest'}</span>
          <strong>{port}</strong>
        </span>
      ))}
    </>
  );
}

const failureWords: Readonly<Record<FailurePort, string>> = { retry: 'to try again', 'dead-letter': 'given up' };

function FailureLines({ node }: Pick<FlowNode['data'], 'node'>): ReactElement {
  return (
    <>
      {failurePorts(node).map((port, index) => (
        <span key={port} className="lj-node-words lj-node-port" style={{ top: portsTop(node) + index * portPitch }}>
          <span>{failureWords[port]}</span>
          <strong>{port}</strong>
        </span>
      ))}
    </>
  );
}

const ConsumerNode = memo(function ConsumerNode({ data, selected }: NodeProps<FlowNode>): ReactElement {
  const { node, geometry } = data;
  const words = operationWords(node);
  return (
    <NodeFrame data={data} selected={selected}>
      {node.kind === 'branch' ? (
        <BranchLines data={data} />
      ) : (
        <span
          className={operationIsCode(node) ? 'lj-node-words lj-node-code' : 'lj-node-words'}
          style={{ top: geometry.bodyTop }}
          title={words}
        >
          {words}
        </span>
      )}
      <FailureLines node={node} />
    </NodeFrame>
  );
});

export const nodeTypes = {
  producer: ProducerNode,
  topic: TopicNode,
  processor: ConsumerNode,
  sink: ConsumerNode,
} as const satisfies Record<NodeRole, NodeTypes[string]>;
