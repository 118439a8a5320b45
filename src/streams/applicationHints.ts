/** What is doubtful about applications as a whole: one id for two programs, guarantees that there are none of, threads without tasks. */
import { guaranteeWords } from '../pipeline/guarantee.ts';
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { effectiveConfig, isStreams } from '../pipeline/effectiveConfig.ts';
import type { Finding } from '../pipeline/finding.ts';
import { pointer } from '../pipeline/findings.ts';
import { partitionCounts } from '../sql/operators/partitionCounts.ts';
import type { NodePlan } from './nodePlan.ts';

type Words = Pick<Finding, 'severity' | 'code' | 'message' | 'remedy'>;

function about(document: PipelineDocument, node: PipelineNode, config: string, words: Words): Finding {
  return { ...words, path: pointer('nodes', document.nodes.indexOf(node), 'config', config), node: node.id, config };
}

/** Findings about the applications of a document that have been planned. */
export function applicationHints(document: PipelineDocument, plans: readonly NodePlan[]): Finding[] {
  return [...sameApplications(document, plans), ...withoutAtMostOnce(document), ...plans.flatMap((plan) => idleThreads(document, plan))];
}

/** Two applications under one id would be one group with two programs. */
function sameApplications(document: PipelineDocument, plans: readonly NodePlan[]): Finding[] {
  return plans.flatMap(({ nodeId, applicationId }, index) => {
    const other = plans.slice(0, index).find((one) => one.applicationId === applicationId);
    if (other === undefined) return [];
    const [node, first] = [nodeId, other.nodeId].map((id) => document.nodes.find((one) => one.id === id)!) as [PipelineNode, PipelineNode];
    const message = `"${node.name}" and "${first.name}" have the same application.id "${applicationId}", but run different queries.`;
    const remedy = 'Give each of them an application.id of its own.';
    return [about(document, node, 'application.id', { severity: 'error', code: 'streams.same-application', message, remedy })];
  });
}

/** The pipeline's guarantee may be one that Kafka Streams does not have. */
function withoutAtMostOnce(document: PipelineDocument): Finding[] {
  if (document.guarantee !== 'at-most-once') return [];
  return document.nodes.filter(isStreams).map((node) => {
    const message = `Kafka Streams has no at-most-once: "${node.name}" stays at least once, whatever the pipeline's guarantee (${guaranteeWords['at-most-once'].label}) says.`;
    const remedy = 'Choose another guarantee, or take it that some of its results come twice.';
    return about(document, node, 'processing.guarantee', { severity: 'warning', code: 'streams.at-most-once', message, remedy });
  });
}

/** More threads than tasks: some have nothing to do, but for standby copies. */
function idleThreads(document: PipelineDocument, { nodeId, physical }: NodePlan): Finding[] {
  const node = document.nodes.find(({ id }) => id === nodeId)!;
  const counts = partitionCounts(physical, (topic) => {
    const found = document.nodes.find(({ kind, name }) => kind === 'topic' && name === topic);
    return found === undefined ? null : Number(effectiveConfig(found)['partitions']);
  });
  const settings = effectiveConfig(node);
  const threads = Number(settings['instances']);
  if (counts.kind !== 'counts') return [];
  const active = counts.tasks.reduce((sum, count) => sum + (count || 0), 0);
  const tasks = active * (1 + Number(settings['num.standby.replicas']));
  if (!(threads > tasks)) return [];
  const message = `"${node.name}" has ${threads} stream threads for ${tasks} task${tasks === 1 ? '' : 's'}: ${threads - tasks} of them stay idle.`;
  const remedy = 'Add partitions to the topics that it reads, or take threads away; idle ones are only spare.';
  return [about(document, node, 'instances', { severity: 'warning', code: 'streams.idle-threads', message, remedy })];
}
