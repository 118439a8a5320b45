import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { intervene } from '../advance.ts';
import type { Run } from '../build.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { lagOf, pathOf, runTo, simple, start, topologyOf } from '../harness.ts';
import { fingerprintOf } from '../../kernel/trace.ts';
import { sentTimeAt } from '../../log/partitionLog.ts';
import { reportOf } from '../views/report.ts';

type Reading = Extract<Fault, { action: `consumer.${string}` }>;

/** 1000 records a second for eight seconds into four partitions. */
const design = (faults: readonly Reading[], sink: Config = {}) =>
  simple({
    seconds: 20,
    source: { 'workload.records': 8000 },
    topic: { partitions: 4 },
    sink: { 'group.id': 'orders', 'service.time.ms': 0.1, instances: 2, ...sink },
    faults: [...faults],
  });
const pause: Reading = { atMs: 4000, action: 'consumer.pause', node: 'sink' };
const resume: Reading = { atMs: 6000, action: 'consumer.resume', node: 'sink' };
const begun = (run: Run) => run.ctx.groups[0]!.history.begun;
const told = (run: Run) => run.state.timeline.entries.map(({ text }) => text).join('\n');
const causes = (run: Run) =>
  reportOf(run)
    .ledger.causes.map(({ fate, sentence }) => `${fate}: ${sentence}`)
    .join('\n');

describe('pause and resume', () => {
  test.each<Config>([{}, { 'group.protocol': 'consumer', instances: 1 }, { 'max.poll.records': 20, 'service.time.ms': 0.5 }])(
    '[CON-25] the member stays in its group, lag grows, and everything is read once it is resumed: %j',
    (sink) => {
      const run = runTo(start(design([pause, resume], sink)), 3999);
      const rebalances = begun(run);
      runTo(run, 4100);
      const read = pathOf(run, 'sink').processed;
      runTo(run, 5900);
      expect(lagOf(run)).toBeGreaterThan(1700);
      // What was in work when it was paused is done, and nothing after it.
      expect(pathOf(run, 'sink').processed).toBe(read);
      runTo(run, 20_000);
      expect(begun(run)).toBe(rebalances);
      expect(lagOf(run)).toBe(0);
      expect(pathOf(run, 'sink')).toMatchObject({ processed: 8000, processedAgain: 0, skippedByReset: 0 });
    },
  );

  test('[CON-25] a paused member of five minutes is no member that has stopped polling', () => {
    const document = { ...design([pause, { ...resume, atMs: 700_000 }], { 'max.poll.interval.ms': 60_000, 'session.timeout.ms': 45_000 }) };
    const run = runTo(start({ ...document, scenario: { ...document.scenario, durationMs: 720_000 } }), 3999);
    const rebalances = begun(run);
    runTo(run, 720_000);
    expect(begun(run)).toBe(rebalances);
    expect(pathOf(run, 'sink')).toMatchObject({ processed: 8000, processedAgain: 0 });
  });

  test('[CON-26] what was fetched and not handed out is kept, not fetched again', () => {
    // A slow reader has much in its buffer.
    const slow = { 'service.time.ms': 2, 'max.poll.records': 10, instances: 1 };
    const run = runTo(start(design([pause, { ...resume, atMs: 9000 }], slow)), 4500);
    const consumer = run.ctx.consumers[0]!;
    const kept = consumer.held.reduce((sum, { count }, i) => sum + count - consumer.heldCursors[i]!, 0);
    expect(kept).toBeGreaterThan(100);
    expect(consumer.bufferedRecords).toBe(0);
    const fetched = run.ctx.partitions.reduce((sum, { fetchedRecords }) => sum + fetchedRecords, 0);
    runTo(run, 8900);
    expect(run.ctx.partitions.reduce((sum, { fetchedRecords }) => sum + fetchedRecords, 0)).toBe(fetched);
    runTo(run, 9001);
    expect(consumer.held).toHaveLength(0);
    runTo(run, 40_000);
    expect(pathOf(run, 'sink')).toMatchObject({ processed: 8000, processedAgain: 0 });
    // Every record has come over the network once.
    expect(run.ctx.partitions.reduce((sum, { fetchedRecords }) => sum + fetchedRecords, 0)).toBe(8000);
  });

  test('[CON-25] only the partition and the member that are named', () => {
    const run = runTo(start(design([{ ...pause, member: 1 }])), 8500);
    const [first, second] = run.ctx.consumers;
    expect(first!.owned.every(({ paused }) => !paused)).toBe(true);
    expect(second!.owned.every(({ paused }) => paused)).toBe(true);
    expect(lagOf(run)).toBeGreaterThan(1500);
    expect(lagOf(run)).toBeLessThan(2800);
    const one = runTo(start(design([{ ...pause, partition: 3 }])), 8500);
    expect(one.ctx.consumers.flatMap(({ owned }) => owned.filter(({ paused }) => paused).map(({ index }) => index))).toEqual([3]);
    expect(told(one)).toContain('sink pauses reading (partition 3, 1 partition): it polls on and stays in its group.');
  });

  test('[CON-27] a partition that is taken away and given again is not paused any more; what a cooperative member keeps stays paused', () => {
    const joins: Reading = pause;
    const faults = [joins, { atMs: 5000, action: 'member.add', node: 'sink' }] as unknown as Reading[];
    const eager = runTo(start(design(faults, { 'partition.assignment.strategy': 'range', instances: 1 })), 12_000);
    expect(eager.ctx.consumers.every(({ pausedPartitions }) => pausedPartitions === 0)).toBe(true);
    expect(lagOf(eager)).toBe(0);
    const cooperative = runTo(start(design(faults, { 'partition.assignment.strategy': 'cooperative-sticky', instances: 1 })), 12_000);
    const [kept, added] = cooperative.ctx.consumers;
    expect(kept!.owned).toHaveLength(2);
    expect(kept!.pausedPartitions).toBe(2);
    expect(added!.pausedPartitions).toBe(0);
    expect(lagOf(cooperative)).toBeGreaterThan(1500);
  });

  test('[CON-25] auto commit goes on in the polls of a paused member', () => {
    const run = runTo(start(design([pause], { 'commit.mode': 'auto', 'auto.commit.interval.ms': 2000 })), 4200);
    const { committed } = run.ctx.groups[0]!;
    const positions = () => run.ctx.consumers.flatMap(({ owned }) => owned.map(({ index, position }) => [index, position] as const));
    runTo(run, 7000);
    for (const [index, position] of positions()) expect(committed[index]).toBe(position);
  });

  test('[CON-25] a copy of a paused run goes on as the run does', () => {
    const document = design([pause, resume], { 'service.time.ms': 1, 'max.poll.records': 7 });
    const run = runTo(start(document), 5000);
    const copy = restore(topologyOf(document), checkpoint(run));
    runTo(copy, 20_000);
    runTo(run, 20_000);
    expect(fingerprintOf(copy.ctx.trace)).toBe(fingerprintOf(run.ctx.trace));
  });
});

describe('seek', () => {
  const seek = (to: Extract<Reading, { action: 'consumer.seek' }>['to'], value?: number): Reading => ({
    atMs: 5000,
    action: 'consumer.seek',
    node: 'sink',
    to,
    ...(value === undefined ? {} : { value }),
  });

  test('[CON-28] back to the earliest: everything before it is read once more, and the seek is the cause', () => {
    const run = runTo(start(design([seek('earliest')])), 20_000);
    const path = pathOf(run, 'sink');
    expect(path).toMatchObject({ processed: 8000, skippedByReset: 0 });
    expect(path.processedAgain).toBeGreaterThan(4900);
    expect(path.processedAgain).toBeLessThanOrEqual(5000);
    expect(causes(run)).toMatch(
      /duplicated: The application of sink-0 set its position back \(seek\) at 5 s, and they were read once more\./,
    );
    expect(told(run)).toContain('sink seeks to the earliest in 4 partitions.');
    expect(lagOf(run)).toBe(0);
  });

  test('[CON-28] to the latest of a reader that is behind: what lies between is skipped, and the seek is the cause', () => {
    const run = runTo(start(design([seek('latest')], { 'service.time.ms': 4 })), 40_000);
    const path = pathOf(run, 'sink');
    expect(path.processedAgain).toBe(0);
    expect(path.skippedByReset).toBeGreaterThan(2000);
    expect(path.processed + path.skippedByReset).toBe(8000);
    expect(causes(run)).toMatch(
      /skipped: The application of sink-\d set its position behind them \(seek\) at 5 s; the group was at offset \d+\./,
    );
    expect(causes(run)).not.toContain('auto.offset.reset');
  });

  test('[CON-28] to an offset and to a moment', () => {
    const at = (run: Run) => run.ctx.consumers.flatMap(({ owned }) => owned.map(({ position }) => position));
    const slow = { 'service.time.ms': 4, 'max.poll.records': 1 };
    const moved = runTo(start(design([{ ...seek('offset', 100), partition: 2 }], slow)), 5050);
    const two = moved.ctx.consumers.flatMap(({ owned }) => owned.filter(({ index }) => index === 2))[0]!;
    expect(two.position).toBeGreaterThanOrEqual(100);
    expect(two.position).toBeLessThan(130);
    const timed = runTo(start(design([seek('timestamp', 2000)], slow)), 5020);
    at(timed).forEach((position, i) => {
      const { log } = timed.ctx.partitions[i]!;
      expect(sentTimeAt(log, position)).toBeGreaterThanOrEqual(2e6);
      expect(sentTimeAt(log, Math.max(0, position - 8))).toBeLessThan(2e6);
    });
    // Nothing is as late as that: the end.
    const late = runTo(start(design([seek('timestamp', 60_000)], slow)), 5020);
    at(late).forEach((position, i) => expect(late.ctx.partitions[i]!.log.highWatermark - position).toBeLessThan(60));
  });

  test('[CON-28] an offset outside the log is left to auto.offset.reset', () => {
    const run = runTo(start(design([seek('offset', 1e9)], { 'auto.offset.reset': 'earliest' })), 20_000);
    expect(pathOf(run, 'sink').processedAgain).toBeGreaterThan(4900);
    expect(told(run)).toContain('its offset is no longer in the log; goes on at the earliest offset');
    const none = runTo(start(design([seek('offset', 1e9)], { 'auto.offset.reset': 'none' })), 20_000);
    expect(none.ctx.workers.every(({ alive }) => !alive)).toBe(true);
  });

  test('[CON-28] the committed offset follows with the next commit, and a crash before it forgets the seek', () => {
    const commit = { 'commit.mode': 'auto', 'auto.commit.interval.ms': 3000, instances: 1 };
    const crash = { atMs: 5200, action: 'member.crash', node: 'sink', member: 0 } as unknown as Reading;
    const again = { atMs: 5300, action: 'member.restart', node: 'sink', member: 0 } as unknown as Reading;
    const run = runTo(start(design([{ ...seek('earliest'), atMs: 5100 }, crash, again], commit)), 80_000);
    const path = pathOf(run, 'sink');
    expect(path.processed).toBe(8000);
    // It had read again about what the crash did not take from it.
    expect(path.processedAgain).toBeLessThan(4500);
  });

  test('[CON-28] who comes after a seek that was committed and not read finds it as the cause', () => {
    const slow = { 'commit.mode': 'auto', 'auto.commit.interval.ms': 1000, instances: 1, 'service.time.ms': 4 };
    const faults = [
      { ...pause, atMs: 4000 },
      { ...seek('latest'), atMs: 5000 },
      { atMs: 7000, action: 'member.stop', node: 'sink', member: 0 },
      { atMs: 7500, action: 'member.restart', node: 'sink', member: 0 },
    ] as unknown as Reading[];
    const run = runTo(start(design(faults, slow)), 60_000);
    const path = pathOf(run, 'sink');
    expect(path.processed + path.skippedByReset).toBe(8000);
    expect(path.skippedByReset).toBeGreaterThan(2000);
    expect(causes(run)).toMatch(/skipped: The application of sink-0 set its position behind them \(seek\) at 5 s/);
    expect(causes(run)).not.toMatch(/^lost/m);
  });

  test('[CON-29] what cannot be done is refused with a reason', () => {
    const run = runTo(start(design([])), 3000);
    const refusal = (fault: Record<string, unknown>) => intervene(run, { node: 'sink', ...fault } as never).refusal;
    expect(refusal({ action: 'consumer.pause', member: 7 })).toBe('sink has no member 7.');
    expect(refusal({ action: 'consumer.pause', partition: 9 })).toBe('Nothing that sink reads has a partition 9.');
    expect(refusal({ action: 'consumer.seek', to: 'offset' })).toBe('A seek to offset needs a value.');
    expect(refusal({ action: 'consumer.pause', node: 'source' })).toContain('reads no topic');
    const shared = runTo(start(design([], { 'group.protocol': 'share' })), 3000);
    expect(intervene(shared, { action: 'consumer.pause', node: 'sink' }).refusal).toContain('is a share group');
  });
});
