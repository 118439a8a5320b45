import { expect, test } from 'vitest';
import { pipeline } from '../../streams/handMade.ts';
import { planStreams } from '../../streams/plan.ts';
import type { SourceRecord } from '../../sql/operators/row.ts';
import { entityTables, rowCells } from './answerWords.ts';
import { openConsole } from './console.ts';
import { axisMarks, laneSpan, laneWindows, moved, stackRows, takesUntil } from './lane.ts';
import { recordWords } from './laneWords.ts';
import { windowOf, windowsAt } from './queryWindow.ts';
import { keyText, valueCells } from './rowWords.ts';
import { sampleRecords } from './sampleRecords.ts';
import { tryRecords, type TriedRecord } from './sandbox.ts';
import { sourceRecord } from './sourceRecords.ts';
import { storeEntry, storeWords } from './storeWords.ts';
import { changesOf, tableAt, type ChangelogRecord } from './tablePlayer.ts';
import { operatorTitle, topologyGraph } from './topologyGraph.ts';
import { interleaved } from './topicRecords.ts';

const shopDocument = (sql: string) =>
  pipeline(
    {
      shop: ['producer', { 'value.template': '{"customer": "{{key}}", "amount": {{integer 1 500}}}' }],
      orders: ['topic'],
      query: ['sql', { sql }],
      result: ['topic'],
    },
    'shop > orders',
    'orders > query',
    'query > result',
  );

function wholePlan(sql: string) {
  const plan = planStreams(shopDocument(sql));
  expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { plan, catalogue: plan.catalogue };
}

function planned(sql: string) {
  const { plan: whole, catalogue } = wholePlan(sql);
  const plan = whole.nodes.get('query')!;
  const window = windowOf(plan);
  const sources = [catalogue.source('ORDERS')];
  const run = (records: readonly TriedRecord[]) => tryRecords(plan.topology, records, (timeMs) => windowsAt(window, timeMs));
  return { plan, window, sources, run };
}

const at = (seconds: number, customer: string): TriedRecord => ({
  id: `${seconds} ${customer}`,
  topic: 'orders',
  partition: 0,
  offset: seconds,
  key: customer,
  value: JSON.stringify({ customer, amount: 5 }),
  timestampMs: seconds * 1_000,
  window: null,
  headers: [],
});

const counted = (window: string) => `CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders WINDOW ${window} GROUP BY customer;`;
const tumbling = counted('TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 2 SECONDS)');

test('[STRV-1] windows open with their first record, close by the time of the stream, and what comes after that is too late', () => {
  const { window, run, sources, plan } = planned(tumbling);
  const { steps } = run([at(1, 'ada'), at(11, 'ada'), at(9, 'bob'), at(13, 'ada'), at(8, 'bob')]);
  expect(steps.map(({ late }) => late)).toEqual(['no', 'no', 'no', 'no', 'wholly']);
  expect(steps.map(({ streamTimeMs }) => streamTimeMs)).toEqual([1_000, 11_000, 11_000, 13_000, 13_000]);
  expect(laneWindows(steps, window)).toEqual([
    { key: '0', startMs: 0, endMs: 10_000, closesMs: 12_000, openedAt: 0, closedAt: 3, records: 2, late: 1 },
    { key: '10000', startMs: 10_000, endMs: 20_000, closesMs: 22_000, openedAt: 1, closedAt: null, records: 2, late: 0 },
  ]);
  expect(takesUntil(window!, 13_000)).toBe(10_000);
  expect(recordWords(steps, 4, window, sources)).toBe(
    "Record 5 of orders, key bob: event time 8 s, too late. Its window [0 s, 10 s) closed when record 4 brought the stream's time to 13 s.",
  );
  expect(recordWords(steps, 2, window, sources)).toContain('Out of order by 2 s, but taken.');
  const last = steps[3]!.written[0]!;
  expect([keyText(plan.sink, last.key, last.window), valueCells(plan.sink, last.value)]).toEqual(['ada [10 s, 20 s)', ['2']]);
});

test('[STRV-1] a record that comes earlier in the order of arrival is no longer too late', () => {
  const { run } = planned(tumbling);
  const records = [at(1, 'ada'), at(13, 'ada'), at(8, 'bob')];
  expect(run(records).steps.map(({ late }) => late)).toEqual(['no', 'no', 'wholly']);
  expect(run(moved(records, 2, 1)).steps.map(({ late }) => late)).toEqual(['no', 'no', 'no']);
  expect(moved(['a', 'b', 'c'], 0, 9)).toEqual(['b', 'c', 'a']);
});

test('[STRV-1] in hopping windows a record can be too late for some; sessions are those that the query wrote', () => {
  const hopping = planned(counted('HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS, GRACE PERIOD 0 SECONDS)'));
  const late = hopping.run([at(1, 'ada'), at(12, 'ada'), at(7, 'ada'), at(1, 'ada')]).steps;
  expect(late.map((step) => step.late)).toEqual(['no', 'no', 'partly', 'wholly']);
  expect(stackRows(laneWindows(late, hopping.window))).toEqual([0, 1, 0]);
  const session = planned(counted('SESSION (5 SECONDS, GRACE PERIOD 1 SECONDS)'));
  const { steps } = session.run([at(1, 'ada'), at(9, 'ada'), at(5, 'ada')]);
  expect(laneWindows(steps, session.window).map(({ startMs, endMs, records }) => [startMs, endMs, records])).toEqual([[1_000, 9_000, 3]]);
});

test('[STRV-2] without records in the run there are made-up ones that fit the sources, some of them late', () => {
  const { window, run, sources } = planned(tumbling);
  const { steps } = run(sampleRecords(sources, window));
  expect(steps).toHaveLength(12);
  expect(steps.flatMap(({ logs }) => logs).filter((message) => !message.includes('expired window'))).toEqual([]);
  expect(steps.filter(({ late }) => late === 'wholly').length).toBeGreaterThan(0);
  expect(steps.some(({ written }) => written.length > 0)).toBe(true);
});

test('[STRV-2] records of several partitions come in the order in which one task takes them', () => {
  const record = (timestampMs: number, partition: number) => ({ timestampMs, partition });
  const merged = interleaved([
    [record(5, 0), record(1, 0)],
    [record(2, 1), record(7, 1)],
  ]);
  expect(merged.map(({ timestampMs }) => timestampMs)).toEqual([2, 5, 1, 7]);
});

test('[STRV-1] the axis has round marks and room for dragging', () => {
  expect(axisMarks(0, 10_000, 5)).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000]);
  const { run, window } = planned(tumbling);
  const { steps } = run([at(1, 'ada'), at(11, 'ada')]);
  expect(laneSpan(steps, laneWindows(steps, window))).toEqual({ fromMs: 0, toMs: 21_600 });
});

const change = (key: string | null, ...columns: readonly string[]): ChangelogRecord => ({
  key,
  columns: columns.length === 0 ? null : columns,
  timestampMs: 0,
  partition: 0,
  offset: 0,
});

test('[STRV-3] each record of a changelog inserts, changes, repeats or deletes the row of its key', () => {
  const records = [
    change('a', '1', 'x'),
    change('b', '1', 'x'),
    change('a', '2', 'x'),
    change('a', '2', 'x'),
    change('a'),
    change('a'),
    change(null, '3', 'x'),
  ];
  expect(changesOf(records)).toEqual(['inserted', 'inserted', 'changed', 'same', 'deleted', 'nothing', 'nothing']);
  expect(tableAt(records, 0)).toEqual({ read: 0, rows: [], last: null });
  expect(tableAt(records, 3).rows).toEqual([
    { key: 'a', columns: ['2', 'x'], mark: 'changed', changed: [0] },
    { key: 'b', columns: ['1', 'x'], mark: null, changed: [] },
  ]);
  // The row that is deleted is still seen in that step, and gone in the next.
  expect(tableAt(records, 5).rows.map(({ key, mark }) => `${key} ${mark}`)).toEqual(['a deleted', 'b null']);
  expect(tableAt(records, 6).rows.map(({ key }) => key)).toEqual(['b']);
});

test('[STRV-4] entries of a state store are told by key, window and value', () => {
  const { plan, run } = planned(tumbling);
  const { state } = run([at(1, 'ada'), at(2, 'ada'), at(3, 'bob')]);
  const entries = [...state.stores[0]!].map(([id, value]) => storeEntry(id, value));
  expect(plan.topology.stores).toHaveLength(1);
  expect(entries.map(({ key, window, timestampMs }) => [key, window, timestampMs])).toEqual([
    ['ada', '[0 s, 10 s)', 2_000],
    ['bob', '[0 s, 10 s)', 3_000],
  ]);
});

const viewed = (key: string | null, value: string | null) => ({
  ...{
    key,
    value,
    offset: 3,
    timestampMs: 5_000,
    valueSizeBytes: 9,
    headers: [],
    batchBaseOffset: 3,
    batchLastOffset: 3,
    batchSizeBytes: 80,
  },
  ...{ writtenBy: 'query', source: 'query', sequence: 3, partition: 1 },
});

test('[STRV-2] records of the run are taken as operators take them: windows behind keys, bytes in hexadecimal, values without their padding', () => {
  const { plan, sources } = planned(tumbling);
  expect(sourceRecord(viewed('ada@10000/20000', '{"N":2}   '), plan.sink)).toMatchObject({
    key: 'ada',
    window: { startMs: 10_000, endMs: 20_000, kind: 'time' },
    value: '{"N":2}',
    partition: 1,
    offset: 3,
  });
  expect(sourceRecord(viewed('ada@10000/20000', null), sources[0]!)).toMatchObject({ key: 'ada@10000/20000', window: null, value: null });
  expect(sourceRecord(viewed('0x000000ff', null), null).key).toEqual(new Uint8Array([0, 0, 0, 255]));
});

function asking(sql: string) {
  const { plan, catalogue } = wholePlan(sql);
  const console = openConsole(plan, shopDocument(sql));
  const records = (topic: string, ...some: readonly SourceRecord[]) => new Map([[topic, some]]);
  const ask = (text: string, given: ReadonlyMap<string, readonly SourceRecord[]> = new Map()) =>
    console.ask(text, given, 60_000).flatMap((answer) => {
      if (answer.kind === 'entity')
        return entityTables(answer.entity, console.queryIds).flatMap(({ title, rows }) => [title, ...rows.map((row) => row.join(' '))]);
      return answer.kind === 'rows' ? answer.rows.map((row) => rowCells(answer.columns, row).join(' ')) : [answer.kind];
    });
  return { console, records, ask, catalogue };
}

test('[STRV-5] a pull query is answered from the records of the table’s topic, a windowed one with its bounds', () => {
  const { console, records, ask } = asking(tumbling);
  const row = (key: string, n: number, startMs: number): SourceRecord => ({
    ...{ key, value: JSON.stringify({ N: n }), timestampMs: startMs, partition: 0, offset: n, headers: [] },
    window: { startMs, endMs: startMs + 10_000, kind: 'time' },
  });
  expect(console.topicsOf('SELECT * FROM counts;')).toEqual(['result']);
  const given = records('result', row('ada', 1, 0), row('ada', 2, 0), row('bob', 1, 10_000));
  expect(ask("SELECT * FROM counts WHERE customer = 'ada';", given)).toEqual(['ada 0 10000 2']);
  expect(ask('SELECT customer, n FROM counts WHERE n < 2;', given)).toEqual(['bob 1']);
});

test('[STRV-5] what is listed and described is the pipeline’s, under its ids; what would change it is refused', () => {
  const { ask } = asking(tumbling);
  expect(ask('SHOW TABLES;')).toEqual(['Tables', 'COUNTS result KAFKA JSON yes']);
  expect(ask('SHOW QUERIES;')[1]).toMatch(/^CTAS_COUNTS_\w+ COUNTS RUNNING:1 CREATE TABLE COUNTS/);
  expect(ask('DESCRIBE orders;')[0]).toBe('Stream ORDERS over orders, key KAFKA, value JSON');
  expect(() => ask('DROP TABLE counts;')).toThrow('Here statements only ask.');
  expect(() => ask('SELECT * FROM nowhere;')).toThrow('NOWHERE does not exist.');
  expect(ask('SELECT * FROM orders EMIT CHANGES;')).toEqual(['push']);
});

test('[STRV-6] a topology is shown with its sub-topologies, operators, stores and topics, and the lines between them', () => {
  const { plan } = planned(tumbling);
  const { parts, lines, subs } = topologyGraph(plan.topology.describe(), storeWords(plan.topology), plan.applicationId);
  expect(subs.map(({ label }) => label)).toEqual(['Sub-topology 0', 'Sub-topology 1']);
  const kinds = (kind: string) => parts.filter((part) => part.kind === kind).map(({ title }) => title);
  expect(kinds('topic')).toEqual(['orders', 'result']);
  expect(kinds('internal')).toEqual(['Aggregate-GroupBy-repartition']);
  expect(kinds('store')).toEqual(['Aggregate-Aggregate-Materialize']);
  // Every line joins two parts, and from the source's topic all that is written can be reached.
  const ids = new Set(parts.map(({ id }) => id));
  expect(lines.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
  const reached = new Set(['topic orders']);
  for (const id of reached) for (const { from, to } of lines) if (from === id) reached.add(to);
  expect(reached).toContain('topic result');
  expect(
    ['KSTREAM-KEY-SELECT-0000000002', 'KSTREAM-MAPVALUES-0000000003', 'KTABLE-TOSTREAM-0000000006', 'Project'].map(operatorTitle),
  ).toEqual(['Key select', 'Map values', 'To stream', 'Project']);
});

test('[STRV-1] the windows of a chain of operators are told as those of a query', () => {
  const chain = 'stream orders\ngroupBy customer\nwindowedBy hopping 10 seconds advance 5 seconds grace 1 second\ncount as n\nto result';
  const document = shopDocument('');
  const nodes = document.nodes.map((node) =>
    node.id === 'query' ? { ...node, kind: 'operators' as const, config: { operators: chain } } : node,
  );
  const { nodes: plans, findings } = planStreams({ ...document, nodes });
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(windowOf(plans.get('query')!)).toEqual({ kind: 'time', sizeMs: 10_000, advanceMs: 5_000, graceMs: 1_000 });
});
