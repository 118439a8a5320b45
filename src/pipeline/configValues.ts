/** Checks and reads single config values by their row in `kinds/`: the parser, the inspector, faults and `--set` all go through here. */
import type { ConfigValue } from './document.ts';
import type { ConfigDefinition } from './kinds/definition.ts';

/** Why a value is refused, as one sentence, and what to do instead. */
export interface ValueProblem {
  readonly code: 'config.type' | 'config.out-of-range' | 'config.too-long' | 'config.unknown-value';
  readonly message: string;
  readonly remedy: string;
}

/** The value as people should see it in a sentence: quoted, shortened. */
export function showValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function withUnit(definition: ConfigDefinition, value: number): string {
  return definition.unit === undefined ? String(value) : `${value} ${definition.unit}`;
}

function typeProblem(definition: ConfigDefinition, value: unknown): ValueProblem {
  const wanted = {
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    string: 'a text',
    enum: 'one of its values as a text',
    list: 'a list of texts',
  }[definition.type];
  const looksRight =
    typeof value === 'string' &&
    value.trim() !== '' &&
    (definition.type === 'boolean' ? /^(true|false)$/.test(value) : definition.type !== 'list' && Number.isFinite(Number(value)));
  const remedy = looksRight
    ? `Write ${String(value).trim()} without the quotes.`
    : `Write ${wanted}, for instance ${showValue(definition.default)}.`;
  const found = typeof value === 'string' ? `the text ${showValue(value)}` : showValue(value);
  return { code: 'config.type', message: `${definition.name} needs ${wanted}, but is ${found}.`, remedy };
}

function numberProblem(definition: ConfigDefinition, value: unknown): ValueProblem | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return typeProblem(definition, value);
  if (definition.type === 'integer' && !Number.isInteger(value)) return typeProblem(definition, value);
  const { min, max } = definition;
  if ((min === undefined || value >= min) && (max === undefined || value <= max)) return null;
  const bounds = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `between ${min} and ${max}`;
  return {
    code: 'config.out-of-range',
    message: `${definition.name} is ${withUnit(definition, value)}, outside its range.`,
    remedy: `Write a value ${bounds}.`,
  };
}

function lengthProblem(definition: ConfigDefinition, length: number, what: string): ValueProblem | null {
  if (definition.maxLength === undefined || length <= definition.maxLength) return null;
  return {
    code: 'config.too-long',
    message: `${definition.name} has ${length} ${what}; at most ${definition.maxLength} are allowed.`,
    remedy: 'Make it shorter.',
  };
}

/** Why `value` cannot be this config's value, or null when it can. Types, ranges, lengths and choices only; expressions are checked by `validateDocument`. */
export function checkConfigValue(definition: ConfigDefinition, value: unknown): ValueProblem | null {
  switch (definition.type) {
    case 'integer':
    case 'number':
      return numberProblem(definition, value);
    case 'boolean':
      return typeof value === 'boolean' ? null : typeProblem(definition, value);
    case 'string':
      return typeof value === 'string' ? lengthProblem(definition, value.length, 'characters') : typeProblem(definition, value);
    case 'enum':
      if (typeof value === 'string' && definition.values?.includes(value)) return null;
      return {
        code: 'config.unknown-value',
        message: `${definition.name} cannot be ${showValue(value)}.`,
        remedy: `Choose one of ${definition.values?.map(showValue).join(', ')}.`,
      };
    case 'list':
      return listProblem(definition, value);
  }
}

function listProblem(definition: ConfigDefinition, value: unknown): ValueProblem | null {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return typeProblem(definition, value);
  const tooLong = value.findIndex((item) => (item as string).length > listItemLengthMax);
  if (tooLong === -1) return lengthProblem(definition, value.length, 'lines');
  return {
    code: 'config.too-long',
    message: `Line ${tooLong + 1} of ${definition.name} has more than ${listItemLengthMax} characters.`,
    remedy: 'Make it shorter.',
  };
}

const listItemLengthMax = 4_000;

/**
 * Reads a config's value from text, as a command line or an input field gives it. Lists are a JSON array, or one item a line.
 * The value is checked too.
 */
export function configValueFromText(
  definition: ConfigDefinition,
  text: string,
): { readonly ok: true; readonly value: ConfigValue } | { readonly ok: false; readonly problem: ValueProblem } {
  const value = readText(definition, text);
  const problem = checkConfigValue(definition, value);
  return problem === null ? { ok: true, value: value as ConfigValue } : { ok: false, problem };
}

function readText(definition: ConfigDefinition, text: string): unknown {
  const trimmed = text.trim();
  switch (definition.type) {
    case 'integer':
    case 'number':
      return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text;
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : text;
    case 'string':
      return text;
    case 'enum':
      return trimmed;
    case 'list':
      return readList(trimmed);
  }
}

function readList(text: string): unknown {
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Not JSON after all: a first line may begin with a bracket.
    }
  }
  return text === '' ? [] : text.split(/\r?\n/);
}

/** Whether two config values are the same value. */
export function sameConfigValue(a: ConfigValue, b: ConfigValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
