/** The pipeline document: reading, checking, changing and writing it. */
export type { AppliedChange } from './changes/apply.ts';
export { applyChange } from './changes/apply.ts';
export type { Change } from './changes/change.ts';
export { branchNames } from './branches.ts';
export { copyFragment, pasteFragment } from './clipboard.ts';
export type { ValueProblem } from './configValues.ts';
export { checkConfigValue, configValueFromText, sameConfigValue } from './configValues.ts';
export { newDocument, newEdge, newNode } from './create.ts';
export type {
  Cluster,
  Config,
  ConfigValue,
  Fault,
  Layout,
  Objective,
  ObjectiveMetric,
  ObjectiveStatistic,
  PipelineDocument,
  PipelineEdge,
  PipelineNode,
  Position,
  Scenario,
} from './document.ts';
export { effectiveClusterConfig, effectiveConfig, groupIdOf } from './effectiveConfig.ts';
export type { Finding } from './finding.ts';
export { hasErrors } from './findings.ts';
export { jsonSchema } from './jsonSchema.ts';
export { clusterConfig } from './kinds/cluster.ts';
export type { ConfigDefinition, KindDefinition, NodeRole } from './kinds/definition.ts';
export type { NodeKind } from './kinds/index.ts';
export { configDefinition, kindOf, nodeKindNames, nodeKinds } from './kinds/index.ts';
export { limits } from './limits.ts';
export { currentVersion } from './migrations.ts';
export { nearestName } from './nearest.ts';
export type { ParsedDocument } from './parse.ts';
export { parseDocument } from './parse.ts';
export { topicNameRefusal } from './rules/names.ts';
export { metricsByRole, statisticsByMetric } from './rules/scenario.ts';
export { configTextFailure } from './rules/texts.ts';
export { serializeDocument } from './serialize.ts';
export { setByPath } from './setByPath.ts';
export { validateDocument } from './validate.ts';
export { wiringRefusal } from './wiring.ts';
