import { expect, test } from 'vitest';
import { advance, compile, createRun, reportOf } from '../engine/index.ts';
import { newDocument, type Fault, type PipelineDocument } from '../pipeline/index.ts';
import { gzip } from './gzip.ts';
import { reportText } from './reportText.ts';

function textOf(producer: object, cluster: object, topic: object = {}, faults: readonly Fault[] = [], sink: object = {}): string {
  const document = {
    ...newDocument(),
    nodes: [
      { id: 'p', kind: 'producer', name: 'orders', config: { 'workload.rate': 100, 'value.size.bytes': 1000, ...producer } },
      { id: 't', kind: 'topic', name: 'topic', config: topic },
      { id: 's', kind: 'sink', name: 'index', config: sink },
    ],
    edges: [
      { id: 'e', source: 'p', target: 't' },
      { id: 'f', source: 't', target: 's' },
    ],
    cluster: { config: { brokers: 1, ...cluster } },
    scenario: { seed: 1, durationMs: 120_000, faults, objectives: [] },
  } as PipelineDocument;
  const { topology, findings } = compile(document, { gzip });
  if (topology === null) throw new Error(findings.map(({ message }) => message).join('\n'));
  const run = createRun(topology);
  advance(run, { untilUs: 120_000_000, maxEvents: Infinity });
  return reportText(reportOf(run));
}

test('[CAP-4] the report says who was held back by which quota', () => {
  expect(textOf({}, { 'quota.producer.bytes.per.second': 20_000 })).toMatch(
    /orders was held back by quota\.producer\.bytes\.per\.second for .* (s|min)/,
  );
  expect(textOf({}, {})).not.toContain('held back');
});

test('[CAP-6] the report says what is stored where, and what that costs a month', () => {
  const tier = { 'remote.storage.enable': true, 'segment.bytes': 1_000_000, 'local.retention.bytes': 1_000_000 };
  const text = textOf({}, { 'remote.storage.price.per.gb.month': 1000, 'log.retention.check.interval.ms': 10_000 }, tier);
  expect(text).toMatch(/MiB on the brokers' disks: 0\.00 USD a month/);
  expect(text).toMatch(/MiB in the remote tier: (8|9|10|11)\.\d\d USD a month/);
});

test('[CAP-9] the report says what compressed sizes rest on', () => {
  const text = textOf({ 'compression.type': 'gzip', 'value.template': '{"n":{{sequence}},"state":"open"}' }, {});
  expect(text).toMatch(/calibrated +orders: gzip takes \d+ % of the bytes of a batch of 16 KiB/);
});

test('[CLU-42] the report says that a group has no coordinator, and not the broker that was it', () => {
  const kill: Fault = { atMs: 60_000, action: 'broker.kill', broker: 0 };
  expect(textOf({}, {})).toContain('coordinator 0,');
  expect(textOf({}, {}, {}, [kill])).toContain('coordinator none,');
});

test('[BRK-40] the ledger says that lost records may not have been acknowledged', () => {
  expect(textOf({}, {})).toContain('(lost: cut off with a leader, acknowledged or not)');
});

test('[LDGV-7] the report has a route from each source to each sink, and why what did not arrive did not', () => {
  const crash: Fault = { atMs: 5000, action: 'member.crash', node: 's', member: 0 };
  const restart: Fault = { atMs: 6000, action: 'member.restart', node: 's', member: 0 };
  const sink = { 'commit.mode': 'before-processing', 'auto.offset.reset': 'earliest', 'service.time.ms': 8, 'max.poll.records': 100 };
  const text = textOf({ 'workload.records': 600 }, {}, {}, [crash, restart], sink);
  expect(text).toMatch(
    /source +… through +to +produced +once +duplicated +reordered +lost +under way\n +orders +topic +index +600 +\d+ +0 +0 +[1-9]\d* +0\n/,
  );
  expect(text).toMatch(
    /Causes, by the time they began\n {2}lost, \d+ records at index: Committed before processing: index-0 crashed at 5 s\. \(topic-0 \d+–\d+/,
  );
  expect(textOf({ 'workload.records': 100 }, {}, {}, [], { 'auto.offset.reset': 'earliest' })).not.toContain('Causes');
});

test('[LAG-4] a group that is behind says why, and what helps; one that keeps up says nothing', () => {
  const sink = { 'auto.offset.reset': 'earliest', 'service.time.ms': 20 };
  const text = textOf({}, {}, {}, [], sink);
  expect(text).toMatch(
    / {2}Lag grows by .*\/s, never drained at this rate\.\n {2}Because \(100 % of it\): index is too slow: index-0 is busy 100 % of the time/,
  );
  expect(text).toContain('    What helps: ');
  expect(textOf({}, {}, {}, [], { ...sink, 'service.time.ms': 1 })).not.toContain('Because');
});
