import { expect, test } from 'vitest';
import { applicationIdOf, queryIdOf } from './applicationId.ts';
import type { Config } from './config.ts';
import { effectiveConfig, groupIdOf } from './effectiveConfig.ts';
import { governed } from './guarantee.ts';
import { newDocument } from './create.ts';

const node = (sql: string, config: Config = {}) => ({ id: 'sql-3', kind: 'sql', name: 'totals', config: { sql, ...config } }) as const;

test.each([
  ['CREATE STREAM big AS SELECT * FROM o;', 'CSAS_BIG_3'],
  ["create or replace table `Big one` with (kafka_topic='x (y)') as select 1 from o;", 'CTAS_Big one_3'],
  [
    "-- CREATE STREAM no AS SELECT\nCREATE STREAM s (a INT) WITH (KAFKA_TOPIC='CREATE TABLE x AS');\nCREATE TABLE IF NOT EXISTS t AS SELECT 1 FROM s;",
    'CTAS_T_3',
  ],
  ['INSERT INTO s SELECT * FROM o;', 'INSERTQUERY_3'],
  ['', 'INSERTQUERY_3'],
])('[STP-1] %s is the query %s', (sql, id) => {
  expect(queryIdOf(node(sql))).toBe(id);
});

test('[STP-1] the application.id is the group, too', () => {
  const plain = node('CREATE STREAM big AS SELECT * FROM o;');
  expect(groupIdOf(plain)).toBe('_confluent-ksql-default_query_CSAS_BIG_3');
  expect(groupIdOf(node('', { 'application.id': 'mine' }))).toBe('mine');
  expect(applicationIdOf({ id: 'f', kind: 'filter', name: 'f', config: {} })).toBeNull();
});

test('[STP-1] commits every 30 s, and every 100 ms with exactly_once_v2; at most once is none of its guarantees', () => {
  const interval = (config: Config) => effectiveConfig(node('', config))['commit.interval.ms'];
  expect(interval({})).toBe(30_000);
  expect(interval({ 'processing.guarantee': 'exactly_once_v2' })).toBe(100);
  expect(interval({ 'processing.guarantee': 'exactly_once_v2', 'commit.interval.ms': 500 })).toBe(500);
  const guaranteed = (guarantee: 'at-most-once' | 'exactly-once') =>
    governed({ ...newDocument(), nodes: [node('')], guarantee }).nodes[0]!.config;
  expect(guaranteed('at-most-once')['processing.guarantee']).toBeUndefined();
  expect(guaranteed('exactly-once')['processing.guarantee']).toBe('exactly_once_v2');
});
