/** The config tables of `docs/format.md` in Markdown, out of the rows in `kinds/`; a test holds the page to them. */
import type { ConfigValue } from './document.ts';
import { clusterConfig } from './kinds/cluster.ts';
import type { ConfigDefinition, NodeRole } from './kinds/definition.ts';
import { hardwareProfiles } from './kinds/hardwareProfiles.ts';
import { kindOf, nodeKindNames } from './kinds/index.ts';
import { metricsByRole, statisticsByMetric } from './rules/objectives.ts';
import { objectiveMetrics } from './schema.ts';

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}

function shown(value: ConfigValue): string {
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.map((item) => `\`${item}\``).join(', ');
  return value === '' ? 'empty' : `\`${cell(String(value))}\``;
}

function range(row: ConfigDefinition): string {
  if (row.values !== undefined && row.type === 'enum') return row.values.map((value) => `\`${value}\``).join(', ');
  if (row.type === 'list') return `at most ${row.maxLength} lines`;
  if (row.maxLength !== undefined) return `at most ${row.maxLength} characters`;
  if (row.min === undefined || row.max === undefined) return '';
  return row.max === Number.MAX_SAFE_INTEGER ? `from ${row.min}` : `${row.min} to ${row.max}`;
}

/** One kind's rows as a Markdown table. */
export function configTable(rows: readonly ConfigDefinition[]): string {
  const lines = rows.map((row) => {
    const unit = row.unit === undefined ? '' : ` ${row.unit}`;
    const kafka = row.source === 'kafka' ? 'Kafka' : 'simulation';
    const live = row.live === true ? ' Can change while a run is on.' : '';
    return `| \`${row.name}\` | ${row.type} | ${shown(row.default)}${unit} | ${range(row)} | ${kafka} | ${cell(row.help)}${live} |`;
  });
  return ['| config | type | default | allowed | of | meaning |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

/** All tables with their headings: the cluster, then every kind. */
export function configTables(): string {
  const kinds = nodeKindNames.map((kind) => {
    const { label, summary, config } = kindOf(kind);
    return `### ${label} (\`${kind}\`)\n\n${summary}\n\n${configTable(config)}`;
  });
  return [`### The cluster\n\n${configTable(clusterConfig)}`, ...kinds].join('\n\n');
}

/** Which metrics each role has, and which statistics each metric, as a Markdown table. */
export function objectiveTable(): string {
  const lines = objectiveMetrics.map((metric) => {
    const roles = (Object.keys(metricsByRole) as NodeRole[]).filter((role) => metricsByRole[role].includes(metric));
    return `| \`${metric}\` | ${roles.join(', ')} | ${statisticsByMetric[metric].map((statistic) => `\`${statistic}\``).join(', ')} |`;
  });
  return ['| metric | of | statistics |', '|---|---|---|', ...lines].join('\n');
}

/** What each hardware profile fills in and where it is published, as a Markdown table. */
export function hardwareTable(): string {
  const lines = Object.entries(hardwareProfiles).flatMap(([name, { label, figures }]) =>
    Object.entries(figures).map(([config, { value, source }]) => `| \`${name}\` (${label}) | \`${config}\` | ${value} | ${source} |`),
  );
  return ['| profile | config | value | source |', '|---|---|---|---|', ...lines].join('\n');
}
