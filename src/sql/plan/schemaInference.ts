/** Columns that a statement leaves to the schema in the registry (`DefaultSchemaInjector`, `SchemaRegistryTopicSchemaSupplier`). */
import { columnsOf } from '../formats/connect/connectSchema.ts';
import type { ConnectSchema } from '../formats/connect/connectSchema.ts';
import { formatOf } from '../formats/format.ts';
import { plain } from '../formats/connect/connectSchema.ts';
import { schemaCodec } from '../formats/registry/schemaCodec.ts';
import type { RegisteredSchema } from '../formats/registry/schemaRegistry.ts';
import type { SchemaUse } from '../formats/serde.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { sameType, typeText } from '../types/typeText.ts';
import type { SideFormat } from './catalogue.ts';
import type { SchemaPlace } from './schemaUse.ts';
import { checkSingle } from './schemaUse.ts';
import type { Column } from './schema.ts';

const sideName = (isKey: boolean): string => (isKey ? 'key' : 'value');

function notFound({ topic, isKey }: SchemaPlace, { subject, id }: SchemaUse): SqlError {
  return new SqlError(
    [
      `Schema for message ${sideName(isKey)}s on topic '${topic}' does not exist in the Schema Registry.`,
      `Subject: ${subject}`,
      ...(id === null ? [] : [`Schema Id: ${String(id)}`]),
      'Possible causes include:',
      '- The topic itself does not exist',
      '\t-> Use SHOW TOPICS; to check',
      '- Messages on the topic are not serialized using a format Schema Registry supports',
      `\t-> Use PRINT '${topic}' FROM BEGINNING; to verify`,
    ].join('\n'),
  );
}

function fetched(place: SchemaPlace, use: SchemaUse): RegisteredSchema {
  const id = use.id ?? place.registry.latest(use.subject);
  if (id === null || !place.registry.has(id)) throw notFound(place, use);
  return place.registry.schema(id);
}

const sourceText = ({ topic }: SchemaPlace, { id }: SchemaUse): string =>
  `topic: ${topic}${id === null ? '' : `, schema id: ${String(id)}`}`;

function connectOf(schema: RegisteredSchema, side: SideFormat, place: SchemaPlace, use: SchemaUse): ConnectSchema {
  const { schemaType } = formatOf(side.format)!;
  const { isKey } = place;
  if (schema.type !== schemaType)
    throw new SqlError(
      `${isKey ? 'Key' : 'Value'} schema is not in the expected format. You may want to set ${isKey ? 'KEY' : 'VALUE'}_FORMAT to '${schema.type}'.\n${sourceText(place, use)}\nexpected format: ${String(schemaType)}\nactual format from Schema Registry: ${schema.type}`,
    );
  const made = schemaCodec(schema, use).schema;
  if (side.wrapping !== 'UNWRAP_SINGLES') return made;
  return { ...plain(false), type: 'STRUCT', fields: [{ name: isKey ? 'ROWKEY' : 'ROWVAL', schema: made }] };
}

/**
 * The columns of a side by the schema in the registry, their names upper-cased unless the statement names the schema's id. Throws SqlError where there is no
 * schema, it is of another type, or it is none of columns.
 */
export function inferredColumns(side: SideFormat, place: SchemaPlace): readonly Column[] {
  const use = side.schema!;
  const { isKey } = place;
  const schema = fetched(place, use);
  let columns: readonly Column[];
  try {
    const made = connectOf(schema, side, place, use);
    if (made.type !== 'STRUCT')
      throw new SqlError(
        "Schema returned from schema registry is anonymous type. To use this schema with ksqlDB, set 'WRAP_SINGLE_VALUE=false' in the WITH clause properties.",
      );
    columns = columnsOf(made, (name) => (use.id === null ? name.toUpperCase() : name));
    if (columns.length === 0) throw new SqlError('Schema does not include any columns with types that ksqlDB supports.');
  } catch (error) {
    if (error instanceof SqlError && error.message.includes('is not in the expected format')) throw error;
    throw new SqlError(
      `Unable to verify if the ${sideName(isKey)} schema for ${sourceText(place, use)} is compatible with ksqlDB.\nReason: ${(error as Error).message}\n\nSchema:${schema.text}`,
    );
  }
  if (isKey && columns.length > 1)
    throw new SqlError(
      `The key schema for ${sourceText(place, use)} contains multiple columns, which is not supported by ksqlDB at this time.\nSchema:${schema.text}`,
    );
  checkSingle(schema, use, isKey);
  return columns;
}

/** Throws unless all columns of a query's result are in the schema whose id the statement names, in their place and of their type. */
export function checkNamedSchema(side: SideFormat, columns: readonly Column[], place: SchemaPlace): void {
  const use = side.schema;
  if (!use || use.id === null || columns.length === 0) return;
  const inferred = inferredColumns(side, place);
  const text = ({ name, type }: Column) => `\`${name}\` ${typeText(type)}${place.isKey ? ' KEY' : ''}`;
  const changed = columns.filter((column, i) => {
    const there = inferred[i];
    return there?.name !== column.name || !sameType(there.type, column.type);
  });
  if (changed.length === 0) return;
  throw new SqlError(
    `The following ${sideName(place.isKey)} columns are changed, missing or reordered: [${changed.map(text).join(', ')}]. Schema from schema registry is [${inferred.map(text).join(', ')}]`,
  );
}
