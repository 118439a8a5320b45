/** Where a query writes (`LogicalPlanner.buildOutputNode`, `StreamSinkBuilder`, `TableSinkBuilder`). */
import type { StreamRecord } from '../operators/row.ts';
import { passStream, sinkStream } from '../operators/streams.ts';
import { streamOfTable } from '../operators/tables.ts';
import type { SourceKind } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { DataSource } from './catalogue.ts';
import { serdeOf } from './catalogue.ts';
import { keySide, requireFormat, valueSide } from './formatChoice.ts';
import type { PlanContext } from './planContext.ts';
import { checkDuplicates } from './projection.ts';
import type { Relation } from './relation.ts';
import type { Schema } from './schema.ts';
import { hasColumn, schemaText } from './schema.ts';
import { typeText } from '../types/typeText.ts';
import type { SourceProperties } from './sourceProperties.ts';
import { checkNamedSchema } from './schemaInference.ts';
import { registerSchema, withSchema } from './schemaUse.ts';
import { sizedWindow } from './sourceRelation.ts';
import { checkTimestampColumn, extractTimestamp } from './timestamps.ts';

/** The source that CREATE … AS SELECT makes of a query's result; what WITH leaves open is as with the query's first source. */
export function sinkOfQuery(
  { kind, name, properties }: { readonly kind: SourceKind; readonly name: string; readonly properties: SourceProperties },
  { schema: resultSchema, window, kind: resultKind }: Relation,
  { analysis, config, catalogue }: PlanContext,
): DataSource {
  if (kind !== resultKind) throw wrongKind(resultKind);
  const schema: Schema = {
    key: resultSchema.key,
    value: resultSchema.value.filter(({ name: column }) => !hasColumn(resultSchema.key, column)),
  };
  const first = analysis.sources[0]!.source;
  checkDuplicates({ key: schema.key, value: resultSchema.value }, typeText);
  checkTimestampColumn(properties.timestamp, [...schema.key, ...schema.value]);
  const isByNull = analysis.partitionBy?.some((by) => by.kind === 'null') ?? false;
  if (isByNull && properties.key.format !== null && properties.key.format.toUpperCase() !== 'NONE')
    throw new SqlError('Key format specified for stream without key columns.');
  const isKeyless = first.keyFormat.format === 'NONE' && schema.key.length > 0;
  const keyFormat = requireFormat(
    isByNull ? 'NONE' : (properties.key.format ?? (isKeyless ? config.defaultKeyFormat : first.keyFormat.format)),
  );
  const valueFormat = requireFormat(properties.value.format ?? first.valueFormat.format);
  const topic = properties.topic ?? config.topicPrefix + name;
  const keyPlace = { registry: catalogue.registry, topic, source: name, isKey: true };
  const valuePlace = { ...keyPlace, isKey: false };
  const key = withSchema(keySide(keyFormat, schema.key, properties.key, first.keyFormat), properties.key, keyPlace, first.keyFormat);
  const value = withSchema(
    valueSide(valueFormat, schema.value, properties.value, first.valueFormat, config.wrapsSingleValues),
    ...([properties.value, valuePlace, first.valueFormat] as const),
  );
  checkNamedSchema(key, schema.key, keyPlace);
  checkNamedSchema(value, schema.value, valuePlace);
  registerSchema(key, schema.key, true);
  registerSchema(value, schema.value, true);
  return {
    ...{ kind, name, schema, headers: [], topic, keyFormat: key, valueFormat: value },
    ...{ window, timestamp: properties.timestamp, isReadOnly: false, isQueried: true },
  };
}

function wrongKind(got: SourceKind): SqlError {
  return new SqlError(`Invalid result type. Your SELECT query produces a ${got}. Please use CREATE ${got} AS SELECT statement instead.`);
}

/** Throws unless a query's result fits the stream that it is to be inserted into. */
export function checkInsertSchema(result: Relation, target: DataSource): void {
  const names = ({ key, value }: Schema) => schemaText({ key, value });
  const resultSchema: Schema = { key: result.schema.key, value: result.schema.value };
  if (names(resultSchema) === names(target.schema)) return;
  throw new SqlError(
    `Incompatible schema between results and sink.\nResult schema is ${names(resultSchema)}\nSink schema is ${names(target.schema)}`,
  );
}

/** Writes the rows of a result to the sink's topic. */
export function connectSink(
  result: Relation,
  sink: DataSource,
  { parseTimestamp, topology }: Pick<PlanContext, 'parseTimestamp' | 'topology'>,
): void {
  const changes = result.kind === 'STREAM' ? result.stream : streamOfTable(topology, result.table);
  const stream = sink.timestamp ? passStream(topology, changes, `ApplyTimestampTransform-${sink.name}`) : changes;
  const key = serdeOf(sink.keyFormat, sink.schema.key);
  const value = serdeOf(sink.valueFormat, sink.schema.value);
  const at = sink.schema.value.map(({ name }) => result.schema.value.findIndex((column) => column.name === name));
  const timeOf = sink.timestamp ? timeReader(sink, parseTimestamp) : null;
  sinkStream(topology, stream, sink.topic, (record, run) => {
    const row = record.value && at.map((index) => record.value![index]!);
    const timestampMs = timeOf ? timeOf({ ...record, value: row }) : record.timestampMs;
    if (timestampMs === null) return run.log(`Skipping a record for ${sink.topic} without a valid timestamp.`);
    run.write(sink.topic, {
      key: sink.schema.key.length === 0 ? null : key.serialise(record.key),
      value: value.serialise(row),
      timestampMs,
      window: sizedWindow(record.window, sink.window),
      headers: record.headers,
    });
  });
}

function timeReader({ schema, timestamp }: DataSource, parse: PlanContext['parseTimestamp']): (record: StreamRecord) => number | null {
  if (!timestamp) return (record) => record.timestampMs;
  const inKey = schema.key.findIndex(({ name }) => name === timestamp.column);
  const inValue = schema.value.findIndex(({ name }) => name === timestamp.column);
  return ({ key, value, timestampMs }) => {
    if (value === null) return timestampMs;
    return extractTimestamp((inKey >= 0 ? key?.[inKey] : value[inValue]) ?? null, timestamp.format, parse);
  };
}
