import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { advance } from '../run/advance.ts';
import { collect, documentOf, finished, nodeOf, pathOf, runTo, start, type Sketch } from '../run/harness.ts';
import type { Run } from '../run/build.ts';
import { readPage } from '../run/views/records.ts';
import { failureAt, failedPath, hasFailed, isRetry, retriesBefore, withoutFailures } from '../values/failurePaths.ts';
import { createPathTable, extendPath } from '../values/paths.ts';
import { backoffAfter } from './failurePolicy.ts';

const poison = { 'value.template': '{"n": "{{sequence}}"}', 'key.shape': 'none' };

/** Records of a topic with one partition, by the topic's name. */
function recordsOf(run: Run, name: string) {
  const found = readPage(run, { partition: run.ctx.topics.find((topic) => topic.name === name)!.firstPartition, offset: 0, limit: 1000 });
  if ('missing' in found) throw new Error('a block is missing');
  return found.page.records;
}

/** Source → in → work (a sink) with the error configs, its ports wired to `again` and `dead`, both read by sinks where they exist. */
function failing(
  work: Config,
  options: { readonly source?: Config; readonly faults?: readonly Fault[]; readonly sameTopic?: boolean } = {},
) {
  const { source = {}, faults = [], sameTopic = false } = options;
  const action = work['error.action'];
  const ports = {
    ...(action === 'retry-topic' && { retry: sameTopic ? 'in' : 'again' }),
    ...((action === 'retry-topic' || action === 'dead-letter') && { 'dead-letter': 'dead' }),
  };
  const retries = action === 'retry-topic' && !sameTopic;
  const nodes: Sketch['nodes'] = {
    source: { kind: 'producer', config: { 'workload.records': 200, 'workload.rate': 100, ...source }, to: ['in'] },
    in: { kind: 'topic', to: ['work'] },
    work: { kind: 'sink', config: { 'service.time.ms': 1, 'session.timeout.ms': 6000, ...work }, ports },
    ...(retries && {
      again: { kind: 'topic' as const, to: ['second'] },
      second: { kind: 'sink' as const, config: { 'service.time.ms': 1, ...work }, ports: { retry: 'again', 'dead-letter': 'dead' } },
    }),
    ...('dead-letter' in ports && {
      dead: { kind: 'topic' as const, to: ['morgue'] },
      morgue: { kind: 'sink' as const, config: { 'service.time.ms': 0 } },
    }),
  };
  return documentOf({ nodes, faults, cluster: { 'network.latency.ms': 1 }, seconds: 60 });
}

describe('failed services', () => {
  test('[ERR-1] attempts in place fail by themselves, with waits that grow, while everything behind waits; then the record is given up', () => {
    const config = {
      'error.action': 'retry',
      'error.rate': 1,
      'error.max.attempts': 4,
      'error.backoff.ms': 100,
      'error.backoff.max.ms': 300,
      'service.time.ms': 10,
    };
    const document = failing(config, { source: { 'workload.records': 2 } });
    const { probe, served } = collect(document, 'work');
    const run = runTo(start(document, { probe }), 60_000);
    // 4 services, waits of 100, 200 and 300 ms, and a commit of 2 ms between the two.
    expect(served[1]!.endMs - served[0]!.endMs).toBe(642);
    expect(nodeOf(run, 'work')).toMatchObject({ failed: 2, retried: 6, backoffMs: 1200, deadLettered: 0 });
    const policy = { action: 'retry', attemptsMax: 9, backoffUs: 100, multiplier: 2, backoffMaxUs: 1000, restartUs: 0 } as const;
    expect([1, 2, 3, 4, 5, 6].map((attempt) => backoffAfter(policy, attempt))).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  test('[ERR-2] a poison record fails every time, a write of several as a whole', () => {
    const when = { 'error.when': 'value.n % 50 = 7', 'error.action': 'dead-letter', 'error.max.attempts': 3 };
    const run = finished(failing(when, { source: poison }));
    expect(nodeOf(run, 'work')).toMatchObject({ deadLettered: 4, retried: 8, failed: 0 });
    expect(nodeOf(run, 'morgue').recordsIn).toBe(4);
    const together = finished(
      failing(
        { ...when, 'write.batch.records': 10, 'max.poll.records': 10, prefetch: false },
        { source: { ...poison, 'workload.records': 10, 'workload.rate': 100_000, 'linger.ms': 10 } },
      ),
    );
    expect(nodeOf(together, 'work')).toMatchObject({ recordsIn: 10, deadLettered: 10, retried: 2 });
  });

  test('[ERR-3] an error that stops the member ends its process; it starts again and reads the record again', () => {
    const run = finished(failing({ 'error.when': 'value.n = 20', 'error.action': 'stop', 'error.restart.ms': 7000 }, { source: poison }));
    const failures = run.state.timeline.entries.filter(({ code }) => code === 'member.failed');
    expect(failures.length).toBeGreaterThan(4);
    expect(nodeOf(run, 'work').recordsIn).toBe(20);
    expect(pathOf(run, 'work').underWay).toBe(180);
  });

  test('[ERR-4] a retry topic lets the loop go on; no copy is tried before its time, attempts count across topics, then it is dead', () => {
    const config = {
      'error.when': 'value.n % 10 = 3',
      'error.action': 'retry-topic',
      'error.max.attempts': 3,
      'error.backoff.ms': 500,
      'error.backoff.multiplier': 4,
    };
    const document = failing(config, { source: poison });
    const { probe, served } = collect(document, 'second');
    const run = runTo(start(document, { probe }), 60_000);
    expect(nodeOf(run, 'work')).toMatchObject({ recordsIn: 200, retried: 20, deadLettered: 0 });
    expect(nodeOf(run, 'second')).toMatchObject({ recordsIn: 40, retried: 20, deadLettered: 20 });
    expect(nodeOf(run, 'morgue').recordsIn).toBe(20);
    // The second attempts wait for 500 ms, the third ones for 2 s; what lies behind one waits with it.
    for (const { sentMs, startMs } of served) expect(startMs - sentMs).toBeGreaterThanOrEqual(500);
    expect(Math.max(...served.map(({ sentMs, startMs }) => startMs - sentMs))).toBeGreaterThanOrEqual(2000);
    expect(nodeOf(run, 'work').latency!.maxMs).toBeLessThan(50);
    expect(pathOf(run, 'second')).toMatchObject({ produced: 40, processed: 40, underWay: 0 });
  });

  test('[ERR-4] the topic it was read from may be the retry topic', () => {
    const config = { 'error.rate': 0.5, 'error.action': 'retry-topic', 'error.max.attempts': 1000, 'error.backoff.ms': 20 };
    const run = finished(failing(config, { sameTopic: true }));
    const { recordsIn, retried } = nodeOf(run, 'work');
    expect(recordsIn).toBe(200 + retried);
    expect(retried).toBeGreaterThan(120);
    expect(nodeOf(run, 'in').recordsIn).toBe(200 + retried);
  });

  test('[ERR-5] offsets are committed when the copies are acknowledged: a crash repeats a dead letter, never loses one', () => {
    const config = { 'error.rate': 1, 'error.action': 'dead-letter', 'error.max.attempts': 1 };
    const faults: Fault[] = [500, 505, 511, 517, 1203].flatMap((atMs) => [
      { atMs, action: 'member.crash', node: 'work', member: 0 },
      { atMs: atMs + 1, action: 'member.restart', node: 'work', member: 0 },
    ]);
    const run = finished(failing(config, { faults }));
    expect(nodeOf(run, 'dead').recordsIn).toBeGreaterThanOrEqual(200);
    const dead = [...new Set(recordsOf(run, 'dead').map(({ sequence }) => sequence))];
    expect(dead.length).toBe(200);
  });

  test("[ERR-6] copies keep key, value, time and identity; headers of Spring's names say where they came from", () => {
    const config = { 'error.rate': 1, 'error.action': 'retry-topic', 'error.max.attempts': 3, 'error.backoff.ms': 250 };
    const run = finished(failing(config, { source: { ...poison, 'workload.records': 1 } }));
    const [first, second] = recordsOf(run, 'again');
    const [dead] = recordsOf(run, 'dead');
    expect([first, second, dead].map((record) => [record!.sequence, record!.value, record!.timestampMs])).toEqual(
      Array.from({ length: 3 }, () => [0, first!.value, first!.timestampMs]),
    );
    const value = (record: typeof first, name: string) => record!.headers.find(({ key }) => key === name)?.value;
    expect(['topic', 'partition', 'offset'].map((name) => value(second, `kafka_original-${name}`))).toEqual(['in', '0', '-1']);
    expect([first, second].map((record) => value(record, 'retry_topic-attempts'))).toEqual(['2', '3']);
    expect(value(dead, 'kafka_dlt-original-topic')).toBe('in');
    expect(first!.batchSizeBytes).toBeGreaterThan(dead!.batchSizeBytes);
    expect(dead!.batchSizeBytes).toBeGreaterThan(61 + first!.valueSizeBytes + 90);
  });

  test('[ERR-6] what is made of a record that is done in the end carries no failures', () => {
    const table = createPathTable(1, 4);
    const original = extendPath(table, 0, 2);
    const once = failedPath(table, original, { kind: 'retry', node: 3, partition: 5 });
    const twice = failedPath(table, once, { kind: 'retry', node: 1, partition: 6 });
    const dead = failedPath(table, twice, { kind: 'dead-letter', node: 1, partition: 6 });
    expect([original, once, twice, dead].map((path) => retriesBefore(table, path))).toEqual([0, 1, 2, 0]);
    expect(failureAt(table, twice)).toEqual({ kind: 'retry', node: 1, partition: 5 });
    expect(failureAt(table, dead)).toEqual({ kind: 'dead-letter', node: 1, partition: 5 });
    expect([hasFailed(table, original), isRetry(table, dead), withoutFailures(table, dead)]).toEqual([false, false, original]);
  });

  test('[ERR-4] a run is the same however it is sliced', () => {
    const config = { 'error.rate': 0.4, 'error.action': 'retry-topic', 'error.max.attempts': 5, 'error.backoff.ms': 30 };
    const document = failing(config, { sameTopic: true });
    const whole = finished(document);
    const sliced = start(document);
    for (let us = 0; us <= 60_000_000; us += 377_777) {
      advance(sliced, { untilUs: us, maxEvents: Infinity });
      nodeOf(sliced, 'work');
    }
    expect(runTo(sliced, 60_000).state.trace).toEqual(whole.state.trace);
  });
});
