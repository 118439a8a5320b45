import { expect, test } from 'vitest';
import type { RunWatcher } from '../../broker/watcher.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { documentOf, runTo, start } from '../harness.ts';
import { fingerprint } from './report.ts';

const hooks = [
  'requestSent',
  'batchAppended',
  'batchSettled',
  'producerAbandoned',
  'transactionBegun',
  'transactionEnded',
  'markerAppended',
  'highWatermarkRaised',
  'recordsFetched',
  'polled',
  'serviceBegun',
  'serviceEnded',
  'outputSent',
  'commitSent',
  'commitAnswered',
  'assigned',
  'positionSet',
  'memberStarted',
  'memberEnded',
] as const satisfies readonly (keyof RunWatcher)[];

/** A watcher that counts how often it was told of what. */
function counting(): { readonly watcher: RunWatcher; readonly told: Map<string, number> } {
  const told = new Map<string, number>();
  const watcher = Object.fromEntries(hooks.map((hook) => [hook, () => told.set(hook, (told.get(hook) ?? 0) + 1)])) as RunWatcher;
  return { watcher, told };
}

const document = documentOf({
  nodes: {
    source: { kind: 'producer', config: { 'workload.rate': 50, 'transactional.id': 'id', 'transaction.records': 20 }, to: ['in'] },
    in: { kind: 'topic', config: { partitions: 2, 'replication.factor': 2 }, to: ['work'] },
    work: { kind: 'map', config: { instances: 2 }, to: ['out'] },
    out: { kind: 'topic', to: ['sink'] },
    sink: { kind: 'sink' },
  },
  cluster: { brokers: 2, 'network.latency.ms': 1 },
  faults: [
    { atMs: 2000, action: 'member.crash', node: 'work', member: 0 },
    { atMs: 3000, action: 'member.restart', node: 'work', member: 0 },
  ],
  seconds: 6,
});

test('[WAT-1] a run with a watcher is the run without it, and the watcher is told of everything', () => {
  const plain = runTo(start(document), 6000);
  const { watcher, told } = counting();
  const watched = runTo(start(document, { watcher }), 6000);
  expect(fingerprint(watched)).toBe(fingerprint(plain));
  expect(hooks.filter((hook) => !told.has(hook))).toEqual([]);
  expect(watched.state).toEqual(plain.state);
});

test('[WAT-1] a run restored from a checkpoint can be watched from there on', () => {
  const half = runTo(start(document), 3000);
  const { watcher, told } = counting();
  const rest = runTo(restore(half.topology, checkpoint(half), { watcher }), 6000);
  expect(fingerprint(rest)).toBe(fingerprint(runTo(half, 6000)));
  expect(told.get('polled')).toBeGreaterThan(0);
});
