/** `node.config=value` as the command line's `--set` takes it. */
import type { Change } from './changes/change.ts';
import { configValueFromText } from './configValues.ts';
import type { PipelineDocument } from './document.ts';
import type { Finding } from './finding.ts';
import { guarantees } from './guaranteeNames.ts';
import { clusterConfig } from './kinds/cluster.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { kindOf } from './kinds/index.ts';
import { limits } from './limits.ts';
import { nearestName } from './nearest.ts';

/** The change an assignment stands for, or null and the errors that say why not. */
export interface Assignment {
  readonly change: Change | null;
  readonly findings: readonly Finding[];
}

interface Target {
  /** Title, for findings. */
  readonly title: string;
  /** Text after `title.`. */
  readonly rest: string;
  readonly rows: readonly ConfigDefinition[];
  readonly change: (config: string, value: NonNullable<Extract<Change, { type: 'node.config' }>['value']>) => Change;
}

const scenarioRows: readonly ConfigDefinition[] = [
  {
    name: 'seed',
    type: 'integer',
    default: 1,
    min: 0,
    max: 0xffff_ffff,
    section: 'Scenario',
    source: 'simulation',
    help: 'Same document and seed: same run.',
  },
  {
    name: 'durationMs',
    type: 'number',
    default: 600_000,
    min: 1,
    max: limits.durationMs,
    unit: 'ms',
    section: 'Scenario',
    source: 'simulation',
    help: 'Virtual time of the run.',
  },
];

/**
 * Reads `<node>.<config>=<value>`, the node by id or by name, or `guarantee=…`, `cluster.<config>=…`, `scenario.seed=…`, `scenario.durationMs=…`.
 * The text becomes the config's own type; an empty value takes a config away only where it is no text.
 */
export function setByPath(document: PipelineDocument, assignment: string): Assignment {
  if (!assignment.includes('=')) return refuse('set.no-value', `"${assignment}" sets nothing.`, 'Write it as node.config=value.');
  if (assignment.startsWith('guarantee=')) return setGuarantee(assignment.slice('guarantee='.length));
  const targets = targetsOf(document, assignment);
  if (targets.length === 0) return unknownNode(document, assignment);
  const matches = targets.flatMap((target) => {
    const name = target.rest.slice(0, target.rest.indexOf('='));
    const row = target.rows.find((candidate) => candidate.name === name);
    return row === undefined ? [] : [{ target, row }];
  });
  if (matches.length === 0) return unknownConfig(targets[0]!);
  if (matches.length > 1) {
    return refuse('set.ambiguous', `"${assignment}" could mean ${matches.length} nodes.`, 'Name the node by its id.');
  }
  const { target, row } = matches[0]!;
  const read = configValueFromText(row, target.rest.slice(row.name.length + 1));
  if (!read.ok) return refuse(read.problem.code, `${target.title}: ${read.problem.message}`, read.problem.remedy, row.name);
  return { change: target.change(row.name, read.value), findings: [] };
}

/** `guarantee=<name>`; nothing behind the sign takes it away. */
function setGuarantee(text: string): Assignment {
  const value = guarantees.find((name) => name === text);
  if (value === undefined && text !== '')
    return refuse('set.guarantee', `There is no guarantee "${text}".`, `Use one of ${guarantees.join(', ')}.`);
  return { change: { type: 'guarantee.set', value: value ?? null }, findings: [] };
}

function targetsOf(document: PipelineDocument, assignment: string): readonly Target[] {
  const after = (title: string) => {
    const rest = assignment.slice(title.length + 1);
    return assignment.startsWith(`${title}.`) && rest.includes('=') ? rest : null;
  };
  const byId = document.nodes.filter((node) => after(node.id) !== null);
  // An id is exact; names count only when no id fits, since one node may be called what another has as its id.
  const isById = byId.length > 0;
  const nodes = (isById ? byId : document.nodes).flatMap((node): Target[] => {
    const rest = after(isById ? node.id : node.name);
    if (rest === null) return [];
    return [
      {
        title: node.name,
        rest,
        rows: kindOf(node.kind).config,
        change: (config, value) => ({ type: 'node.config', node: node.id, config, value }),
      },
    ];
  });
  const cluster = after('cluster');
  const scenario = after('scenario');
  return [
    ...nodes,
    ...(cluster === null
      ? []
      : [
          {
            title: 'The cluster',
            rest: cluster,
            rows: clusterConfig,
            change: (config: string, value) => ({ type: 'cluster.config', config, value }),
          } satisfies Target,
        ]),
    ...(scenario === null
      ? []
      : [
          {
            title: 'The scenario',
            rest: scenario,
            rows: scenarioRows,
            change: (field: string, value) => ({ type: 'scenario.set', field: field as 'seed', value: value as number }),
          } satisfies Target,
        ]),
  ];
}

function refuse(code: string, message: string, remedy: string, config?: string): Assignment {
  return { change: null, findings: [{ severity: 'error', code, path: '', message, remedy, ...(config === undefined ? {} : { config }) }] };
}

function unknownNode(document: PipelineDocument, assignment: string): Assignment {
  const wanted = assignment.slice(0, assignment.indexOf('=')).split('.', 1)[0]!;
  const nearest = nearestName(wanted, [...document.nodes.flatMap((node) => [node.id, node.name]), 'cluster', 'scenario']);
  const remedy = nearest === null ? 'Begin with the id or the name of a node, with cluster or with scenario.' : `Did you mean ${nearest}?`;
  return refuse('set.unknown-node', `No node is called "${wanted}" in "${assignment.slice(0, 200)}".`, remedy);
}

function unknownConfig(target: Target): Assignment {
  const name = target.rest.slice(0, target.rest.indexOf('='));
  const nearest = nearestName(
    name,
    target.rows.map((row) => row.name),
  );
  const remedy = nearest === null ? 'Look its name up in docs/format.md.' : `Did you mean ${nearest}?`;
  return refuse('config.unknown', `${target.title} has no config "${name.slice(0, 100)}".`, remedy, name);
}
