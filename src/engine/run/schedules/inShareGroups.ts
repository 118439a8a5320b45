/** For tests: a document as it was, all its groups being share groups. */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import { kindOf } from '../../../pipeline/kinds/index.ts';

/** Configs that members of share groups do not take, or that would make them something else. */
const notForShareGroups = ['group.instance.id', 'processing.guarantee', 'group.remote.assignor'];

/** Every second node acknowledges explicitly, every third takes no more records than it asks for; the group's own configs are those of all its nodes. */
export function inShareGroups(document: PipelineDocument, lockMs: number): PipelineDocument {
  const nodes = document.nodes.map((node, index) => {
    const { role } = kindOf(node.kind);
    if (role !== 'processor' && role !== 'sink') return node;
    const config = Object.fromEntries(Object.entries(node.config).filter(([name]) => !notForShareGroups.includes(name)));
    const shared = {
      'group.protocol': 'share',
      'share.auto.offset.reset': 'earliest',
      'share.acknowledgement.mode': index % 2 === 0 ? 'explicit' : 'implicit',
      'share.acquire.mode': index % 3 === 0 ? 'record_limit' : 'batch_optimized',
    };
    return { ...node, config: { ...config, ...shared } };
  });
  const cluster = { ...document.cluster, config: { ...document.cluster.config, 'group.share.record.lock.duration.ms': lockMs } };
  return { ...document, nodes, cluster };
}
