import { lazy, Suspense } from 'react';
import type { Config, ConfigDefinition, ConfigValue } from '../../pipeline/index.ts';
import type { Finding } from '../../pipeline/finding.ts';
import { isCode } from '../sql/codeConfigs.ts';
import { ConfigField } from './ConfigField.tsx';

const CodeField = lazy(() => import('../sql/CodeField.tsx').then((chunk) => ({ default: chunk.CodeField })));

interface Properties {
  readonly rows: readonly ConfigDefinition[];
  readonly config: Config;
  readonly node: string | null;
  readonly findings: readonly Finding[];
  readonly readOnly: boolean;
  /** What the pipeline's guarantee fixes, over what is set; nobody can change it here. */
  readonly governed: Config;
  readonly liveOf: (name: string) => ConfigValue | undefined;
  readonly onChange: (name: string, value: ConfigValue | undefined) => void;
}

/** Rows in their sections, sections in the order of their first row. */
function bySection(rows: readonly ConfigDefinition[]): readonly (readonly [string, readonly ConfigDefinition[]])[] {
  const names = [...new Set(rows.map((row) => row.section))];
  return names.map((name) => [name, rows.filter((row) => row.section === name)] as const);
}

/** Every config of a kind, made from its rows: what matters most first, the rest a click away. */
export function ConfigForm(properties: Properties) {
  const { rows, config, governed, liveOf } = properties;
  const valueOf = (name: string) => liveOf(name) ?? governed[name] ?? config[name] ?? rows.find((row) => row.name === name)?.default;
  const applies = (row: ConfigDefinition): boolean => {
    // What is wrong with a config can only be put right where it is seen.
    if (row.when === undefined || properties.findings.some((finding) => finding.config === row.name)) return true;
    const value = valueOf(row.when.name);
    return value !== undefined && row.when.is.includes(value);
  };
  // A config that was set stays where it is found without opening anything, even if it is rarely used.
  const shown = rows.filter(applies);
  const first = shown.filter((row) => row.prominent === true);
  const rest = shown.filter((row) => row.prominent !== true);
  const changed = rest.filter((row) => config[row.name] !== undefined).length;
  const fixed = rest.filter((row) => governed[row.name] !== undefined).length;
  const broken = rest.some((row) => properties.findings.some((finding) => finding.config === row.name));
  return (
    <>
      <Sections {...properties} rows={first} />
      {rest.length > 0 && (
        <details className="lj-more" open={broken || undefined}>
          <summary>
            More settings{' '}
            <span className="lj-muted">
              {rest.length}
              {changed > 0 ? `, ${changed} changed` : ''}
              {fixed > 0 ? `, ${fixed} by the guarantee` : ''}
            </span>
          </summary>
          <Sections {...properties} rows={rest} />
        </details>
      )}
    </>
  );
}

function Sections({ rows, config, governed, node, findings, readOnly, liveOf, onChange }: Properties) {
  return bySection(rows).map(([section, members]) => (
    <fieldset key={section} className="lj-section">
      <legend>{section}</legend>
      {members.map((row) => {
        const shared = {
          row,
          readOnly,
          findings: findings.filter((finding) => finding.config === row.name),
          onChange: (value: ConfigValue | undefined) => onChange(row.name, value),
        };
        return node !== null && isCode(row.name) ? (
          <Suspense key={row.name} fallback={<p className="lj-muted">Loading the text editor …</p>}>
            <CodeField {...shared} node={node} value={String(config[row.name] ?? row.default)} />
          </Suspense>
        ) : (
          <ConfigField
            key={row.name}
            {...shared}
            node={node}
            set={config[row.name]}
            live={liveOf(row.name)}
            governed={governed[row.name]}
          />
        );
      })}
    </fieldset>
  ));
}
