/** Everything that can be said about a document without running it. */
import { checkConfigs } from './configRules.ts';
import type { PipelineDocument } from './document.ts';
import type { Finding } from './finding.ts';
import { bounded, hasErrors, inFile } from './findings.ts';
import { governed, governedConfig, guaranteeWords } from './guarantee.ts';
import { checkIds } from './integrity.ts';
import { callRules } from './rules/calls.ts';
import { consumerRules } from './rules/consumers.ts';
import { deliveryRules } from './rules/delivery.ts';
import { faultRules } from './rules/faults.ts';
import { groupProtocolRules } from './rules/groupProtocol.ts';
import { nameRules } from './rules/names.ts';
import { objectiveRules } from './rules/objectives.ts';
import { poolRules } from './rules/pools.ts';
import { producerRules } from './rules/producers.ts';
import { replicationRules } from './rules/replication.ts';
import { retentionRules } from './rules/retention.ts';
import type { Rule } from './rules/rule.ts';
import { ruleContext } from './rules/rule.ts';
import { textRules } from './rules/texts.ts';
import { topicRules } from './rules/topics.ts';
import { wireRules } from './rules/wires.ts';

const rules: readonly Rule[] = [
  ...nameRules,
  ...wireRules,
  ...topicRules,
  ...replicationRules,
  ...producerRules,
  ...deliveryRules,
  ...consumerRules,
  ...groupProtocolRules,
  poolRules,
  callRules,
  ...textRules,
  ...faultRules,
  ...objectiveRules,
  ...retentionRules,
];

/**
 * Findings about a document: errors keep it from running, warnings are likely mistakes, infos are good to know.
 * In a fixed order, at most `limits.findings`. `file` is put on each of them.
 */
export function validateDocument(document: PipelineDocument, options: { readonly file?: string } = {}): readonly Finding[] {
  const ids = checkIds(document);
  // Without sound ids the rules would speak about the wrong nodes.
  if (hasErrors(ids)) return bounded(inFile(ids, options.file));
  const context = ruleContext(governed(document));
  const findings = [...checkConfigs(document), ...rules.flatMap((rule) => rule(context)).map((finding) => byGuarantee(document, finding))];
  if (document.nodes.length === 0) {
    findings.push({
      severity: 'info',
      code: 'document.empty',
      path: '/nodes',
      message: 'The pipeline is empty.',
      remedy: 'Add a producer, a topic and a sink.',
    });
  }
  return bounded(inFile(findings, options.file));
}

/** What a pipeline's guarantee fixes cannot be changed at the node: the remedy begins with the guarantee. */
function byGuarantee({ guarantee, nodes }: PipelineDocument, finding: Finding): Finding {
  const node = nodes.find(({ id }) => id === finding.node);
  if (guarantee === undefined || node === undefined || finding.config === undefined) return finding;
  const fixed = governedConfig(guarantee, node);
  if (!Object.hasOwn(fixed, finding.config)) return finding;
  const place = `${finding.config} is fixed at ${String(fixed[finding.config])} by the pipeline's guarantee (${guaranteeWords[guarantee].label}).`;
  return { ...finding, remedy: `${place} Choose another guarantee, or none. Then: ${finding.remedy}` };
}
