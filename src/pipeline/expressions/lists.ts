/** The list configs that hold expressions: a map's `fields` and a branch's `branches`. */
import { parseCondition, parseLastingExpression, type ParsedExpression } from './parse.ts';
import { failure, ParseError, type Expression, type ParseFailure } from './syntax.ts';
import { readQuoted } from './tokens.ts';

export interface MapField {
  readonly name: string;
  readonly expression: Expression;
}

export interface Branch {
  readonly name: string;
  /** Null: takes what no branch before it took. */
  readonly condition: Expression | null;
}

const namePattern = /^\s*([\p{L}_$][\p{L}\p{N}_$-]*)/u;
const fieldNameMax = 200;

/** A failure inside a part of a line, moved to its place in the line. */
function placed(parsed: ParsedExpression, line: number, columnsBefore: number): ParsedExpression {
  return parsed.ok ? parsed : { ...parsed, line, column: parsed.column + columnsBefore };
}

/** The field's name at the beginning of a line and where the line goes on, or null. */
function readName(text: string): { readonly name: string; readonly end: number } | null {
  const start = text.search(/\S/);
  if (text[start] === '"' || text[start] === "'") {
    try {
      const { value, end } = readQuoted(text, start);
      return { name: value, end };
    } catch (error) {
      if (error instanceof ParseError) return null;
      throw error;
    }
  }
  const match = namePattern.exec(text);
  return match ? { name: match[1]!, end: match[0].length } : null;
}

function parseField(text: string, line: number): { readonly ok: true; readonly field: MapField } | ParseFailure {
  const found = readName(text);
  if (!found) {
    return failure(1, `"${text.trim()}" does not begin with a field name.`, 'Write name = expression; put odd names in quotes.', line);
  }
  const { name, end } = found;
  if (name.length > fieldNameMax)
    return failure(1, `The field name has ${name.length} characters, the most is ${fieldNameMax}.`, 'Shorten it.', line);
  const rest = text.slice(end).trimStart();
  if (rest === '') return { ok: true, field: { name, expression: { kind: 'value', path: [name] } } };
  if (!rest.startsWith('=') || rest.startsWith('==')) {
    const last =
      text
        .trim()
        .split(/[^\p{L}\p{N}_$]+/u)
        .filter(Boolean)
        .at(-1) ?? 'name';
    return failure(
      end + 1,
      `After the field name "${name}" an = must follow, not "${rest}".`,
      `Write for example ${last} = ${text.trim()}.`,
      line,
    );
  }
  const begin = text.indexOf('=', end) + 1;
  const parsed = placed(parseLastingExpression(text.slice(begin)), line, begin);
  return parsed.ok ? { ok: true, field: { name, expression: parsed.expression } } : parsed;
}

/** Parses `fields`: one `name = expression` or bare `name` a line. Blank lines are skipped. */
export function parseFields(lines: readonly string[]): { readonly ok: true; readonly fields: readonly MapField[] } | ParseFailure {
  const fields: MapField[] = [];
  const names = new Set<string>();
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue;
    const parsed = parseField(text, index + 1);
    if (!parsed.ok) return parsed;
    const { name } = parsed.field;
    if (names.has(name)) return failure(1, `The field "${name}" is there twice.`, 'Rename or remove one of them.', index + 1);
    names.add(name);
    fields.push(parsed.field);
  }
  return { ok: true, fields };
}

const branchName = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u;

function parseBranch(text: string, line: number): { readonly ok: true; readonly branch: Branch } | ParseFailure {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (!branchName.test(name)) {
    const remedy = colon < 0 ? `Write name: condition, for instance large: ${name}.` : 'Use 1 to 64 letters, digits, blanks, - and _.';
    return failure(1, `"${name}" is not a branch name.`, remedy, line);
  }
  if (colon < 0) return { ok: true, branch: { name, condition: null } };
  if (text.slice(colon + 1).trim() === '') {
    return failure(
      colon + 1,
      `The branch "${name}" has a colon and no condition.`,
      'Write the condition, or leave the colon out to take the rest.',
      line,
    );
  }
  const parsed = placed(parseCondition(text.slice(colon + 1)), line, colon + 1);
  return parsed.ok ? { ok: true, branch: { name, condition: parsed.expression } } : parsed;
}

/** Parses `branches`: one `name: condition` a line; a last line without a condition takes the rest. Blank lines are skipped. */
export function parseBranches(lines: readonly string[]): { readonly ok: true; readonly branches: readonly Branch[] } | ParseFailure {
  const branches: Branch[] = [];
  const names = new Set<string>();
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue;
    const rest = branches.at(-1);
    if (rest?.condition === null) {
      return failure(
        1,
        `No record reaches this branch: "${rest.name}" before it takes everything that is left.`,
        `Give "${rest.name}" a condition, or move it to the end.`,
        index + 1,
      );
    }
    const parsed = parseBranch(text, index + 1);
    if (!parsed.ok) return parsed;
    const { name } = parsed.branch;
    if (names.has(name)) return failure(1, `The branch "${name}" is there twice.`, 'Rename one of them.', index + 1);
    names.add(name);
    branches.push(parsed.branch);
  }
  if (branches.length === 0) return failure(1, 'There is no branch.', 'Write one a line as name: condition.');
  return { ok: true, branches };
}
