/** What stands in a statement's WITH (`CommonCreateConfigs`, `CreateSourceProperties`, `CreateSourceAsProperties`). */
import type { Property } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { FormatRequest } from './formatChoice.ts';
import type { TimestampColumn, WindowInfo } from './catalogue.ts';

/** Milliseconds of the units that WINDOW_SIZE may have. */
const unitsMs: Readonly<Record<string, number>> = { DAY: 86_400_000, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1000, MILLISECOND: 1 };

export class SourceProperties {
  private readonly values = new Map<string, string>();

  constructor(properties: readonly Property[]) {
    for (const { name, value } of properties) {
      this.values.set(name.toUpperCase(), 'text' in value ? value.text : 'value' in value ? String(value.value) : '');
    }
  }

  get topic(): string | null {
    return this.values.get('KAFKA_TOPIC') ?? null;
  }

  get partitions(): number | null {
    const text = this.values.get('PARTITIONS');
    return text === undefined ? null : Number(text);
  }

  get key(): FormatRequest {
    return {
      format: this.values.get('KEY_FORMAT') ?? this.values.get('FORMAT') ?? null,
      delimiter: this.values.get('KEY_DELIMITER') ?? null,
      wrapsSingle: null,
      ...this.schema('KEY'),
    };
  }

  get value(): FormatRequest {
    const wraps = this.values.get('WRAP_SINGLE_VALUE');
    return {
      format: this.values.get('VALUE_FORMAT') ?? this.values.get('FORMAT') ?? null,
      delimiter: this.values.get('VALUE_DELIMITER') ?? null,
      wrapsSingle: wraps === undefined ? null : wraps.toLowerCase() === 'true',
      ...this.schema('VALUE'),
    };
  }

  private schema(side: 'KEY' | 'VALUE'): Pick<FormatRequest, 'fullName' | 'schemaId' | 'nullable'> {
    const ofAvro = side === 'VALUE' ? this.values.get('VALUE_AVRO_SCHEMA_FULL_NAME') : undefined;
    const id = this.values.get(`${side}_SCHEMA_ID`);
    const nullable = this.values.get(`${side}_PROTOBUF_NULLABLE_REPRESENTATION`)?.toUpperCase();
    return {
      fullName: ofAvro ?? this.values.get(`${side}_SCHEMA_FULL_NAME`) ?? null,
      schemaId: id === undefined ? null : Number(id),
      nullable: nullable === 'OPTIONAL' ? 'optional' : nullable === 'WRAPPER' ? 'wrapper' : 'none',
    };
  }

  /** The column's name is read as in a statement: upper-cased unless quoted. */
  get timestamp(): TimestampColumn | null {
    const text = this.values.get('TIMESTAMP');
    if (text === undefined) return null;
    const quoted = /^[`"](.*)[`"]$/.exec(text);
    return { column: quoted ? quoted[1]! : text.toUpperCase(), format: this.values.get('TIMESTAMP_FORMAT') ?? null };
  }

  get window(): WindowInfo | null {
    const type = this.values.get('WINDOW_TYPE')?.toUpperCase();
    const size = this.values.get('WINDOW_SIZE');
    if (type === undefined) return null;
    if (type === 'SESSION') return { type, sizeMs: null };
    const [, count = '', unit = ''] = /^(\d+)\s([A-Za-z]+?)[sS]?$/.exec(size ?? '') ?? [];
    const unitMs = unitsMs[unit.toUpperCase()];
    if (unitMs === undefined)
      throw new SqlError(
        `Error in WITH clause property 'WINDOW_SIZE': Invalid duration: '${size ?? ''}'. Use a whole number of milliseconds, seconds, minutes, hours or days.`,
      );
    return { type: type === 'HOPPING' ? 'HOPPING' : 'TUMBLING', sizeMs: Number(count) * unitMs };
  }
}
