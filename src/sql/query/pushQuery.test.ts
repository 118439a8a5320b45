import { describe, expect, it } from 'vitest';
import { asked, entityOf, memoryServer, produce, refusalOf, rowText } from './handMade.ts';
import type { MemoryServer } from './memoryServer.ts';
import type { PushPlan, PushState } from './pushPlan.ts';
import { resultSchemaText } from './resultSchema.ts';

const stream = "CREATE STREAM s (k STRING KEY, v INT) WITH (kafka_topic = 's');";
const table = 'CREATE TABLE t AS SELECT k, SUM(v) AS total FROM s GROUP BY k HAVING SUM(v) > 0;';
const summed = `${stream} ${table}`;
const v2 = { 'ksql.query.push.v2.enabled': 'true' };

function planOf(server: MemoryServer, text: string): PushPlan {
  const [answer] = server.execute(text);
  if (answer?.kind !== 'push') throw new Error('no push query');
  return answer.plan;
}

const fill = (server: MemoryServer) => produce(server, 's', ['a', '{"V": 1}', 10], ['b', '{"V": 2}', 20], ['a', '{"V": -1}', 30]);

describe('push queries', () => {
  it('[SQL-370] a row has what SELECT names, in its order, keys among it; a group need not be selected', () => {
    const server = memoryServer(stream);
    fill(server);
    const plan = planOf(server, 'SELECT v * 2 AS d, k, rowtime, rowoffset FROM s EMIT CHANGES;');
    expect(resultSchemaText(plan.columns)).toBe('`D` INTEGER, `K` STRING, `ROWTIME` BIGINT, `ROWOFFSET` BIGINT');
    expect(server.begin(plan, 'earliest').rows.map((row) => rowText(plan.columns, row))).toEqual(['2 a 10 0', '4 b 20 1', '-2 a 30 2']);
    const grouped = planOf(server, 'SELECT COUNT(*) AS n FROM s GROUP BY k EMIT CHANGES;');
    expect(server.begin(grouped, 'earliest').rows.map((row) => rowText(grouped.columns, row))).toEqual(['1', '1', '2']);
  });

  it('[SQL-370] all rows are one group where aggregates have no GROUP BY', () => {
    const server = memoryServer(stream);
    fill(server);
    const plan = planOf(server, 'SELECT COUNT(*) AS n, SUM(v) AS total FROM s EMIT CHANGES;');
    expect(server.begin(plan, 'earliest').rows.map((row) => rowText(plan.columns, row))).toEqual(['1 1', '2 3', '3 2']);
    expect(refusalOf(server, 'CREATE TABLE t AS SELECT COUNT(*) AS n FROM s;')).toContain('without a GROUP BY clause');
  });

  it('[SQL-371] a row that a table loses is answered by its key alone', () => {
    const server = memoryServer(summed);
    fill(server);
    const rows = (text: string) => {
      const plan = planOf(server, text);
      return server.begin(plan, 'earliest').rows.map((row) => rowText(plan.columns, row));
    };
    expect(rows('SELECT * FROM t EMIT CHANGES;')).toEqual(['a 1', 'b 2', 'a null removed']);
    expect(rows('SELECT total FROM t EMIT CHANGES;')).toEqual(['1', '2', 'null removed']);
  });

  it('[SQL-372] LIMIT ends a query, which takes no more then', () => {
    const server = memoryServer(stream);
    const push = server.begin(planOf(server, 'SELECT k FROM s EMIT CHANGES LIMIT 2;'), 'latest');
    expect(push.isOver()).toBe(false);
    fill(server);
    expect(push.rows).toHaveLength(2);
    expect(push.isOver()).toBe(true);
  });

  it('[SQL-383] a push query is terminated by its id', () => {
    const server = memoryServer(stream);
    const push = server.begin(planOf(server, 'SELECT k FROM s EMIT CHANGES;'), 'latest');
    fill(server);
    expect(entityOf(server, 'terminate_query', `TERMINATE ${push.plan.id};`)).toMatchObject({
      queryId: 'transient_S_1',
      wasTerminated: true,
    });
    fill(server);
    expect(push.rows).toHaveLength(3);
    expect(refusalOf(server, 'TERMINATE transient_s_1;')).toContain("Failed to terminate query with query ID: 'TRANSIENT_S_1'");
  });

  it('[SQL-372] what a query has come to is plain data: a copy goes on alone', () => {
    const server = memoryServer(stream);
    fill(server);
    const plan = planOf(server, 'SELECT k, SUM(v) AS total FROM s GROUP BY k EMIT CHANGES;');
    const run = { wallClockMs: 0, write: () => {}, log: () => {}, random: () => 0, now: () => 0 };
    const offer = (state: PushState, at: number) =>
      plan.offer(state, 's', server.recordsOf('s')[at]!, run).map((row) => rowText(plan.columns, row));
    const state = plan.initialState();
    offer(state, 0);
    const copy = structuredClone(state);
    expect(offer(state, 2)).toEqual(['a 0']);
    expect(offer(copy, 2)).toEqual(['a 0']);
    expect(offer(state, 0)).toEqual(['a 1']);
  });

  it('[SQL-374] a push query of a stream that one query writes takes its rows from there, from now on', () => {
    const text = `${stream} CREATE STREAM made AS SELECT * FROM s;`;
    const server = memoryServer(text, v2);
    expect(planOf(server, 'SELECT k FROM made EMIT CHANGES;')).toMatchObject({ isScalable: true, id: 'SCALABLE_PUSH_QUERY_1' });
    expect(planOf(server, 'SELECT k FROM s EMIT CHANGES;')).toMatchObject({ isScalable: false, id: 'transient_S_2' });
    expect(planOf(server, 'SELECT COUNT(*) FROM made GROUP BY k EMIT CHANGES;').isScalable).toBe(false);
    expect(refusalOf(server, 'SELECT *, v FROM made EMIT CHANGES;')).toContain('Scalable push queries only support wildcards');
    server.execute(table);
    const push = server.begin(planOf(server, 'SELECT * FROM t EMIT CHANGES;'), 'latest');
    fill(server);
    expect(push.rows.map((row) => rowText(push.plan.columns, row))).toEqual(['a 1', 'b 2']);
    server.execute("SET 'auto.offset.reset' = 'earliest';");
    expect(planOf(server, 'SELECT k FROM made EMIT CHANGES;').isScalable).toBe(false);
  });
});

describe('pull queries of streams', () => {
  it('[SQL-373] are answered from the records that are there, and say how they ended', () => {
    const server = memoryServer(stream);
    expect(asked(server, 'SELECT * FROM s;')).toEqual(['`K` STRING, `V` INTEGER', 'Query Completed']);
    fill(server);
    expect(asked(server, 'SELECT v FROM s WHERE v > 0;').slice(1)).toEqual(['1', '2', 'Query Completed']);
    expect(asked(server, 'SELECT v FROM s LIMIT 1;').slice(1)).toEqual(['1', 'Limit Reached']);
    expect(refusalOf(server, 'SELECT v FROM s PARTITION BY v;')).toContain("Pull queries don't support PARTITION BY clauses.");
    server.execute("SET 'ksql.query.pull.stream.enabled' = 'false';");
    expect(refusalOf(server, 'SELECT v FROM s;')).toContain('Pull queries on streams are disabled.');
  });
});
