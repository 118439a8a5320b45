/** The formats of keys and values (`FormatFactory`): what each can hold and how it is read and written. */
import type { SqlType } from '../types/sqlType.ts';
import { delimitedSerde } from './delimited.ts';
import { jsonSerde } from './json.ts';
import { kafkaSerde } from './kafka.ts';
import type { Column, Serde, SerdeOptions } from './serde.ts';

/** JSON_SR is JSON whose schema a registry knows; the five bytes that name it there are left out. */
export type FormatName = 'JSON' | 'JSON_SR' | 'DELIMITED' | 'KAFKA' | 'NONE';

interface Format {
  readonly create: (options: SerdeOptions) => Serde;
  /** Whether a single column may stand in an object, and whether it may stand alone (`SerdeFeature`). */
  readonly canWrap: boolean;
  readonly canUnwrap: boolean;
  /** Bases of types that the format cannot hold. */
  readonly refuses: readonly SqlType['base'][];
}

const noneSerde: Serde = { serialise: () => null, deserialise: () => null };

const formats: Readonly<Record<FormatName, Format>> = {
  JSON: { create: jsonSerde, canWrap: true, canUnwrap: true, refuses: [] },
  JSON_SR: { create: jsonSerde, canWrap: true, canUnwrap: true, refuses: [] },
  DELIMITED: { create: delimitedSerde, canWrap: false, canUnwrap: true, refuses: ['ARRAY', 'MAP', 'STRUCT'] },
  KAFKA: {
    create: kafkaSerde,
    canWrap: false,
    canUnwrap: true,
    refuses: ['BOOLEAN', 'DECIMAL', 'ARRAY', 'MAP', 'STRUCT', 'DATE', 'TIME', 'TIMESTAMP'],
  },
  NONE: { create: () => noneSerde, canWrap: false, canUnwrap: false, refuses: [] },
};

/** The format of a name as WITH gives it, in any case; null where there is none of that name here. */
export function formatOf(name: string): (Format & { readonly name: FormatName }) | null {
  const upper = name.trim().toUpperCase() as FormatName;
  return Object.hasOwn(formats, upper) ? { ...formats[upper], name: upper } : null;
}

/** The first column that a format cannot hold, and the type that it refuses; null where it holds them all. */
export function refusedColumn(format: FormatName, columns: readonly Column[]): Column | null {
  const { refuses } = formats[format];
  return columns.find(({ type }) => refuses.includes(type.base)) ?? null;
}

export function createSerde(format: FormatName, options: SerdeOptions): Serde {
  return formats[format].create(options);
}
