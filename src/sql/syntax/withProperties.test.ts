import { describe, expect, test } from 'vitest';
import type { Statement } from './ast.ts';
import { parseStatements, prepareStatement } from './parse.ts';
import { SqlError } from './sqlError.ts';

const create = (properties: string): Statement => prepareStatement(parseStatements(`CREATE STREAM s (a INT) WITH (${properties});`)[0]!);

function failure(text: string): SqlError {
  try {
    prepareStatement(parseStatements(text)[0]!);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe('WITH', () => {
  test('[SQL-12] values may be texts of what the property wants', () => {
    expect(
      create("kafka_topic = 't', partitions = '4', \"replicas\" = 1, wrap_single_value = 'True', retention_ms = 5, key_format = NULL"),
    ).toMatchObject({
      properties: [
        { name: 'KAFKA_TOPIC', value: { kind: 'string', value: 't' } },
        { name: 'PARTITIONS', value: { kind: 'integer', value: 4 } },
        { name: 'replicas'.toUpperCase(), value: { kind: 'integer', value: 1 } },
        { name: 'WRAP_SINGLE_VALUE', value: { kind: 'boolean', value: true } },
        { name: 'RETENTION_MS', value: { kind: 'bigint', value: 5n } },
        { name: 'KEY_FORMAT', value: { kind: 'null' } },
      ],
    });
  });

  test.each([
    ["value_format = 'JSON'", 'Missing required property "KAFKA_TOPIC" which has no default value.'],
    ["kafka_topic = ''", 'Invalid value  for property KAFKA_TOPIC: String must be non-empty'],
    ['kafka_topic = 5', 'Invalid value 5 for property KAFKA_TOPIC: Expected value to be a string, but it was a java.lang.Integer'],
    ["kafka_topic = 't', partitions = 'x'", 'Invalid value x for property PARTITIONS: Not a number of type INT'],
    [
      "kafka_topic = 't', replicas = 40000",
      'Invalid value 40000 for property REPLICAS: Expected value to be a 16-bit integer (short), but it was a java.lang.Integer',
    ],
    [
      "kafka_topic = 't', wrap_single_value = 'maybe'",
      'Invalid value maybe for property WRAP_SINGLE_VALUE: Expected value to be either true or false',
    ],
    ["kafka_topic = 't', colour = 'red', taste = 1", 'Invalid config variable(s) in the WITH clause: COLOUR,TASTE'],
    ["kafka_topic = 't', format = 'JSON', key_format = 'KAFKA'", "Cannot supply both 'KEY_FORMAT' and 'FORMAT' properties"],
    ["kafka_topic = 't', value_delimiter = '<~>'", "Configuration VALUE_DELIMITER is invalid: Invalid delimiter value: '<~>'."],
    ["kafka_topic = 't', key_delimiter = ' '", 'Configuration KEY_DELIMITER is invalid: Delimiter cannot be empty'],
    [
      "kafka_topic = 't', window_type = 'sliding'",
      'Invalid value sliding for property WINDOW_TYPE: String must be one of: SESSION, HOPPING, TUMBLING, null',
    ],
    ["kafka_topic = 't', window_type = 'hopping'", "HOPPING windows require 'WINDOW_SIZE' to be provided in the WITH clause."],
    ["kafka_topic = 't', window_type = 'session', window_size = '1 HOUR'", "'WINDOW_SIZE' should not be set for SESSION windows."],
    [
      "kafka_topic = 't', window_type = 'tumbling', window_size = '1 YEAR'",
      "Configuration WINDOW_SIZE is invalid: Invalid duration: '1 YEAR'. Unknown time unit: 'YEAR'",
    ],
  ])('[SQL-12] %s is refused', (properties, message) => {
    expect(failure(`CREATE STREAM s (a INT) WITH (${properties});`).message).toContain(`Failed to prepare statement: ${message}`);
  });

  test('[SQL-12] what a query makes has no window of its own and needs no topic; INSERT INTO … has its query id alone', () => {
    expect(failure("CREATE STREAM o WITH (window_type = 'SESSION') AS SELECT * FROM s;").message).toContain('WITH clause: WINDOW_TYPE');
    expect(failure("INSERT INTO o WITH (kafka_topic = 'x') SELECT * FROM s;").message).toContain('WITH clause: KAFKA_TOPIC');
    expect(prepareStatement(parseStatements('CREATE STREAM o WITH (partitions = 2) AS SELECT * FROM s;')[0]!)).toMatchObject({
      kind: 'createAsSelect',
    });
  });

  test('[SQL-12] the place is that of the property', () => {
    expect(failure("CREATE STREAM s (a INT)\n WITH (kafka_topic = 't',\n  partitions = 1.5);").at).toEqual({ line: 3, column: 3 });
  });
});
