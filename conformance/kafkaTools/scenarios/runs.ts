/** Logs that runs of the engine leave behind. */
import { documentOf, finished, start } from '../../../src/engine/run/harness.ts';
import type { Run } from '../../../src/engine/run/build.ts';
import { recordResolver } from '../../../src/engine/run/views/recordBytes.ts';
import type { Config, Fault, PipelineDocument } from '../../../src/pipeline/document.ts';
import { compressWithGzip } from '../logWriter.ts';
import type { Scenario } from '../scenario.ts';

interface RunSketch {
  readonly producer?: Config;
  readonly topic?: Config;
  readonly cluster?: Config;
  readonly faults?: readonly Fault[];
  readonly seconds?: number;
}

/** One producer into a topic of one partition; the reader is there because a topic without one is no design. */
function sketch(name: string, { producer = {}, topic = {}, cluster = {}, faults = [], seconds = 2 }: RunSketch): PipelineDocument {
  const nodes = {
    source: { kind: 'producer', config: { 'workload.rate': 200, 'linger.ms': 20, 'batch.size': 4096, ...producer }, to: [name] },
    [name]: { kind: 'topic', config: { partitions: 1, ...topic }, to: ['sink'] },
    sink: { kind: 'sink' },
  } as const;
  return documentOf({ nodes, cluster, faults, seconds, seed: 7 });
}

const ran = (name: string, words: RunSketch): Run => finished(sketch(name, words));

function scenarioOf(topic: string, run: Run, past?: Scenario['past']): Scenario {
  const encoding = { resolve: recordResolver(run, 0), compress: compressWithGzip };
  return { topic, log: run.ctx.partitions[0]!.log, encoding, ...(past && { past }) };
}

const template = '{"order":{{sequence}},"key":{{key}},"amount":{{number 1 900 2}},"city":{{oneOf "Zürich" "São Paulo" "München"}}}';

/** Keys, JSON values with letters of more than one byte, some null values, headers. */
export function plainRun(topic: string): Scenario {
  const headers = ['trace=4bf9=2', 'größe=', 'flag'];
  const producer = {
    'key.shape': 'uniform',
    'key.count': 50,
    'value.template': template,
    'value.null.share': 0.1,
    'record.headers': headers,
  };
  return scenarioOf(topic, ran(topic, { producer }));
}

/** The broker's clock instead of the producer's. */
export function appendTimeRun(topic: string): Scenario {
  return scenarioOf(topic, ran(topic, { topic: { 'message.timestamp.type': 'LogAppendTime' } }));
}

/** Several segments with index entries, the oldest already deleted by retention. */
export function segmentsRun(topic: string): Scenario {
  const configs = { 'segment.bytes': 1_048_576, 'index.interval.bytes': 4096, 'retention.bytes': 2_500_000 };
  const producer = { 'workload.rate': 2000, 'value.size.bytes': 1000, 'batch.size': 16384 };
  return scenarioOf(topic, ran(topic, { producer, topic: configs, cluster: { 'log.retention.check.interval.ms': 1000 }, seconds: 4 }));
}

/** Transactions of 25 records, every third of them aborted. */
export function transactionsRun(topic: string): Scenario {
  const producer = { 'transactional.id': 'orders-1', 'transaction.records': 25, 'transaction.abort.every': 3 };
  return scenarioOf(topic, ran(topic, { producer, cluster: { brokers: 3 } }));
}

/** A compacted topic that the broker's cleaner goes over while the run lasts; some values are null. */
export function compactedRun(topic: string): Scenario {
  const configs = { 'cleanup.policy': 'compact', 'segment.ms': 1000, 'min.cleanable.dirty.ratio': 0.1, 'delete.retention.ms': 2000 };
  const producer = { 'key.shape': 'uniform', 'key.count': 40, 'value.template': template, 'value.null.share': 0.1 };
  const cluster = { 'log.cleaner.backoff.ms': 1000 };
  return scenarioOf(topic, ran(topic, { producer, topic: configs, cluster, seconds: 9 }), 'compacted');
}

/** Three replicas; the leader is killed, and the next one begins an epoch. */
export function replicatedRun(topic: string): Scenario {
  const words = { topic: { 'replication.factor': 3 }, cluster: { brokers: 3, 'broker.session.timeout.ms': 3000 }, seconds: 9 };
  const { leader } = start(sketch(topic, words)).ctx.partitions[0]!;
  return scenarioOf(topic, ran(topic, { ...words, faults: [{ action: 'broker.kill', atMs: 2000, broker: leader }] }));
}
