import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { validateDocument } from '../../pipeline/validate.ts';
import { checkpoint, restore } from '../run/checkpoint.ts';
import { collect, documentOf, nodeOf, runTo, start } from '../run/harness.ts';
import { fingerprint } from '../run/views/report.ts';

/** One record a millisecond through a service that calls a system outside and takes no time itself; what fails for good can leave. */
function design(
  service: Config,
  more: { readonly source?: Config; readonly partitions?: number; readonly faults?: readonly Fault[]; readonly seconds?: number } = {},
) {
  const deadLetters = service['error.action'] === 'dead-letter';
  return documentOf({
    nodes: {
      source: { kind: 'producer', config: { 'key.shape': 'sequential', ...more.source }, to: ['topic'] },
      topic: { kind: 'topic', config: { partitions: more.partitions ?? 1 }, to: ['service'] },
      service: {
        kind: 'service',
        config: { 'service.time.ms': 0, 'call.latency.ms': 10, ...service },
        to: ['out'],
        ...(deadLetters && { ports: { 'dead-letter': 'dead' } }),
      },
      out: { kind: 'topic' },
      ...(deadLetters && { dead: { kind: 'topic' as const } }),
    },
    faults: more.faults ?? [],
    seconds: more.seconds ?? 10,
  });
}

const servedOf = (document: ReturnType<typeof design>) => {
  const { probe, served } = collect(document, 'service');
  runTo(start(document, { probe }), document.scenario.durationMs);
  return served;
};

const slow = { 'workload.rate': 20 };

describe('calls of a system outside', () => {
  test('[EXT-1] each record waits for its call, then takes its own time', () => {
    const served = servedOf(design({ 'service.time.ms': 2 }, { source: slow }));
    expect(served.length).toBeGreaterThan(150);
    for (const { startMs, endMs } of served) expect(endMs - startMs).toBeCloseTo(12, 3);
  });

  test('[EXT-2] its capacity is shared by all members: what has no place waits there, first come first served', () => {
    const perSecond = (service: Config) => nodeOf(runTo(start(design(service, { partitions: 4 })), 10_000), 'service').recordsIn / 10;
    expect(perSecond({ instances: 4 })).toBeGreaterThan(350);
    expect(perSecond({ instances: 4, 'call.concurrency': 1 })).toBeLessThan(101);
    expect(perSecond({ instances: 4, 'call.concurrency': 1 })).toBeGreaterThan(85);
    expect(perSecond({ instances: 4, 'call.concurrency': 2 })).toBeLessThan(201);
    // With one place, four callers wait for three others before them.
    const waits = servedOf(design({ instances: 4, 'call.concurrency': 1 }, { partitions: 4 }))
      .slice(500)
      .map(({ startMs, endMs }) => endMs - startMs);
    expect(Math.min(...waits)).toBeCloseTo(40, 1);
    expect(Math.max(...waits)).toBeCloseTo(40, 1);
  });

  test('[EXT-2] threads of pools are callers, too', () => {
    const pooled = { 'processing.mode': 'pool', 'pool.threads': 8, 'pool.ordering': 'unordered' };
    const perSecond = (service: Config) => nodeOf(runTo(start(design({ ...pooled, ...service })), 10_000), 'service').recordsIn / 10;
    expect(perSecond({})).toBeGreaterThan(750);
    expect(perSecond({ 'call.concurrency': 3 })).toBeLessThan(301);
    expect(perSecond({ 'call.concurrency': 3 })).toBeGreaterThan(280);
  });

  test('[EXT-3] a caller gives up after its timeout, and the system works on the call all the same', () => {
    const late = { 'call.timeout.ms': 4, 'error.max.attempts': 3, 'error.action': 'retry' };
    const served = servedOf(design(late, { source: slow }));
    for (const { startMs, endMs } of served) expect(endMs - startMs).toBeCloseTo(12, 3);
    const { failed, retried } = nodeOf(runTo(start(design(late, { source: slow })), 10_000), 'service');
    expect([failed, retried]).toEqual([served.length, served.length * 2]);
    // Alone a caller is answered in time. Four that give up and call again keep the system busy with what nobody waits for.
    const busy = nodeOf(
      runTo(start(design({ ...late, 'call.timeout.ms': 15, 'call.concurrency': 1 }, { source: { 'workload.rate': 40 } })), 10_000),
      'service',
    );
    expect(busy.failed).toBe(0);
    const storm = nodeOf(
      runTo(start(design({ ...late, 'call.timeout.ms': 15, 'call.concurrency': 1, instances: 4 }, { partitions: 4 })), 10_000),
      'service',
    );
    expect(storm.failed).toBeGreaterThan(storm.recordsIn * 0.5);
  });

  test('[EXT-4] failed calls are attempts that failed: repeated after the backoff, then given up as errors are', () => {
    const failing = { 'call.error.rate': 1, 'error.max.attempts': 3, 'error.backoff.ms': 5, 'error.action': 'dead-letter' };
    const run = runTo(start(design(failing, { source: slow })), 10_000);
    const { recordsIn, retried, deadLettered } = nodeOf(run, 'service');
    expect([retried, deadLettered]).toEqual([recordsIn * 2, recordsIn]);
    const half = nodeOf(runTo(start(design({ 'call.error.rate': 0.5, 'error.max.attempts': 20 }, { source: slow })), 10_000), 'service');
    expect(half.failed).toBe(0);
    expect(half.retried! / half.recordsIn).toBeGreaterThan(0.7);
    expect(half.retried! / half.recordsIn).toBeLessThan(1.3);
  });

  test('[EXT-4] an error that stops a member stops it, and the record is read again', () => {
    const stopping = {
      'call.error.rate': 0.02,
      'error.action': 'stop',
      'error.restart.ms': 100,
      'commit.mode': 'after-processing',
      'session.timeout.ms': 6_000,
    };
    const { recordsIn } = nodeOf(
      runTo(start(design(stopping, { source: { 'workload.rate': 20, 'workload.records': 100 }, seconds: 200 })), 200_000),
      'service',
    );
    expect(recordsIn).toBeGreaterThanOrEqual(100);
  });

  test('[EXT-5] what it does not go together with is refused', () => {
    const codes = (service: Config) =>
      validateDocument(design(service)).flatMap(({ code, config }) => (code === 'service.calls' ? [config] : []));
    expect(codes({ concurrency: 4 })).toEqual(['concurrency']);
    expect(codes({ concurrency: 4, 'call.latency.ms': 0 })).toEqual([]);
    expect(codes({ 'group.protocol': 'share' })).toEqual(['group.protocol']);
    expect(codes({ 'processing.mode': 'pool' })).toEqual([]);
  });

  test('[EXT-5] outages, crashes and copies go on as with other services; a run is the same each time', () => {
    const faults: Fault[] = [
      { atMs: 2_003, action: 'outage.start', node: 'service' },
      { atMs: 2_503, action: 'outage.end', node: 'service' },
      { atMs: 3_000, action: 'member.crash', node: 'service', member: 1 },
    ];
    const calling = {
      instances: 2,
      'call.concurrency': 1,
      'call.latency.distribution': 'exponential',
      'call.timeout.ms': 30,
      'call.error.rate': 0.1,
      'error.backoff.ms': 3,
    };
    for (const pool of [{}, { 'processing.mode': 'pool', 'pool.threads': 4 }]) {
      const document = design({ ...calling, ...pool }, { partitions: 2, faults, source: { 'workload.rate': 120 } });
      const whole = fingerprint(runTo(start(document), 6_000));
      for (const ms of [1_500.5, 2_200, 3_004]) {
        const run = runTo(start(document), ms);
        expect(fingerprint(runTo(restore(run.topology, checkpoint(run)), 6_000))).toBe(whole);
      }
    }
  });
});
