/** The graph as the overlay draws it: places, courses and the words last made. Kept apart from React, changed only when the graph does. */
import type { PipelineEdge, PipelineNode } from '../../../pipeline/document.ts';
import { kindOf } from '../../../pipeline/kinds/index.ts';
import type { NodeRole } from '../../../pipeline/kinds/definition.ts';
import type { LagLevel } from '../../live/lagLevel.ts';
import { newRateHistory, type RateHistory } from '../../live/rateHistory.ts';
import { nodeGeometry, sourceHeight, wireHeight, type NodeGeometry } from '../nodeGeometry.ts';
import { wireCourse, wirePoints, type WireCourse, type WirePoints } from '../wires/wirePath.ts';

/** Words of a node, made a few times a second. */
export interface NodeWords {
  left: string;
  right: string;
  rightWidth: number;
  level: LagLevel;
  /** Whether the left words tell of something out of the ordinary, and whether that passes by itself. */
  alarmed: boolean;
  passing: boolean;
  /** Member pills as drawn: partition numbers, and before them a mark of `pillMark` for whose they are. */
  readonly pills: number[];
  /** The members in words, where their pills would not fit. */
  members: string;
}

export interface SceneNode {
  readonly id: string;
  node: PipelineNode;
  role: NodeRole;
  geometry: NodeGeometry;
  x: number;
  y: number;
  z: number;
  readonly words: NodeWords;
  readonly history: RateHistory;
}

export interface SceneWire {
  readonly id: string;
  edge: PipelineEdge;
  course: WireCourse;
  points: WirePoints;
  /** How far the dashes have moved, in pixels. */
  travelled: number;
  /** The jam's label, and the tenths of a second and the mark it was made of. */
  label: string;
  shown: number;
  mark: string;
}

export interface Scene {
  readonly nodes: readonly SceneNode[];
  readonly wires: readonly SceneWire[];
}

export const emptyScene: Scene = { nodes: [], wires: [] };

/** A node with its place, as React Flow knows it. */
export interface PlacedNode {
  readonly node: PipelineNode;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

function newSceneNode(id: string, placed: PlacedNode): SceneNode {
  return {
    id,
    ...placed,
    role: kindOf(placed.node.kind).role,
    geometry: nodeGeometry(placed.node),
    words: { left: '', right: '', rightWidth: 0, level: 'calm', alarmed: false, passing: false, pills: [], members: '' },
    history: newRateHistory(),
  };
}

function sameCourse(one: WireCourse, other: WireCourse): boolean {
  return one.sourceX === other.sourceX && one.sourceY === other.sourceY && one.targetX === other.targetX && one.targetY === other.targetY;
}

function courseOf(edge: PipelineEdge, source: SceneNode, target: SceneNode): WireCourse {
  return wireCourse(
    source.x + source.geometry.width,
    source.y + sourceHeight(source.node, source.geometry, edge.sourcePort),
    target.x,
    target.y + wireHeight(target.geometry),
  );
}

/** The scene of a graph; what is unchanged since the former scene is kept, histories and words included. */
export function sceneOf(placed: readonly PlacedNode[], edges: readonly PipelineEdge[], former: Scene): Scene {
  const old = new Map(former.nodes.map((node) => [node.id, node]));
  const byId = new Map<string, SceneNode>();
  for (const place of placed) {
    const scene = old.get(place.node.id) ?? newSceneNode(place.node.id, place);
    if (scene.node !== place.node) {
      scene.node = place.node;
      scene.role = kindOf(place.node.kind).role;
      scene.geometry = nodeGeometry(place.node);
    }
    scene.x = place.x;
    scene.y = place.y;
    scene.z = place.z;
    byId.set(scene.id, scene);
  }
  const oldWires = new Map(former.wires.map((wire) => [wire.id, wire]));
  const wires: SceneWire[] = [];
  for (const edge of edges) {
    const source = byId.get(edge.source);
    const target = byId.get(edge.target);
    if (source === undefined || target === undefined) continue;
    const course = courseOf(edge, source, target);
    const kept = oldWires.get(edge.id);
    if (kept === undefined)
      wires.push({ id: edge.id, edge, course, points: wirePoints(course), travelled: 0, label: '', shown: -1, mark: '' });
    else {
      kept.edge = edge;
      if (!sameCourse(kept.course, course)) {
        kept.course = course;
        kept.points = wirePoints(course);
      }
      wires.push(kept);
    }
  }
  return { nodes: [...byId.values()].sort((one, other) => one.z - other.z), wires };
}
