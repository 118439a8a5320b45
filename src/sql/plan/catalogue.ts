/** The streams and tables that statements have defined (`MetaStore`, `DataSource`). */
import type { FormatName } from '../formats/format.ts';
import { createSerde } from '../formats/format.ts';
import { SchemaRegistry } from '../formats/registry/schemaRegistry.ts';
import type { SchemaUse, Serde } from '../formats/serde.ts';
import type { SourceKind } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlType } from '../types/sqlType.ts';
import type { Column, Schema } from './schema.ts';

/** How the key or the value of a topic is written (`FormatInfo` with `SerdeFeatures`). */
export interface SideFormat {
  readonly format: FormatName;
  /** For a single column: whether it stands in an object; null where the format leaves no choice or there are several columns. */
  readonly wrapping: 'WRAP_SINGLES' | 'UNWRAP_SINGLES' | null;
  readonly delimiter: string;
  /** For the formats that have one in a registry, or that tell nulls in a way of their own. */
  readonly schema?: SchemaUse;
}

/** What windows the keys of a topic have; `sizeMs` is null for sessions. */
export interface WindowInfo {
  readonly type: 'TUMBLING' | 'HOPPING' | 'SESSION';
  readonly sizeMs: number | null;
}

/** A column that holds the header of one name, or all of them where `header` is null. */
export interface HeaderColumn extends Column {
  readonly header: string | null;
}

/** Which column holds the time of a record, and how it is written there; null is a number. */
export interface TimestampColumn {
  readonly column: string;
  readonly format: string | null;
}

export interface DataSource {
  readonly kind: SourceKind;
  readonly name: string;
  readonly schema: Schema;
  readonly headers: readonly HeaderColumn[];
  readonly topic: string;
  readonly keyFormat: SideFormat;
  readonly valueFormat: SideFormat;
  readonly window: WindowInfo | null;
  readonly timestamp: TimestampColumn | null;
  /** CREATE SOURCE: nothing may write to it. */
  readonly isReadOnly: boolean;
  /** Whether a query writes it, so that a statement that replaces it replaces the query. */
  readonly isQueried: boolean;
}

/** What statements see and change. */
export class Catalogue {
  readonly sources = new Map<string, DataSource>();
  readonly types = new Map<string, SqlType>();
  /** How many partitions statements have given topics (PARTITIONS); a topic that no statement says this of is not in it. */
  readonly partitions = new Map<string, number>();
  /** The schemas of topics whose formats need one. */
  readonly registry: SchemaRegistry;

  constructor(registry: SchemaRegistry = new SchemaRegistry()) {
    this.registry = registry;
  }

  /** The source of a name. Throws where there is none. */
  source(name: string): DataSource {
    const found = this.sources.get(name);
    if (!found) throw new SqlError(`${name} does not exist.${this.alternatives(name)}`);
    return found;
  }

  /** What to say of sources whose names are the same but for the case of letters; empty where there are none (`MetaStoreImpl.checkAlternatives`). */
  alternatives(name: string, kind: SourceKind | null = null): string {
    const found = [...this.sources.values()]
      .filter((source) => source.name.toLowerCase() === name.toLowerCase() && (kind === null || source.kind === kind))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const [only] = found;
    if (!only) return '';
    if (found.length > 1) {
      const names = found.map((source) => `"${source.name}" (${source.kind})`);
      const list = `${names.slice(0, -1).join(', ')}${names.length > 2 ? ',' : ''} or ${names.at(-1)!}`;
      return `\nDid you mean ${list}? Hint: wrap the source name in double quotes to make it case-sensitive.`;
    }
    return /\p{Ll}/u.test(only.name)
      ? `\nDid you mean "${only.name}"? Hint: wrap the source name in double quotes to make it case-sensitive.`
      : `\nDid you mean ${only.name}? Hint: try removing double quotes from the source name.`;
  }
}

/** Reads and writes one side of a source's topic. */
export function serdeOf({ format, wrapping, delimiter, schema }: SideFormat, columns: readonly Column[]): Serde {
  return createSerde(format, { columns, isUnwrapped: wrapping === 'UNWRAP_SINGLES', delimiter, ...(schema && { schema }) });
}
