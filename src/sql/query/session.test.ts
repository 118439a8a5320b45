import { describe, expect, it } from 'vitest';
import { asked, entityOf, memoryServer, nowMs, produce, refusalOf } from './handMade.ts';
import { RefusedStatement } from './refusedStatement.ts';

const stream = "CREATE STREAM s (k STRING KEY, v INT) WITH (kafka_topic = 'src');";
const table = 'CREATE TABLE t AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;';

describe('statements', () => {
  it('[SQL-380] are executed in their order up to the first that is refused', () => {
    const server = memoryServer('');
    expect(refusalOf(server, `${stream} SELECT * FROM missing; ${table}`)).toBe(
      'MISSING does not exist.\nStatement: SELECT * FROM missing;',
    );
    expect(entityOf(server, 'streams', 'LIST STREAMS;').streams).toEqual([
      { type: 'STREAM', name: 'S', topic: 'src', keyFormat: 'KAFKA', valueFormat: 'JSON', isWindowed: false },
    ]);
    expect(entityOf(server, 'tables', 'SHOW TABLES;').tables).toEqual([]);
    expect(refusalOf(server, `${table} SELECT FROM;`)).toContain('Syntax Error');
    expect(server.planner.catalogue.sources.has('T')).toBe(false);
  });

  it('[SQL-380] a refusal says when it came and of which statement', () => {
    const server = memoryServer(stream);
    const thrown = (text: string): RefusedStatement => {
      try {
        server.execute(text);
      } catch (error) {
        if (error instanceof RefusedStatement) return error;
      }
      throw new Error('not refused');
    };
    expect(thrown('SELECT * FROM s LIMIT 1.5;')).toMatchObject({
      stage: 'prepare',
      message: 'Failed to prepare statement: Value must be integer for command: LIMIT\nStatement: SELECT * FROM s LIMIT 1.5;',
    });
    expect(thrown('SELECT 1 + NULL FROM s EMIT CHANGES;')).toMatchObject({
      stage: 'push',
      message: 'Error processing expression: (1 + null). Arithmetic on types INTEGER and null are not supported.',
    });
    expect(thrown('SELECT * FROM s ORDER BY k;').stage).toBe('parse');
    expect(thrown('TERMINATE nothing;')).toMatchObject({ stage: 'execute', statementText: 'TERMINATE nothing;' });
  });

  it('[SQL-381] that make or drop something say so', () => {
    const server = memoryServer('');
    const message = (text: string) => entityOf(server, 'currentStatus', text).commandStatus.message;
    expect(message(stream)).toBe('Stream created');
    expect(message(table)).toBe('Created query with ID CTAS_T_0');
    expect(message('INSERT INTO s SELECT * FROM s;')).toBe('Created query with ID INSERTQUERY_1');
    expect(message("CREATE SOURCE TABLE u (k STRING PRIMARY KEY, v INT) WITH (kafka_topic = 'u');")).toBe('Created query with ID CST_U_2');
    expect(message('CREATE TYPE money AS DECIMAL(9, 2);')).toBe("Registered custom type with name 'MONEY' and SQL type DECIMAL(9, 2)");
    expect(message('DROP TABLE u;')).toBe('Source `U` (topic: u) was dropped.');
    expect(message('DROP TABLE IF EXISTS u;')).toBe('Source `U` does not exist.');
    expect(message('DROP TYPE money;')).toBe("Dropped type 'MONEY'");
    expect(entityOf(server, 'warning_entity', stream.replace('STREAM', 'STREAM IF NOT EXISTS')).message).toBe(
      'Cannot add stream `S`: A stream with the same name already exists.',
    );
  });

  it('[SQL-385] INSERT … VALUES takes values of the columns’ types, and says nothing', () => {
    const server = memoryServer(`${stream} CREATE TABLE m (k INT PRIMARY KEY, v DECIMAL(4, 2)) WITH (kafka_topic = 'm');
      CREATE STREAM l (v ARRAY<INT>) WITH (kafka_topic = 'l', value_format = 'PROTOBUF');`);
    expect(server.execute("INSERT INTO s VALUES ('a', 1); INSERT INTO m (v, k, rowtime) VALUES (1.5, 2, 7);")).toEqual([
      { kind: 'nothing' },
      { kind: 'nothing' },
    ]);
    expect(server.recordsOf('src')).toMatchObject([{ value: '{"V":1}', timestampMs: nowMs }]);
    expect(server.recordsOf('m')).toMatchObject([{ value: '{"V":1.50}', timestampMs: 7 }]);
    const failed = (text: string) => refusalOf(server, text);
    expect(failed("INSERT INTO s (v) VALUES ('1');")).toContain(
      "Failed to insert values into 'S'. Expected type INTEGER for field `V` but got STRING(1)",
    );
    expect(failed('INSERT INTO l (v) VALUES (ARRAY[1, CAST(NULL AS INT)]);')).toContain(
      "Failed to insert values into 'L'. Could not serialize value: A list of Protocol Buffers cannot hold null.",
    );
    expect(failed('INSERT INTO s (rowoffset) VALUES (1);')).toContain('Inserting into column `ROWOFFSET` is not allowed.');
    expect(failed('INSERT INTO m (v) VALUES (1);')).toContain('Value for primary key column(s) K is required for tables');
    expect(failed('INSERT INTO s (k) VALUES (k);')).toContain('Unsupported column reference in insert value: K');
    expect(failed('INSERT INTO x (k) VALUES (1);')).toContain('Cannot insert values into an unknown stream/table: `X`');
  });

  it('[SQL-388] of Kafka Connect are read and refused', () => {
    const server = memoryServer('');
    for (const text of ["CREATE SOURCE CONNECTOR c WITH ('connector.class' = 'x');", 'SHOW CONNECTORS;', 'DROP CONNECTOR c;'])
      expect(refusalOf(server, text)).toContain('There is no Kafka Connect here');
  });
});

describe('lists and descriptions', () => {
  it('[SQL-382] topics are listed by name, internal ones only with ALL', () => {
    const server = memoryServer(`${stream} ${table}`);
    produce(server, '_confluent-x', [null, null, 0]);
    expect(entityOf(server, 'kafka_topics', 'SHOW TOPICS;').topics).toEqual([
      { name: 'T', replicaInfo: [1] },
      { name: 'src', replicaInfo: [1] },
    ]);
    expect(entityOf(server, 'kafka_topics', 'SHOW ALL TOPICS;').topics).toHaveLength(3);
    expect(entityOf(server, 'kafka_topics_extended', 'LIST TOPICS EXTENDED;').topics[1]).toEqual({
      ...{ name: 'src', replicaInfo: [1], consumerCount: 1, consumerGroupCount: 1 },
    });
  });

  it('[SQL-382] a source is described with its columns, its queries and what is made from it', () => {
    const server = memoryServer(`${stream} ${table}`);
    const { sourceDescription } = entityOf(server, 'sourceDescription', 'DESCRIBE s;');
    expect(sourceDescription).toMatchObject({
      ...{ name: 'S', type: 'STREAM', topic: 'src', statement: stream, partitions: 1, replication: 1, sourceConstraints: ['T'] },
      fields: [
        { name: 'K', fieldType: 'KEY', schema: { type: 'STRING' } },
        { name: 'V', schema: { type: 'INTEGER' } },
      ],
      readQueries: [{ id: 'CTAS_T_0', queryString: table, sinks: ['T'], sinkKafkaTopics: ['T'], state: 'RUNNING:1' }],
      writeQueries: [],
    });
    expect(entityOf(server, 'source_descriptions', 'DESCRIBE TABLES;').sourceDescriptions.map(({ name }) => name)).toEqual(['T']);
    expect(refusalOf(server, 'DESCRIBE `s`;')).toContain(
      "Could not find STREAM/TABLE 's' in the Metastore\nDid you mean S? Hint: try removing double",
    );
    expect(refusalOf(server, 'DESCRIBE x;')).toContain("Could not find STREAM/TABLE 'X' in the Metastore");
  });

  it('[SQL-382] EXPLAIN tells of a query or of what a statement would run, and changes nothing', () => {
    const server = memoryServer(`${stream} ${table}`);
    const explained = (text: string) => entityOf(server, 'queryDescription', text).queryDescription;
    expect(explained('EXPLAIN CTAS_T_0;')).toMatchObject({ id: 'CTAS_T_0', sources: ['S'], sinks: ['T'], state: 'RUNNING' });
    expect(explained('EXPLAIN SELECT v FROM s EMIT CHANGES;').topology).toBe(`Topologies:
   Sub-topology: 0
    Source: KSTREAM-SOURCE-0000000000 (topics: [src])
      --> KSTREAM-PROCESSVALUES-0000000001
    Processor: KSTREAM-PROCESSVALUES-0000000001 (stores: [])
      --> KSTREAM-PEEK-0000000002, Project
      <-- KSTREAM-SOURCE-0000000000
    Processor: Project (stores: [])
      --> KSTREAM-PROCESSOR-0000000003
      <-- KSTREAM-PROCESSVALUES-0000000001
    Processor: KSTREAM-PEEK-0000000002 (stores: [])
      --> none
      <-- KSTREAM-PROCESSVALUES-0000000001
    Processor: KSTREAM-PROCESSOR-0000000003 (stores: [])
      --> none
      <-- Project

`);
    expect(explained('EXPLAIN CREATE STREAM u AS SELECT k, v + 1 AS w FROM s;')).toMatchObject({
      ...{ id: 'CSAS_U_1', sinks: ['U'], state: null, statementText: 'CREATE STREAM u AS SELECT k, v + 1 AS w FROM s;' },
    });
    expect(explained('EXPLAIN SELECT v FROM s EMIT CHANGES;')).toMatchObject({ queryType: 'PUSH', fields: [{ name: 'V' }] });
    expect(refusalOf(server, 'EXPLAIN SHOW TOPICS;')).toContain('The provided statement does not run a ksql query');
    expect(refusalOf(server, 'EXPLAIN x;')).toContain('Query with id:X does not exist');
    expect(server.planner.queries.map(({ id }) => id)).toEqual(['CTAS_T_0']);
    expect(entityOf(server, 'currentStatus', 'CREATE STREAM u AS SELECT * FROM s;').commandStatus.queryId).toBe('CSAS_U_1');
  });

  it('[SQL-382] functions are listed by kind, name and category, and described by their signatures', () => {
    const server = memoryServer('');
    const { functions } = entityOf(server, 'function_names', 'SHOW FUNCTIONS;');
    expect(functions).toContainEqual({ name: 'ABS', type: 'SCALAR', category: 'MATHEMATICAL' });
    expect(functions).toContainEqual({ name: 'EXPLODE', type: 'TABLE', category: 'TABLE' });
    expect(functions).toContainEqual({ name: 'TOPK', type: 'AGGREGATE', category: 'AGGREGATE' });
    const described = entityOf(server, 'describe_function', 'DESCRIBE FUNCTION initcap;');
    expect(described).toMatchObject({ name: 'INITCAP', type: 'SCALAR', category: 'STRING' });
    expect(described.functions).toMatchObject([{ arguments: [{ type: 'VARCHAR' }], returnType: 'STRING' }]);
    expect(refusalOf(server, 'DESCRIBE FUNCTION nothing;')).toContain("Can't find any functions with the name");
  });
});

describe('queries that run', () => {
  it('[SQL-383] are paused, resumed and terminated by their ids', () => {
    const server = memoryServer(`${stream} ${table}`);
    const states = () => entityOf(server, 'queries', 'SHOW QUERIES;').queries.map(({ id, state }) => `${id} ${state}`);
    const counts = () => asked(server, 'SELECT * FROM t;').slice(1);
    produce(server, 'src', ['a', '{}', 0]);
    server.execute('PAUSE CTAS_T_0;');
    expect(states()).toEqual(['CTAS_T_0 PAUSED:1']);
    produce(server, 'src', ['b', '{}', 0]);
    expect(counts()).toEqual(['a 1']);
    server.execute('RESUME ALL;');
    produce(server, 'src', ['a', '{}', 0]);
    expect(counts()).toEqual(['a 2', 'b 1']);
    expect(entityOf(server, 'currentStatus', 'TERMINATE ctas_t_0;').commandStatus.message).toBe('Query terminated.');
    expect(states()).toEqual([]);
    produce(server, 'src', ['a', '{}', 0]);
    expect(counts()).toEqual(['a 2', 'b 1']);
    expect(refusalOf(server, 'PAUSE CTAS_T_0;')).toContain('Unknown queryId: CTAS_T_0');
  });

  it('[SQL-383] the query of a source table ends with the table alone', () => {
    const server = memoryServer("CREATE SOURCE TABLE u (k STRING PRIMARY KEY, v INT) WITH (kafka_topic = 'u');");
    expect(refusalOf(server, 'TERMINATE CST_U_0;')).toContain("Cannot terminate query 'CST_U_0' because it is linked to a source table.");
    server.execute('DROP TABLE u;');
    expect(entityOf(server, 'queries', 'SHOW QUERIES;').queries).toEqual([]);
  });

  it('[SQL-384] a source is not dropped while others are made from it; DELETE TOPIC takes the topic along', () => {
    const server = memoryServer(`${stream} ${table} INSERT INTO s SELECT * FROM s;`);
    expect(refusalOf(server, 'DROP STREAM s;')).toContain(
      'Cannot drop S.\nThe following queries read from this source: [INSERTQUERY_1].\nThe following queries write into this source: [INSERTQUERY_1].\nYou need to terminate them before dropping S.',
    );
    server.execute('TERMINATE INSERTQUERY_1;');
    expect(refusalOf(server, 'DROP STREAM s;')).toContain('The following streams and/or tables read from this source: [T].');
    produce(server, 'src', ['a', '{}', 0]);
    server.execute('DROP TABLE t DELETE TOPIC; DROP STREAM s;');
    expect([...server.topics.keys()]).toEqual(['src']);
    expect(entityOf(server, 'queries', 'SHOW QUERIES;').queries).toEqual([]);
  });
});

describe('the session', () => {
  it('[SQL-386] keeps settings and variables, which later statements see', () => {
    const server = memoryServer(stream);
    server.execute(
      "SET 'ksql.output.topic.name.prefix' = 'made.'; CREATE STREAM a AS SELECT * FROM s; UNSET 'ksql.output.topic.name.prefix';",
    );
    expect(server.planner.catalogue.source('A').topic).toBe('made.A');
    server.execute("DEFINE name = 'b'; CREATE STREAM ${name} AS SELECT * FROM s;");
    expect(server.planner.catalogue.source('B').topic).toBe('B');
    expect(entityOf(server, 'variables', 'SHOW VARIABLES;').variables).toEqual([{ name: 'name', value: 'b' }]);
    server.execute('UNDEFINE name;');
    expect(entityOf(server, 'warning_entity', 'UNDEFINE name;').message).toBe("Cannot undefine variable 'name' which was never defined");
    expect(refusalOf(server, "SET 'nonsense' = '1';")).toContain('Unknown property: nonsense');
    server.execute("SET 'ksql.query.pull.table.scan.enabled' = 'false';");
    const { properties, overwrittenProperties } = entityOf(server, 'properties', 'SHOW PROPERTIES;');
    expect(properties).toContainEqual({ name: 'ksql.query.pull.table.scan.enabled', scope: 'KSQL', value: 'false' });
    expect(overwrittenProperties).toEqual(['ksql.query.pull.table.scan.enabled']);
  });

  it('[SQL-386] lists the types that were made', () => {
    const server = memoryServer('CREATE TYPE money AS DECIMAL(9, 2);');
    expect(entityOf(server, 'type_list', 'SHOW TYPES;').types).toEqual({
      MONEY: { type: 'DECIMAL', fields: null, memberSchema: null, parameters: { precision: 9, scale: 2 } },
    });
  });

  it('[SQL-387] asserts what is there of topics and schemas', () => {
    const server = memoryServer(stream);
    server.schemas.add('src-value#');
    expect(entityOf(server, 'assert_topic', 'ASSERT TOPIC src WITH (partitions = 1);')).toMatchObject({ topicName: 'src', exists: true });
    expect(refusalOf(server, 'ASSERT TOPIC src WITH (partitions = 2, replicas = 3);')).toContain(
      'Mismatched configuration for topic src: For config partitions, expected 2 got 1\nMismatched configuration for topic src: For config replicas, expected 3 got 1',
    );
    expect(refusalOf(server, 'ASSERT TOPIC other;')).toContain('Topic other does not exist');
    expect(refusalOf(server, 'ASSERT NOT EXISTS TOPIC src;')).toContain('Topic src exists');
    expect(entityOf(server, 'assert_schema', "ASSERT SCHEMA SUBJECT 'src-value';").exists).toBe(true);
    expect(refusalOf(server, "ASSERT SCHEMA SUBJECT 'x' ID 4;")).toContain('Schema with subject name x id 4 does not exist');
  });
});
