/** Config records against the rows of their kind. */
import type { PipelineDocument } from './document.ts';
import { checkConfigValue } from './configValues.ts';
import type { Finding } from './finding.ts';
import { pointer } from './findings.ts';
import { clusterConfig } from './kinds/cluster.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { kindOf } from './kinds/index.ts';
import { limits } from './limits.ts';
import { nearestName } from './nearest.ts';

interface Owner {
  /** `orders (topic)`, as people call it. */
  readonly title: string;
  readonly path: readonly (string | number)[];
  readonly node?: string;
}

function checkConfig(rows: readonly ConfigDefinition[], config: Readonly<Record<string, unknown>>, owner: Owner): Finding[] {
  const findings: Finding[] = [];
  const node = owner.node === undefined ? {} : { node: owner.node };
  for (const name of Object.keys(config)) {
    // No reader wants more, and a hostile file may hold a million.
    if (findings.length > limits.findings) break;
    const path = pointer(...owner.path, name);
    const row = rows.find((candidate) => candidate.name === name);
    if (row === undefined) {
      const names = rows.map((candidate) => candidate.name);
      const nearest = nearestName(name, names);
      const remedy = nearest === null ? 'Remove it, or look its name up in docs/format.md.' : `Did you mean ${nearest}?`;
      findings.push({
        severity: 'error',
        code: 'config.unknown',
        path,
        ...node,
        config: name,
        message: `${owner.title} has no config "${name.slice(0, 100)}".`,
        remedy,
      });
      continue;
    }
    const problem = checkConfigValue(row, config[name]);
    if (problem !== null) {
      findings.push({
        severity: 'error',
        code: problem.code,
        path,
        ...node,
        config: name,
        message: `${owner.title}: ${problem.message}`,
        remedy: problem.remedy,
      });
    }
  }
  return findings;
}

/** Unknown config names, wrong types and values out of range, in all nodes and the cluster. */
export function checkConfigs(document: PipelineDocument): Finding[] {
  const ofNodes = document.nodes.flatMap((node, index) =>
    checkConfig(kindOf(node.kind).config, node.config, {
      title: `${node.name} (${node.kind})`,
      path: ['nodes', index, 'config'],
      node: node.id,
    }),
  );
  return [...ofNodes, ...checkConfig(clusterConfig, document.cluster.config, { title: 'The cluster', path: ['cluster', 'config'] })];
}
