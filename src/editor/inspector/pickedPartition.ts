/** The topic and partition that record browser and log look at. */
import type { PipelineDocument } from '../../pipeline/index.ts';
import { effectiveConfig } from '../../pipeline/index.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useView, viewStore } from '../stores/viewStore.ts';

export interface Place {
  readonly topicNode: string;
  readonly partition: number;
  readonly offset: number;
}

export interface TopicChoice {
  readonly id: string;
  readonly name: string;
  readonly partitions: number;
}

/** Topics whose records a node has to do with: itself, or what it is wired to; all with nothing selected. */
function topicsOf(document: PipelineDocument, id: string | null): readonly TopicChoice[] {
  const near = new Set([
    id,
    ...document.edges.flatMap((edge) => (edge.source === id ? [edge.target] : edge.target === id ? [edge.source] : [])),
  ]);
  return document.nodes
    .filter((node) => node.kind === 'topic' && (id === null || near.has(node.id)))
    .map((node) => ({ id: node.id, name: node.name, partitions: Number(effectiveConfig(node)['partitions']) }));
}

/** The place that was picked if it is near the node, else the first partition there; null without a topic. */
export function usePickedPartition(node: string | null): {
  readonly topics: readonly TopicChoice[];
  readonly place: Place | null;
  readonly pick: (place: Place) => void;
} {
  const document = useDocument((state) => state.document);
  const picked = useView((view) => view.pickedPartition);
  const topics = topicsOf(document, node);
  const topic = topics.find((candidate) => candidate.id === picked?.topicNode) ?? topics[0];
  const { pickPartition } = viewStore.getState();
  if (topic === undefined) return { topics, place: null, pick: pickPartition };
  const fits = picked?.topicNode === topic.id && picked.partition < topic.partitions;
  return { topics, place: fits ? picked : { topicNode: topic.id, partition: 0, offset: 0 }, pick: pickPartition };
}
