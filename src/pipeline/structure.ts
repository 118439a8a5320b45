/** Runs a zod schema over parsed JSON and turns its issues into findings that people can act on. */
import type { z } from 'zod';
import { showValue } from './configValues.ts';
import type { Finding } from './finding.ts';
import { pointer } from './findings.ts';
import { limits } from './limits.ts';
import { nearestName } from './nearest.ts';
import { faultActions } from './schema.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** The checked value, or null and at least one error. Fields the schema does not know give warnings and are left out of the value. */
export function checkStructure<T>(schema: z.ZodType<T>, value: unknown): { readonly value: T | null; readonly findings: Finding[] } {
  let input = value;
  let findings: Finding[] = [];
  let result = schema.safeParse(input);
  if (!result.success) {
    const unknown = result.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
    if (unknown.length > 0) {
      findings = unknown.flatMap(unknownFields).slice(0, limits.findings + 1);
      input = without(
        input,
        unknown.map((issue) => ({ path: issue.path as Path, keys: issue.keys })),
      );
      result = schema.safeParse(input);
    }
  }
  if (result.success) return { value: result.data, findings };
  const errors = result.error.issues.slice(0, limits.findings + 1).map((issue) => finding(issue, input));
  return { value: null, findings: [...findings, ...errors] };
}

function unknownFields(issue: Extract<Issue, { code: 'unrecognized_keys' }>): Finding[] {
  return issue.keys.slice(0, limits.findings + 1).map((key) => ({
    severity: 'warning',
    code: 'document.unknown-field',
    path: pointer(...(issue.path as Path), key),
    message: `The field "${key.slice(0, 100)}" is not part of the format; it will not be saved.`,
    remedy: 'Look for a misspelling; if it comes from another program, keep a copy of the file.',
  }));
}

/** A copy without the given keys; only what lies on the way is copied. */
function without(value: unknown, removals: readonly { readonly path: Path; readonly keys: readonly string[] }[]): unknown {
  if (removals.length === 0 || typeof value !== 'object' || value === null) return value;
  const here = new Set(removals.filter((removal) => removal.path.length === 0).flatMap((removal) => removal.keys));
  const below = new Map<string, { path: Path; keys: readonly string[] }[]>();
  for (const { path, keys } of removals) {
    const [head, ...rest] = path;
    if (head === undefined) continue;
    const list = below.get(String(head)) ?? [];
    list.push({ path: rest, keys });
    below.set(String(head), list);
  }
  if (Array.isArray(value)) return value.map((item: unknown, index) => without(item, below.get(String(index)) ?? []));
  const kept = Object.entries(value).filter(([key]) => !here.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, without(item as unknown, below.get(key) ?? [])]));
}

function at(value: unknown, path: Path): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function finding(issue: Issue, input: unknown): Finding {
  const path = issue.path as Path;
  const value = at(input, path);
  const where = path.length === 0 ? 'The document' : `"${String(path.at(-1))}"`;
  const place = { severity: 'error', path: pointer(...path) } as const;
  if (value === undefined && path.length > 0 && !(issue.code === 'invalid_union')) {
    return { ...place, code: 'document.missing-field', message: `${where} is missing.`, remedy: `Add it: ${wanted(issue)}.` };
  }
  switch (issue.code) {
    case 'invalid_type':
      return { ...place, code: 'document.type', ...typeSentence(issue, where, value) };
    case 'invalid_value':
      return { ...place, ...choiceSentence(path, where, value, issue.values.map(String)) };
    case 'invalid_union':
      return unionFinding(issue, input, path);
    case 'too_big':
    case 'too_small':
      return {
        ...place,
        code: 'document.out-of-range',
        message: `${where} ${rangeSentence(issue, value)}`,
        remedy: `Make it ${wanted(issue)}.`,
      };
    case 'invalid_format':
      return { ...place, code: 'document.characters', ...formatSentence(path, where, value) };
    default:
      return {
        ...place,
        code: 'document.invalid',
        message: `${where} is ${showValue(value)}, which is not valid.`,
        remedy: 'See docs/format.md.',
      };
  }
}

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? showValue(issue.values[0]) : `one of ${issue.values.map((value) => showValue(value)).join(', ')}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}${counted(issue.origin)}`;
    case 'too_small':
      return `at least ${String(issue.minimum)}${counted(issue.origin)}`;
    default:
      return 'see docs/format.md';
  }
}

function counted(origin: string): string {
  return origin === 'string' ? ' characters long' : origin === 'array' ? ' entries long' : '';
}

function rangeSentence(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>, value: unknown): string {
  if (typeof value === 'string') return issue.code === 'too_small' ? 'is empty or too short.' : `is ${value.length} characters long.`;
  if (Array.isArray(value)) return `has ${value.length} entries.`;
  return `is ${showValue(value)}.`;
}

function typeSentence(issue: Extract<Issue, { code: 'invalid_type' }>, where: string, value: unknown): Pick<Finding, 'message' | 'remedy'> {
  const numeric = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) && /number|int/.test(issue.expected);
  const found = typeof value === 'string' ? `the text ${showValue(value)}` : showValue(value);
  return {
    message: `${where} needs ${wanted(issue)}, but is ${found}.`,
    remedy: numeric ? `Write ${value.trim()} without the quotes.` : `Write ${wanted(issue)}.`,
  };
}

function choiceSentence(
  path: Path,
  where: string,
  value: unknown,
  values: readonly string[],
): Pick<Finding, 'code' | 'message' | 'remedy'> {
  const nearest = typeof value === 'string' ? nearestName(value, values) : null;
  const remedy = nearest === null ? `Choose one of ${values.join(', ')}.` : `Did you mean ${nearest}?`;
  if (path.at(-1) === 'kind') return { code: 'node.unknown-kind', message: `There is no node kind ${showValue(value)}.`, remedy };
  return { code: 'document.unknown-value', message: `${where} cannot be ${showValue(value)}.`, remedy };
}

function formatSentence(path: Path, where: string, value: unknown): Pick<Finding, 'message' | 'remedy'> {
  if (path.at(-2) === 'between' || path.at(-2) === 'and') {
    return {
      message: `An end of a network fault is ${showValue(value)}, which names nobody.`,
      remedy: 'Write broker:0, controller, node: and the id of a node, or rest for everybody else.',
    };
  }
  if (['name', 'description', 'rack'].includes(String(path.at(-1)))) {
    return { message: `${where} contains a control character.`, remedy: 'Remove characters that cannot be printed.' };
  }
  return {
    message: `${where} is ${showValue(value)}, which is no valid id.`,
    remedy: 'Use 1 to 64 letters, digits, "_" and "-".',
  };
}

/** Of a union that nothing fits: the discriminator's choices, or that a config value is of no allowed type. */
function unionFinding(issue: Extract<Issue, { code: 'invalid_union' }>, input: unknown, path: Path): Finding {
  const value = at(input, path);
  if (path.at(-1) === 'action') {
    const words = choiceSentence(path, '"action"', value, faultActions);
    const remedy = words.remedy.startsWith('Choose')
      ? `If a newer Logjam wrote it, open it there; else c${words.remedy.slice(1)}`
      : words.remedy;
    return { severity: 'error', path: pointer(...path), ...words, remedy };
  }
  const nested = issue.errors.flat().find((candidate) => candidate.path.length > 0);
  if (nested !== undefined) return finding({ ...nested, path: [...path, ...nested.path] } as Issue, input);
  return {
    severity: 'error',
    code: 'document.type',
    path: pointer(...path),
    message: `"${String(path.at(-1))}" is ${showValue(value)}, which is neither a text, a number, true or false, nor a list of texts.`,
    remedy: 'Write the value as the config needs it.',
  };
}
