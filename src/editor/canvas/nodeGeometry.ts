/**
 * Where things stand inside a node, in pixels of the pipeline at zoom 1. The DOM's bodies and the overlay's drawings both read it, so nothing
 * has to be measured. A size depends on kind and config only: a node never changes size while it runs. All sizes lie on an 8-px grid.
 */
import type { PipelineNode } from '../../pipeline/document.ts';
import { branchNames, portNames } from '../../pipeline/branches.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { configNumber } from './nodeWords.ts';

export const grid = 8;
export const nodeWidth = 224;
export const bodyLeft = 12;
export const bodyRight = nodeWidth - 12;
export const headerHeight = 36;
/** More partitions than this are drawn together, several to a row. */
export const logRowsMost = 12;
export const logRowPitch = 12;
export const logBarHeight = 6;
export const portPitch = 20;
/** Left end of a log's track; the partition's number stands before it. */
export const logLeft = 32;

const lineHeight = 16;

function onGrid(pixels: number): number {
  return Math.ceil(pixels / grid) * grid;
}

export interface NodeGeometry {
  readonly width: number;
  readonly height: number;
  /** Top of the first line of the body. */
  readonly bodyTop: number;
  /** Body lines of a processor or sink; ports of a branch. */
  readonly lines: number;
  /** Drawn logs and how many partitions each stands for; 0 for what is no topic. */
  readonly logRows: number;
  readonly partitionsPerRow: number;
  /** Top of the bar, of the words below it, and of the members; 0 where a node has none. */
  readonly barTop: number;
  readonly footerTop: number;
  readonly membersTop: number;
}

const none = { lines: 0, logRows: 0, partitionsPerRow: 1, barTop: 0, footerTop: 0, membersTop: 0 };

function topicGeometry(node: PipelineNode): NodeGeometry {
  const partitions = Math.max(1, configNumber(node, 'partitions'));
  const partitionsPerRow = Math.ceil(partitions / logRowsMost);
  const logRows = Math.ceil(partitions / partitionsPerRow);
  const footerTop = headerHeight + 4 + logRows * logRowPitch + 8;
  return {
    ...none,
    width: nodeWidth,
    height: onGrid(footerTop + 20 + 10),
    bodyTop: headerHeight + 4,
    logRows,
    partitionsPerRow,
    footerTop,
  };
}

function consumerGeometry(node: PipelineNode): NodeGeometry {
  const ports = portNames(node).length;
  const lines = branchNames(node).length > 0 ? ports : 1;
  const barTop = ports > 0 ? portsTop(node) + ports * portPitch + 8 : headerHeight + lineHeight + 8;
  const footerTop = barTop + 14;
  const membersTop = footerTop + 28;
  return { ...none, width: nodeWidth, height: onGrid(membersTop + 26), bodyTop: headerHeight, lines, barTop, footerTop, membersTop };
}

/** Geometry of a node with its present config. */
export function nodeGeometry(node: PipelineNode): NodeGeometry {
  switch (kindOf(node.kind).role) {
    case 'producer':
      return { ...none, width: nodeWidth, height: 104, bodyTop: headerHeight + 2, footerTop: 74 };
    case 'topic':
      return topicGeometry(node);
    case 'processor':
    case 'sink':
      return consumerGeometry(node);
  }
}

/** Top of the first port's line: a branch has its ports for a body, the ports of failures stand below the operation. */
export const portsTop = (node: PipelineNode): number => headerHeight + (node.kind === 'branch' ? 0 : lineHeight + 16);

/** Height at which a wire leaves a node, by port. */
export function sourceHeight(node: PipelineNode, geometry: NodeGeometry, port: string | undefined): number {
  const index = port === undefined ? -1 : portNames(node).indexOf(port);
  return index < 0 ? wireHeight(geometry) : portsTop(node) + (index + 0.5) * portPitch;
}

const wireLine = 56;

/** Height at which wires arrive, and leave where there is one port: the same for all kinds, so that nodes in line have level wires. */
export function wireHeight(geometry: NodeGeometry): number {
  return Math.min(wireLine, geometry.height - grid);
}
