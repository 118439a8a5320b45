import { describe, expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { advance } from '../advance.ts';
import type { Run } from '../build.ts';
import { documentOf, finished, runTo, simple, start } from '../harness.ts';
import { fingerprint, reportOf } from '../views/report.ts';

const consumer: Config = { 'group.protocol': 'consumer', instances: 2, 'service.time.ms': 5 };
const reader: Config = { 'auto.offset.reset': 'earliest', 'commit.mode': 'after-processing' };

/** A source of 50 records a second, a topic of 4 partitions, and a group of 2 that keeps up. */
function design(
  options: { source?: Config; sink?: Config; topic?: Config; cluster?: Config; faults?: readonly Fault[]; seconds?: number } = {},
): PipelineDocument {
  const { source, sink, topic, cluster, ...rest } = options;
  return simple({
    seconds: 60,
    source: { 'workload.rate': 50, 'key.shape': 'uniform', ...source },
    topic: { partitions: 4, ...topic },
    sink: { ...consumer, ...sink },
    cluster: { 'network.latency.ms': 1, ...cluster },
    ...rest,
  });
}

const group = (run: Run) => reportOf(run).groups[0]!;
/** Partitions by member of the first group, as the coordinator and the members see it when all is settled. */
const owned = (run: Run) => run.ctx.members.map((member) => [...member.owned]);
const texts = (run: Run, code: string) => {
  reportOf(run);
  return run.ctx.timeline.entries.filter((entry) => entry.code === code).map(({ timeUs, text }) => `${Math.round(timeUs / 1000)} ${text}`);
};

/** Moments at which each member's services end, in ms. */
function served(document: PipelineDocument): { readonly run: Run; readonly byMember: number[][] } {
  const byMember: number[][] = [];
  const node = document.nodes.findIndex(({ id }) => id === 'sink');
  const probe = {
    node,
    record: (_sent: number, _start: number, endUs: number, _origin: number, _node: number, member: number) =>
      void (byMember[member] ??= []).push(endUs / 1000),
  };
  const run = start(document, { probe });
  runTo(run, document.scenario.durationMs);
  return { run, byMember };
}

const longestGap = (times: readonly number[], fromMs: number, toMs: number): number => {
  const within = [fromMs, ...times.filter((time) => time > fromMs && time < toMs), toMs];
  return Math.max(...within.slice(1).map((time, i) => time - within[i]!));
};

describe('members of the consumer protocol', () => {
  test('[CNP-14] join by a heartbeat with an id of their own, without a delay, and converge by heartbeats', () => {
    const run = runTo(start(design()), 100);
    const { members } = run.ctx;
    for (const { memberId } of members) expect(memberId).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    expect(new Set(members.map(({ memberId }) => memberId)).size).toBe(2);
    // The first one has had all partitions and gave up half of them; the second learns of that with its next heartbeat.
    expect(owned(run)).toEqual([[0, 1], []]);
    expect(group(run)).toMatchObject({ state: 'Reconciling', generation: 2 });
    runTo(run, 5_100);
    expect(owned(run)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(group(run)).toMatchObject({ state: 'Stable', generation: 2 });
    expect(members.map(({ state, generation }) => [state, generation])).toEqual([
      ['stable', 2],
      ['stable', 2],
    ]);
  });

  test('[CNP-14] heartbeats follow the interval of the broker, and go on while the application works', () => {
    const quiet = design({ cluster: { 'group.consumer.heartbeat.interval.ms': 6_000 }, sink: { 'service.time.ms': 70_000 }, seconds: 125 });
    const run = finished(quiet);
    expect(texts(run, 'member.session-expired')).toEqual([]);
    expect(group(run)).toMatchObject({ state: 'Stable', generation: 2 });
    const beats = (ms: number) => {
      let count = 0;
      const watched = runTo(start(quiet), 20_000);
      while (watched.ctx.events.nowUs < ms * 1000) {
        advance(watched, { untilUs: ms * 1000, maxEvents: 1 });
        if (watched.ctx.events.kind === 14) count++;
      }
      return count;
    };
    expect(beats(80_000)).toBe(20);
  });

  test('[CNP-15] when a member is added the others go on reading what they keep, and only one partition moves', () => {
    const faults: Fault[] = [{ atMs: 10_000, action: 'member.add', node: 'sink' }];
    const { run, byMember } = served(design({ faults, seconds: 30 }));
    expect(owned(run)).toEqual([[0], [2, 3], [1]]);
    expect(texts(run, 'member.reconciling').at(-1)).toMatch(/^1\d{4} sink-0 is to give up topic-1\.$/);
    for (const member of [0, 1]) expect(longestGap(byMember[member]!, 6_000, 29_500)).toBeLessThan(700);
    expect(reportOf(run).ledger.paths[0]!.processedAgain).toBe(0);
  });

  test('[CNP-15] a member that has partitions to give up does so inside poll, after a commit, and the new owner goes on from there', () => {
    const faults: Fault[] = [{ atMs: 10_000, action: 'member.add', node: 'sink' }];
    // A poll takes seconds: nothing moves before it is over.
    const slow = design({
      faults,
      source: { 'workload.rate': 300 },
      sink: { 'max.poll.records': 400, 'service.time.ms': 10 },
      seconds: 60,
    });
    const run = start(slow);
    const told = () => run.ctx.members.findIndex(({ state }) => state === 'reconciling');
    for (let ms = 10_100; told() < 0; ms += 100) runTo(run, ms);
    const [member, before] = [told(), owned(run)[told()]!.length];
    expect(run.ctx.workers[member]!.phase).toBe('serving');
    expect(before).toBe(2);
    runTo(run, 40_000);
    expect(owned(run).flat().sort()).toEqual([0, 1, 2, 3]);
    expect(group(run).state).toBe('Stable');
    expect(reportOf(run).ledger.paths[0]!.processedAgain).toBe(0);
  });

  test.each(['after-processing', 'before-processing', 'auto'])(
    '[CNP-15] (%s) what came and what went while the application worked is taken up in one poll, and what is new is read from where it stood',
    (mode) => {
      const faults: Fault[] = [
        { atMs: 10_000, action: 'outage.start', node: 'sink' },
        { atMs: 12_000, action: 'member.stop', node: 'sink', member: 0 },
        { atMs: 20_000, action: 'member.add', node: 'sink' },
        { atMs: 28_000, action: 'outage.end', node: 'sink' },
      ];
      const run = start(design({ faults, source: { 'workload.records': 1000 }, sink: { 'commit.mode': mode }, topic: { partitions: 3 } }));
      const at = (ms: number) => owned(runTo(run, ms))[1]!;
      const [before, after] = [at(27_900), at(40_000)];
      expect(before.filter((index) => !after.includes(index))).toHaveLength(1);
      expect(after.filter((index) => !before.includes(index))).toHaveLength(1);
      runTo(run, 60_000);
      expect(group(run).lagRecords).toBe(0);
    },
  );
});

describe('members that go', () => {
  test('[CNP-16] a closed member leaves at once, and a crashed one after the session timeout', () => {
    const leaving = finished(design({ faults: [{ atMs: 10_000, action: 'member.stop', node: 'sink', member: 1 }], seconds: 20 }));
    expect(owned(leaving)).toEqual([[0, 1, 2, 3], []]);
    expect(texts(leaving, 'member.left').at(-1)).toBe('10001 sink-1 left group sink: leave.');
    const crashing = start(design({ faults: [{ atMs: 10_000, action: 'member.crash', node: 'sink', member: 1 }], seconds: 80 }));
    runTo(crashing, 48_000);
    expect(owned(crashing)).toEqual([[0, 1], []]);
    runTo(crashing, 62_000);
    expect(owned(crashing)).toEqual([[0, 1, 2, 3], []]);
    const [line] = texts(crashing, 'member.session-expired');
    const atMs = Number(line!.split(' ')[0]);
    // 45 s after its last heartbeat, which was up to 5 s before the crash.
    expect(atMs).toBeGreaterThan(50_000);
    expect(atMs).toBeLessThanOrEqual(55_002);
  });

  test('[CNP-16] who does not poll for max.poll.interval.ms leaves though its heartbeats go on, and joins again at its next poll', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'outage.start', node: 'sink' },
      { atMs: 40_000, action: 'outage.end', node: 'sink' },
    ];
    const run = start(design({ faults, sink: { 'max.poll.interval.ms': 20_000, instances: 1 } }));
    runTo(run, 29_900);
    expect(group(run).state).toBe('Stable');
    const { memberId } = run.ctx.members[0]!;
    runTo(run, 31_000);
    expect(run.ctx.members[0]).toMatchObject({ state: 'stale', generation: -1, memberId });
    expect(group(run).state).toBe('Empty');
    expect(texts(run, 'member.left').at(-1)).toMatch(/^\d+ sink-0 left group sink: poll interval exceeded\.$/);
    runTo(run, 60_000);
    expect(run.ctx.members[0]).toMatchObject({ state: 'stable', memberId });
    expect(owned(run)).toEqual([[0, 1, 2, 3]]);
    expect(group(run)).toMatchObject({ state: 'Stable', lagRecords: group(run).lagRecords });
  });

  test('[CNP-17] a static member that is back within its session finds its partitions, and nobody else moves', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'member.stop', node: 'sink', member: 1 },
      { atMs: 30_000, action: 'member.restart', node: 'sink', member: 1 },
    ];
    const run = start(design({ faults, sink: { 'group.instance.id': 'static' } }));
    runTo(run, 9_000);
    const before = owned(run);
    const { generation } = group(run);
    const { memberId } = run.ctx.members[1]!;
    runTo(run, 29_000);
    expect(owned(run)).toEqual([before[0], []]);
    runTo(run, 36_000);
    expect(owned(run)).toEqual(before);
    expect(run.ctx.members[1]!.memberId).not.toBe(memberId);
    expect(group(run)).toMatchObject({ state: 'Stable', generation });
  });

  test('[CNP-17] an instance id in use puts the one who comes with it out for good', () => {
    const document = design({
      sink: { 'group.instance.id': 'static', instances: 1 },
      faults: [
        { atMs: 10_000, action: 'member.crash', node: 'sink', member: 0 },
        { atMs: 12_000, action: 'member.restart', node: 'sink', member: 0 },
      ],
      seconds: 20,
    });
    const run = finished(document);
    expect(run.ctx.members[0]).toMatchObject({ state: 'down', failure: 'UNRELEASED_INSTANCE_ID' });
    expect(texts(run, 'member.failed')).toHaveLength(1);
  });
});

/** Two nodes of one group, so that one of them can be cut off. */
function twoNodes(faults: readonly Fault[], sink: Config = {}): PipelineDocument {
  const config = { ...reader, 'group.protocol': 'consumer', 'group.id': 'readers', 'service.time.ms': 5, ...sink };
  return documentOf({
    nodes: {
      source: { kind: 'producer', config: { 'workload.rate': 100 }, to: ['topic'] },
      topic: { kind: 'topic', config: { partitions: 4 }, to: ['left', 'right'] },
      left: { kind: 'sink', config },
      right: { kind: 'sink', config },
    },
    cluster: { 'network.latency.ms': 1 },
    faults,
    seconds: 90,
  });
}

describe('members that are put out', () => {
  test('[CNP-18] who does not give up its partitions in time is fenced, and finds out when it is reached again', () => {
    const cut = { between: ['node:left'], and: ['broker:0'] };
    const run = start(
      twoNodes(
        [
          { atMs: 20_000, action: 'outage.start', node: 'left' },
          { atMs: 21_000, action: 'member.add', node: 'right' },
          { atMs: 27_000, action: 'network.cut', ...cut },
          { atMs: 50_000, action: 'network.heal', ...cut },
          { atMs: 50_000, action: 'outage.end', node: 'left' },
        ],
        { 'max.poll.interval.ms': 12_000 },
      ),
    );
    runTo(run, 45_000);
    expect(texts(run, 'member.left').at(-1)).toMatch(
      /^\d+ left-0 left group readers: did not give up its partitions within max\.poll\.interval\.ms\.$/,
    );
    expect(run.ctx.groups[0]!.consumer!.live.members.size).toBe(2);
    runTo(run, 90_000);
    expect(group(run).state).toBe('Stable');
    expect(owned(run).flat().sort()).toEqual([0, 1, 2, 3]);
    expect(run.ctx.members.every(({ state }) => state === 'stable')).toBe(true);
  });

  test('[CNP-18] who was cut off for longer than its session is fenced: it drops its partitions without a commit and joins again with epoch 0', () => {
    const cut = { between: ['node:left'], and: ['broker:0'] };
    const run = start(
      twoNodes([
        { atMs: 10_000, action: 'network.cut', ...cut },
        { atMs: 70_000, action: 'network.heal', ...cut },
      ]),
    );
    runTo(run, 65_000);
    // It does not know, and works with what it has.
    expect(owned(run)[0]).toEqual([0, 1]);
    expect(owned(run)[1]).toEqual([0, 1, 2, 3]);
    runTo(run, 90_000);
    expect(texts(run, 'member.fenced')).toHaveLength(1);
    expect(texts(run, 'member.fenced')[0]).toContain('UNKNOWN_MEMBER_ID');
    expect(owned(run).flat().sort()).toEqual([0, 1, 2, 3]);
    expect(group(run).state).toBe('Stable');
  });
});

describe('the coordinator', () => {
  const three: Config = { brokers: 3, 'offsets.topic.replication.factor': 3 };

  test('[CNP-19] another broker goes on from what was written: same epoch, same assignment, sessions begin anew', () => {
    const document = design({ topic: { 'replication.factor': 3 }, cluster: three });
    const { coordinator } = runTo(start(document), 9_000).ctx.groups[0]!;
    const faults: Fault[] = [{ atMs: 10_000, action: 'broker.kill', broker: coordinator }];
    const { run, byMember } = served({ ...document, scenario: { ...document.scenario, faults } });
    expect(run.ctx.groups[0]!.coordinator).not.toBe(coordinator);
    expect(group(run)).toMatchObject({ state: 'Stable', generation: 2, rebalances: 2 });
    expect(texts(run, 'member.fenced')).toEqual([]);
    expect(byMember.map((times) => times.at(-1)! > 59_000)).toEqual([true, true]);
  });

  test('[CNP-19] a member that has died with the coordinator is noticed a session after the next one has loaded the group', () => {
    const document = design({ topic: { 'replication.factor': 3 }, cluster: three, seconds: 90 });
    const { coordinator } = runTo(start(document), 9_000).ctx.groups[0]!;
    const faults: Fault[] = [
      { atMs: 10_000, action: 'broker.kill', broker: coordinator },
      { atMs: 10_001, action: 'member.crash', node: 'sink', member: 1 },
    ];
    const run = finished({ ...document, scenario: { ...document.scenario, faults } });
    const [line] = texts(run, 'member.session-expired');
    // The controller takes up to 9 s to give up the broker.
    expect(Number(line!.split(' ')[0])).toBeGreaterThan(56_000);
    expect(owned(run)).toEqual([[0, 1, 2, 3], []]);
  });

  test('[CNP-20] partitions that are added are dealt out at the next heartbeat, before any client asks for metadata', () => {
    const run = start(design({ faults: [{ atMs: 10_000, action: 'partitions.add', node: 'topic', count: 2 }] }));
    runTo(run, 21_000);
    expect(owned(run).flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(group(run)).toMatchObject({ state: 'Stable', generation: 3 });
  });

  test('[CNP-20] the loss of a rack with the coordinator and leaders in it ends in a stable group', () => {
    const cluster = { brokers: 3, 'broker.racks': ['a', 'b', 'c'], 'offsets.topic.replication.factor': 3 };
    const run = start(
      design({
        topic: { 'replication.factor': 3 },
        cluster,
        faults: [
          { atMs: 10_000, action: 'zone.loss', rack: 'a' },
          { atMs: 30_000, action: 'zone.return', rack: 'a' },
          { atMs: 31_000, action: 'member.add', node: 'sink' },
        ],
        seconds: 90,
      }),
    );
    runTo(run, 90_000);
    expect(group(run)).toMatchObject({ state: 'Stable', generation: 3 });
    expect(owned(run).flat().sort()).toEqual([0, 1, 2, 3]);
    const [path] = reportOf(run).ledger.paths;
    expect(path!.processed + path!.underWay).toBe(path!.produced);
  });

  test('[CNP-21] group.remote.assignor and group.consumer.assignors decide who gets what', () => {
    const ownersBy = (sink: Config, cluster: Config) =>
      owned(runTo(start(design({ sink: { ...sink, instances: 3 }, topic: { partitions: 7 }, cluster })), 20_000)).map(
        (list) => list.length,
      );
    expect(ownersBy({}, {}).sort()).toEqual([2, 2, 3]);
    const run = runTo(start(design({ sink: { 'group.remote.assignor': 'range', instances: 3 }, topic: { partitions: 7 } })), 20_000);
    // Ranges are runs of neighbours.
    for (const list of owned(run)) expect(list).toEqual(list.map((_, i) => list[0]! + i));
    expect(run.ctx.groups[0]!.consumer!.live.config.assignor).toBe('uniform');
    expect(ownersBy({}, { 'group.consumer.assignors': ['range'] }).sort()).toEqual([2, 2, 3]);
  });

  test('[CNP-21] members beyond group.consumer.max.size fail', () => {
    const run = runTo(start(design({ sink: { instances: 3 }, cluster: { 'group.consumer.max.size': 2 } })), 20_000);
    expect(run.ctx.members.filter(({ failure }) => failure === 'GROUP_MAX_SIZE_REACHED')).toHaveLength(1);
    expect(owned(run).flat().sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('commits', () => {
  test('[CNP-22] carry the member epoch, and what auto commit sends before a rebalance is sent again with the newer one', () => {
    const faults: Fault[] = [{ atMs: 10_000, action: 'member.add', node: 'sink' }];
    const run = finished(design({ faults, sink: { 'commit.mode': 'auto' }, seconds: 30 }));
    expect(group(run).state).toBe('Stable');
    expect(reportOf(run).ledger.paths[0]!.processedAgain).toBe(0);
  });
});

test('[CNP-23] a run of classic groups has no event of the consumer protocol, and one of it none of the classic rebalances', () => {
  const run = start(design({ faults: [{ atMs: 5_000, action: 'member.crash', node: 'sink', member: 0 }] }));
  const kinds = new Set<number>();
  while (run.ctx.events.nowUs < 60e6 && advance(run, { untilUs: 60e6, maxEvents: 1 }).kind !== 'bounded') {
    kinds.add(run.ctx.events.kind);
    if (run.ctx.events.nowUs >= 60e6) break;
  }
  expect([12, 19].filter((kind) => kinds.has(kind))).toEqual([]);
  expect(fingerprint(finished(design({ seconds: 10 })))).toBe(fingerprint(finished(design({ seconds: 10 }))));
});
