/** Configs with a little language of their own: conditions, fields, branches, templates, key lists, tables, CSV. */
import { parseWorkloadCsv } from '../csv.ts';
import type { ConfigValue, PipelineNode } from '../document.ts';
import { parseBranches, parseFields } from '../expressions/lists.ts';
import { parseCondition, parseLastingExpression } from '../expressions/parse.ts';
import type { Finding } from '../finding.ts';
import { kindOf } from '../kinds/index.ts';
import { parseKeyList } from '../templates/keyList.ts';
import { parseTemplate } from '../templates/parseTemplate.ts';
import { parseServiceTable } from '../templates/serviceTable.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about } from './rule.ts';

interface Failure {
  readonly ok: false;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
}
type Check = (value: ConfigValue) => { readonly ok: true } | Failure;

const fine = { ok: true } as const;

function ofText(parse: (text: string) => { readonly ok: true } | Failure, whenEmpty: 'allowed' | 'parsed'): Check {
  return (value) => (typeof value !== 'string' || (whenEmpty === 'allowed' && value.trim() === '') ? fine : parse(value));
}

function ofList(parse: (lines: readonly string[]) => { readonly ok: true } | Failure): Check {
  return (value) => (typeof value === 'object' ? parse(value) : fine);
}

/** By config name: a name means the same in every kind that has it. */
const checks: ReadonlyMap<string, Check> = new Map([
  ['condition', ofText(parseCondition, 'allowed')],
  ['error.when', ofText(parseCondition, 'allowed')],
  ['idempotence.key', ofText(parseLastingExpression, 'allowed')],
  ['key', ofText(parseLastingExpression, 'parsed')],
  ['fields', ofList(parseFields)],
  ['branches', ofList(parseBranches)],
  ['value.template', ofText(parseTemplate, 'allowed')],
  ['key.list', ofList(parseKeyList)],
  ['service.time.table', ofText(parseServiceTable, 'parsed')],
  ['workload.csv', ofText(parseWorkloadCsv, 'parsed')],
]);

/** Why a config's text does not read, or null when it does or the config has no language. The inspector asks while a person types. */
export function configTextFailure(config: string, value: ConfigValue): Failure | null {
  const result = checks.get(config)?.(value) ?? fine;
  return result.ok ? null : result;
}

function textFindings(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const effective = context.configs.get(node.id)!;
  return kindOf(node.kind).config.flatMap((row) => {
    // What does not apply now, such as the table of another distribution, must not stop a run.
    const applies = row.when === undefined || row.when.is.includes(effective[row.when.name]!);
    const failure = applies ? configTextFailure(row.name, effective[row.name]!) : null;
    if (failure === null) return [];
    const message = `${row.name} of "${node.name}", line ${failure.line}, column ${failure.column}: ${failure.message}`;
    return [about(context, node, { severity: 'error', code: 'config.text', message, remedy: failure.remedy }, row.name)];
  });
}

export const textRules: readonly Rule[] = [(context) => context.document.nodes.flatMap((node) => textFindings(context, node))];
