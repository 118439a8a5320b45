/** Which rows of its store a pull query has to read (`QueryFilterNode`, `PullPhysicalPlanBuilder`). */
import type { Row } from '../operators/row.ts';
import type { DataSource } from '../plan/catalogue.ts';
import { columnsOf } from '../plan/expressionTree.ts';
import type { Column } from '../plan/schema.ts';
import { isWindowBound, schemaText } from '../plan/schema.ts';
import { processingSchema } from '../plan/sourceRelation.ts';
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlValue } from '../types/sqlType.ts';
import { typeText } from '../types/typeText.ts';
import { javaText } from '../types/values.ts';
import type { Computing } from '../plan/constants.ts';
import { coerced, computed, resolved } from '../plan/constants.ts';
import type { Comparison } from './predicates.ts';
import { disjunctsOf } from './predicates.ts';
import type { PullSettings } from './pullRules.ts';
import { invalidWhere } from './pullRules.ts';
import type { WindowBounds } from './windowBounds.ts';
import { comparisonNames } from '../expressions/comparison.ts';
import { columnSide, windowBoundsOf } from './windowBounds.ts';

/** One key of a table, and of a windowed one the windows of it. */
export interface KeyLookup {
  readonly key: Row;
  readonly bounds: WindowBounds | null;
}

export type RangeOperator = '<' | '<=' | '>' | '>=';

/** The rows that are read: those of some keys, those of a range of keys in the order of their bytes, or all. */
export type Lookup =
  | { readonly kind: 'keys'; readonly keys: readonly KeyLookup[] }
  | { readonly kind: 'range'; readonly operator: RangeOperator; readonly key: Row }
  | { readonly kind: 'scan' };

/** What a lookup is worked out from. */
interface Filtering extends Computing {
  readonly table: DataSource;
  readonly settings: PullSettings;
}

const scan: Lookup = { kind: 'scan' };

/** What one alternative of the condition says of the key, checked as ksqlDB's `Validator` does. */
class DisjunctCheck {
  readonly seenKeys = new Set<number>();
  needsScan = false;
  private readonly table: DataSource;
  private readonly settings: PullSettings;
  private readonly isWindowed: boolean;

  constructor({ table, settings }: Filtering) {
    this.table = table;
    this.settings = settings;
    this.isWindowed = table.window !== null;
  }

  check(part: Expression): void {
    if (part.kind === 'comparison') return this.checkComparison(part);
    if (part.kind === 'like') return this.checkLike(part);
    if (part.kind !== 'logical') throw invalidWhere(`Unsupported expression in WHERE clause: ${formatExpression(part)}`, false);
    if (part.operator === 'OR') this.scanOr(`Only AND expressions are supported: ${formatExpression(part)}`, false);
    this.check(part.left);
    this.check(part.right);
  }

  private scanOr(message: string, isWindowed = this.isWindowed): void {
    if (!this.settings.tableScan) throw invalidWhere(message, isWindowed);
    this.needsScan = true;
  }

  private checkComparison(part: Comparison): void {
    const side = columnSide(part);
    if (!side) return this.scanOr('A comparison must directly reference a key column');
    if (columnsOf(side.other).length > 0) return this.scanOr('A comparison must be between a key column and a resolvable expression');
    const { name } = side.column;
    const isOrdering = !['<>', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'].includes(part.operator);
    if (isWindowBound(name)) {
      if (!isOrdering) throw invalidWhere(`Unsupported \`${name}\` bounds: ${comparisonNames[part.operator]}`, true);
      if (!this.isWindowed) throw invalidWhere('Cannot use WINDOWSTART/WINDOWEND on non-windowed source', false);
      return;
    }
    const { key } = this.table.schema;
    const index = key.findIndex((column) => column.name === name);
    if (index < 0) return;
    if (!isOrdering) this.scanOr(`Bound on key columns '[${schemaText({ key, value: [] })}]' must currently be '='`);
    if (this.seenKeys.has(index) && !this.settings.tableScan)
      throw invalidWhere(
        'A comparison condition on the key column cannot be combined with other comparisons such as an IN predicate',
        this.isWindowed,
      );
    this.seenKeys.add(index);
  }

  private checkLike({ operand, pattern }: Extract<Expression, { kind: 'like' }>): void {
    if (operand.kind !== 'column') return this.scanOr('Like condition must be between strings');
    const column = processingSchema(this.table).value.find(({ name }) => name === operand.name);
    if (!column) throw invalidWhere(`Like condition on non-existent column \`${operand.name}\``, this.isWindowed);
    if (column.type.base !== 'STRING')
      throw invalidWhere(`The column type for Like condition must be VARCHAR. The column type is ${column.type.base}`, this.isWindowed);
    if (pattern.kind !== 'string' && pattern.kind !== 'null')
      throw invalidWhere(`Like condition on non-string pattern ${formatExpression(pattern)}`, this.isWindowed);
  }
}

/** Whether all rows have to be read. Throws SqlError where the condition cannot be, or needs a scan that is not allowed. */
function needsScan(disjuncts: readonly Expression[], filtering: Filtering): boolean {
  const { table, settings } = filtering;
  const { key } = table.schema;
  const isWindowed = table.window !== null;
  for (const disjunct of disjuncts) {
    const check = new DisjunctCheck(filtering);
    check.check(disjunct);
    const { seenKeys } = check;
    if (check.needsScan) return true;
    if (seenKeys.size === key.length && seenKeys.size > 0) continue;
    if (settings.tableScan) return true;
    if (seenKeys.size === 0) throw invalidWhere(`WHERE clause missing key column for disjunct: ${formatExpression(disjunct)}`, isWindowed);
    const named = key.filter((_column, i) => seenKeys.has(i)).map(({ name }) => `\`${name}\``);
    throw invalidWhere(
      `Multi-column sources must specify every key in the WHERE clause. Specified: [${named.join(', ')}] Expected: [${schemaText({ key, value: [] })}]`,
      isWindowed,
    );
  }
  return false;
}

const isLiteral = ({ kind }: Expression): boolean => ['boolean', 'integer', 'bigint', 'double', 'decimal', 'string'].includes(kind);

function keyValue(comparison: Comparison, other: Expression, column: Column, filtering: Filtering): SqlValue {
  const fault = () => new SqlError(`Primary key columns can not be NULL: ${formatExpression(comparison)}`, comparison.at);
  if (!isLiteral(other)) {
    const value = other.kind === 'null' ? null : resolved(other, column, 'pull query', filtering);
    if (value === null) throw fault();
    return value;
  }
  const { type, value } = computed(other, 'pull query', filtering);
  const found = coerced(value, type, column.type);
  if (found === undefined)
    throw new SqlError(
      `'${javaText(value, type!)}' can not be converted to the type of the key column: ${column.name} ${typeText(column.type, false)} KEY`,
      other.at,
    );
  if (found === null) throw fault();
  return found;
}

interface KeyConstraint {
  readonly operator: Comparison['operator'];
  readonly value: SqlValue;
}

/** What an alternative says of each column of the key: an equality, else the first comparison. */
function keyConstraints(disjunct: Expression, filtering: Filtering): Map<number, KeyConstraint> {
  const { key } = filtering.table.schema;
  const found = new Map<number, KeyConstraint>();
  const enter = (part: Expression): void => {
    if (part.kind === 'logical') {
      enter(part.left);
      return enter(part.right);
    }
    const side = part.kind === 'comparison' ? columnSide(part) : null;
    const index = key.findIndex(({ name }) => name === side?.column.name);
    if (!side || index < 0) return;
    const value = keyValue(part as Comparison, side.other, key[index]!, filtering);
    const present = found.get(index);
    // The operator is the one as written even where the column stands right of it, as in ksqlDB; the whole condition filters what is read.
    const { operator } = part as Comparison;
    if (!present || (operator === '=' && present.operator !== '=')) found.set(index, { operator, value });
  };
  enter(disjunct);
  return found;
}

function boundsOf(disjunct: Expression, filtering: Filtering): WindowBounds | null {
  if (!filtering.table.window) return null;
  return windowBoundsOf(disjunct, (expression) => {
    try {
      return Number(
        resolved(expression, { name: 'WINDOWSTART', type: { base: 'BIGINT' } }, 'pull query window bounds extractor', filtering),
      );
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      throw invalidWhere('Window bounds must resolve to an INT, BIGINT, or STRING containing a datetime.', true);
    }
  });
}

const rangeOperators: readonly string[] = ['<', '<=', '>', '>='];

/** What one alternative asks for; null where that cannot be told by the key. */
function constraintOf(disjunct: Expression, filtering: Filtering): (KeyLookup & { readonly operator: '=' | RangeOperator }) | null {
  const constraints = keyConstraints(disjunct, filtering);
  const bounds = boundsOf(disjunct, filtering);
  if (constraints.size === 0) return null;
  const { key } = filtering.table.schema;
  const row = key.map((_column, i) => constraints.get(i)?.value ?? null);
  if ([...constraints.values()].every(({ operator }) => operator === '=')) return { operator: '=', key: row, bounds };
  const [only] = constraints.values();
  const isOrdered = ['STRING', 'BYTES'].includes(key[0]!.type.base);
  if (constraints.size > 1 || !isOrdered || !rangeOperators.includes(only!.operator)) return null;
  return { operator: only!.operator as RangeOperator, key: row, bounds };
}

/** The lookup that needs no scan, if there is one. */
function lookupByKey(disjuncts: readonly Expression[], filtering: Filtering): Lookup {
  const constraints = disjuncts.map((disjunct) => constraintOf(disjunct, filtering));
  const known = constraints.flatMap((constraint) => (constraint ? [constraint] : []));
  if (known.length < constraints.length) return scan;
  if (known.every(({ operator }) => operator === '=')) return { kind: 'keys', keys: known.map(({ key, bounds }) => ({ key, bounds })) };
  const [range] = known;
  if (known.length > 1 || !filtering.settings.rangeScan || filtering.table.window) return scan;
  return { kind: 'range', operator: range!.operator as RangeOperator, key: range!.key };
}

/**
 * The rows to read for a rewritten condition, null where there is none. Throws SqlError, in ksqlDB's words, for conditions that pull queries
 * cannot have, and where a scan would be needed that is not allowed.
 */
export function lookupOf(condition: Expression | null, filtering: Filtering): Lookup {
  const isWindowed = filtering.table.window !== null;
  if (!condition && !filtering.settings.tableScan) throw invalidWhere('Missing WHERE clause', isWindowed);
  const disjuncts = condition ? disjunctsOf(condition) : [];
  const found = !condition || needsScan(disjuncts, filtering) ? scan : lookupByKey(disjuncts, filtering);
  if (found.kind === 'scan' && !filtering.settings.tableScan)
    throw new SqlError(
      'Query requires table scan to be enabled. Table scans can be enabled by setting ksql.query.pull.table.scan.enabled=true',
    );
  return found;
}
