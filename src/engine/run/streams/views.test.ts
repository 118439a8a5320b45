import { expect, test } from 'vitest';
import { finished, runTo, type Sketch, start } from '../harness.ts';
import { reportOf } from '../views/report.ts';
import { storeEntriesOf, streamsViewOf } from '../views/streamsView.ts';
import { shop } from './streamsFixture.ts';

const counts = 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;';
const crash: Partial<Sketch> = { seconds: 40, faults: [{ atMs: 1000, action: 'member.crash', node: 'query', member: 0 }] };

test('[STRM-9] tasks by thread, and what their stores hold', () => {
  const run = finished(shop(counts, { instances: 2 }));
  const view = streamsViewOf(run, 'query')!;
  expect(view.threads.map(({ name, tasks }) => [name, tasks.length])).toEqual([
    ['query-0', 2],
    ['query-1', 2],
  ]);
  const stores = view.threads.flatMap(({ tasks }) => tasks.flatMap((task) => task.stores));
  expect(stores.map(({ name }) => name)).toEqual(['Aggregate-Aggregate-Materialize', 'Aggregate-Aggregate-Materialize']);
  expect(stores.reduce((sum, { entries }) => sum + entries, 0)).toBe(4);
  expect(view.threads[0]!.tasks[0]).toMatchObject({ task: '0_0', state: 'running', queued: 0 });
  const request = { node: 'query', store: 'Aggregate-Aggregate-Materialize', limit: 3 };
  expect(storeEntriesOf(run, request)).toMatchObject({ total: 4, entries: { length: 3 } });
  expect(storeEntriesOf(run, { ...request, key: 'c2' })!.entries).toMatchObject([{ id: 'c2' }]);
  expect(streamsViewOf(run, 'shop')).toBeNull();
});

test('[STRM-9] a report says how long restores took, and the timeline that a task was restored', () => {
  const run = finished(shop(counts, { instances: 2 }, { ...crash, cluster: { 'network.latency.ms': 5 } }));
  const [streams] = reportOf(run).streams;
  expect(streams).toMatchObject({ node: 'query', tasks: 4, restoreCount: 1 });
  const [restore] = streams!.restores;
  expect(restore).toMatchObject({ member: 'query-1', task: '1_0', store: 'Aggregate-Aggregate-Materialize' });
  expect(restore!.endMs! - restore!.startMs).toBeGreaterThanOrEqual(10);
  expect(run.ctx.timeline.entries.some(({ text }) => text.startsWith('query-1 has restored task 1_0'))).toBe(true);
});

test('[STRM-9] lag of a task that is being restored is said to come from that', () => {
  const eos = { instances: 2, 'processing.guarantee': 'exactly_once_v2' };
  const run = runTo(start(shop(counts, eos, crash)), 15_000);
  const { causes } = reportOf(run).groups[0]!.lag;
  expect(causes.map(({ kind }) => kind)).toContain('paused');
  const { sentence } = causes.find(({ kind }) => kind === 'paused')!;
  expect(sentence).toContain('query-1 restores the stores of task 1_0');
});
