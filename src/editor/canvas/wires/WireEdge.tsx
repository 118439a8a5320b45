import { BaseEdge, type ConnectionLineComponentProps, type EdgeProps } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import type { FlowEdge, FlowNode } from '../flowNodes.ts';
import { wireCourse, wirePathData } from './wirePath.ts';

/** React Flow reports the outer side of a handle, which stands out by half its 12 px. */
const handleReach = 6;

/** The still part of a wire: a thin line that can be selected. Streams, dashes and jams are drawn over it. */
export const WireEdge = memo(function WireEdge({ sourceX, sourceY, targetX, targetY, selected }: EdgeProps<FlowEdge>): ReactElement {
  const path = wirePathData(wireCourse(sourceX - handleReach, sourceY, targetX + handleReach, targetY));
  return (
    <BaseEdge path={path} className={selected ? 'lj-wire lj-wire-selected' : 'lj-wire'} interactionWidth={20} markerEnd="url(#lj-arrow)" />
  );
});

export const edgeTypes = { wire: WireEdge };

/** The wire while it is drawn. */
export function WireInHand({
  fromX,
  fromY,
  toX,
  toY,
  connectionStatus,
  fromPosition,
}: ConnectionLineComponentProps<FlowNode>): ReactElement {
  const backwards = fromPosition === 'left';
  const course = backwards ? wireCourse(toX, toY, fromX, fromY) : wireCourse(fromX, fromY, toX, toY);
  return <path d={wirePathData(course)} className="lj-wire-in-hand" data-status={connectionStatus ?? undefined} />;
}
