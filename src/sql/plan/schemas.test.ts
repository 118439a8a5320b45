import { describe, expect, it } from 'vitest';
import { SchemaRegistry } from '../formats/registry/schemaRegistry.ts';
import { builtInFunctions } from '../functions/builtIn.ts';
import { emptyState } from '../operators/topology.ts';
import { parseStatements, prepareStatement } from '../syntax/parse.ts';
import { bindFunctions } from './boundFunctions.ts';
import { planConfig } from './planConfig.ts';
import { Planner } from './planner.ts';
import { schemaText } from './schema.ts';

/** Statements over a registry that knows some schemas by subject. */
function planned(text: string, schemas: Readonly<Record<string, string>> = {}, ids: Readonly<Record<string, number>> = {}) {
  const registry = new SchemaRegistry();
  for (const [subject, schema] of Object.entries(schemas))
    registry.register(subject, { type: schema.startsWith('syntax') ? 'PROTOBUF' : 'AVRO', text: schema, references: [] }, ids[subject]);
  const run = { state: emptyState(), wallClockMs: 0, write: () => undefined, log: () => undefined, random: () => 0, now: () => 0 };
  const planner = new Planner({
    registry,
    functions: (types) => bindFunctions(builtInFunctions, types),
    parseTimestamp: Number,
    insert: () => undefined,
    run,
  });
  for (const parsed of parseStatements(text)) planner.execute(prepareStatement(parsed), planConfig({}));
  return { planner, registry };
}

const textOf = (statements: string, schemas: Readonly<Record<string, string>>, name = 'S', ids = {}) =>
  schemaText(planned(statements, schemas, ids).planner.catalogue.source(name).schema);

const record = '{"type":"record","name":"n.R","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","string"],"default":null}]}';
const proto = 'syntax = "proto3"; message P { uint32 a = 1; } message Q { string b = 1; }';

describe('inference', () => {
  it('[SQL-343] columns that a statement does not name are those of the newest schema of the topic’s subject, in upper case', () => {
    expect(textOf("CREATE STREAM s (k STRING KEY) WITH (kafka_topic = 't', value_format = 'AVRO');", { 't-value': record })).toBe(
      '`K` STRING KEY, `A` INTEGER, `B` STRING',
    );
    expect(textOf("CREATE TABLE s WITH (kafka_topic = 't', format = 'AVRO');", { 't-key': '"long"', 't-value': record })).toBe(
      '`ROWKEY` BIGINT KEY, `A` INTEGER, `B` STRING',
    );
    expect(
      textOf("CREATE STREAM s WITH (kafka_topic = 't', value_format = 'AVRO', wrap_single_value = false);", { 't-value': '"int"' }),
    ).toBe('`ROWVAL` INTEGER');
  });

  it('[SQL-343] a schema’s id is for a statement without columns, which keeps their names as they are', () => {
    const statement = "CREATE STREAM s WITH (kafka_topic = 't', value_format = 'AVRO', value_schema_id = 5);";
    expect(textOf(statement, { other: record }, 'S', { other: 5 })).toBe('`a` INTEGER, `b` STRING');
    const { registry } = planned(statement, { other: record }, { other: 5 });
    expect(registry.latest('t-value')).toBe(5);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ["CREATE STREAM s WITH (kafka_topic = 't', value_format = 'AVRO');", {}, "Schema for message values on topic 't' does not exist"],
    ["CREATE STREAM s WITH (kafka_topic = 't', value_format = 'AVRO');", { 't-value': '"int"' }, 'anonymous type'],
    [
      "CREATE STREAM s WITH (kafka_topic = 't', value_format = 'PROTOBUF');",
      { 't-value': record },
      "You may want to set VALUE_FORMAT to 'AVRO'.",
    ],
    [
      "CREATE STREAM s WITH (kafka_topic = 't', value_format = 'PROTOBUF');",
      { 't-value': proto },
      'multiple schema definitions. \n\n- P\n- Q',
    ],
    ["CREATE STREAM s WITH (kafka_topic = 't', value_format = 'JSON', value_schema_id = 1);", {}, 'Current format is JSON.'],
    ["CREATE STREAM s (a INT) WITH (kafka_topic = 't', value_format = 'AVRO', value_schema_id = 1);", { x: record }, 'cannot both exist'],
    ["CREATE STREAM s (a INT) WITH (kafka_topic = 't', value_format = 'JSON', value_schema_full_name = 'x');", {}, '[fullSchemaName]'],
    ["CREATE STREAM s (`1a` INT) WITH (kafka_topic = 't', value_format = 'AVRO');", {}, 'Illegal initial character: 1a'],
    ["CREATE STREAM s WITH (kafka_topic = 't', format = 'KAFKA');", {}, 'No columns supplied.'],
  ])('[SQL-343] %s is refused', (statement, schemas, message) => {
    expect(() => planned(statement, schemas)).toThrow(message);
  });
});

describe('registration', () => {
  it('[SQL-344] a source registers the schema of its columns where its topic has none, a query’s sink always', () => {
    const { registry } = planned(
      `CREATE STREAM s (k STRING KEY, a INT, b STRING) WITH (kafka_topic = 't', value_format = 'AVRO');
       CREATE STREAM my_out WITH (key_format = 'AVRO') AS SELECT k, a FROM s;`,
      { 't-value': record },
    );
    expect(registry.latest('t-value')).toBe(1);
    expect(registry.schema(registry.latest('MY_OUT-value')!).text).toContain('KsqlDataSourceSchema');
    expect(registry.schema(registry.latest('MY_OUT-key')!).text).toBe('"string"');
  });

  it('[SQL-344] a sink with a schema’s id has its columns, in their place', () => {
    const source = "CREATE STREAM s (`b` STRING, `a` INT) WITH (kafka_topic = 't', value_format = 'JSON');";
    const sink = (select: string) =>
      `${source} CREATE STREAM o WITH (value_format = 'AVRO', value_schema_id = 1) AS SELECT ${select} FROM s;`;
    expect(() => planned(sink('`b`, `a`'), { x: record })).toThrow(
      'The following value columns are changed, missing or reordered: [`b` STRING, `a` INTEGER].',
    );
    expect(planned(sink('`a`, `b`'), { x: record }).registry.latest('O-value')).toBe(1);
  });

  it('[SQL-345] number literals of INSERT … SELECT have the DECIMAL of their column', () => {
    const statements = `CREATE STREAM s (v INT) WITH (kafka_topic = 't', value_format = 'JSON');
      CREATE STREAM o (a DECIMAL(5, 2), b DECIMAL(5, 2)) WITH (kafka_topic = 'o', value_format = 'JSON');`;
    expect(planned(`${statements} INSERT INTO o SELECT 1 AS a, 2.5 AS b FROM s;`).planner.queries).toHaveLength(1);
    expect(() => planned(`${statements} INSERT INTO o SELECT 1 AS a, 2.555 AS b FROM s;`)).toThrow('Incompatible schema');
  });
});
