/** Names for columns that have none (`ColumnNames`). */
import type { Expression } from '../syntax/ast.ts';
import type { Column } from './schema.ts';

const generatedPrefix = 'KSQL_COL';
const syntheticKeyPrefix = 'ROWKEY';

/** Counts numbers up that no column of a name's stem has yet. */
class Numbering {
  private next = 0;
  private readonly used = new Set<number>();
  private readonly stem: string;

  constructor(stem: string) {
    this.stem = stem;
  }

  use(number: number): void {
    this.used.add(number);
  }

  name(): string {
    while (this.used.has(this.next)) this.next++;
    const number = this.next++;
    return number === 0 && this.stem !== generatedPrefix ? this.stem : `${this.stem}_${String(number)}`;
  }
}

const numbered = /^(.*?)(?:_(\d+))?$/s;

/** Gives names that no column of the given ones has, nor any given before. */
export class AliasGenerator {
  private readonly stems = new Map<string, Numbering>();

  constructor(columns: readonly Column[]) {
    for (const { name } of columns) {
      const [, stem = name, number = '0'] = numbered.exec(name) ?? [];
      this.numbering(stem).use(Number(number));
    }
  }

  /** A field's own name where it is free, else KSQL_COL with a number. */
  aliasFor(expression: Expression): string {
    if (expression.kind !== 'field') return this.numbering(generatedPrefix).name();
    return this.numbering(numbered.exec(expression.name)?.[1] ?? expression.name).name();
  }

  /** The name of a join's key that is no column of either side. */
  syntheticKey(): string {
    return this.numbering(syntheticKeyPrefix).name();
  }

  private numbering(stem: string): Numbering {
    const found = this.stems.get(stem) ?? new Numbering(stem);
    this.stems.set(stem, found);
    return found;
  }
}

export const joinAlias = (source: string, column: string): string => `${source}_${column}`;
export const maybeSyntheticKey = (name: string): boolean => name.startsWith(syntheticKeyPrefix);
export const aggregateColumn = (index: number): string => `KSQL_AGG_VARIABLE_${String(index)}`;
export const synthesisedColumn = (index: number): string => `KSQL_SYNTH_${String(index)}`;
