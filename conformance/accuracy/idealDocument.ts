/** Pipelines in which nothing costs anything but what a case names. */
import type { ConfigValue, Fault, PipelineDocument, PipelineEdge, PipelineNode } from '../../src/pipeline/document.ts';
import { partitionForKey } from '../../src/engine/workload/murmur2.ts';
import { encodeUtf8 } from '../../src/engine/workload/utf8.ts';
import type { SetUp } from './reading.ts';

type Configs = Readonly<Record<string, ConfigValue>>;

/** One broker without network, disk and handler times, groups that do not wait for more members. */
const freeCluster: Configs = {
  brokers: 1,
  'network.latency.ms': 0,
  'network.bytes.per.second': 0,
  'disk.bytes.per.second': 0,
  'request.handler.ms': 0,
  'group.initial.rebalance.delay.ms': 0,
  'log.retention.check.interval.ms': 1_000_000_000_000,
};

/** A send as soon as a record arrives, of records small enough that no size limit cuts a batch or an answer. */
const plainProducer: Configs = { 'linger.ms': 0, 'value.size.bytes': 10, 'key.shape': 'none' };

const eagerConsumer: Configs = { 'auto.offset.reset': 'earliest', 'commit.mode': 'auto' };

/** A share group whose members take one record at a time, so that none waits behind another while somebody is free. */
const oneByOne: Configs = {
  'group.protocol': 'share',
  'share.auto.offset.reset': 'earliest',
  'share.acquire.mode': 'record_limit',
  'max.poll.records': 1,
};

/** A document of producer → topic → stage → topic → … → last stage. */
export function pipelineOf(options: {
  readonly producer: Configs;
  readonly partitions: number;
  /** Configs of each consuming node; all but the last pass on what they read. */
  readonly stages: readonly { readonly configs: Configs; readonly keeps: number }[];
  readonly durationMs: number;
  readonly faults?: readonly Fault[];
}): PipelineDocument {
  const nodes: PipelineNode[] = [{ id: 'source', kind: 'producer', name: 'source', config: { ...plainProducer, ...options.producer } }];
  const edges: PipelineEdge[] = [];
  let before = 'source';
  options.stages.forEach(({ configs, keeps }, index) => {
    const topic = `topic-${index}`;
    const node = `stage-${index}`;
    const isLast = index === options.stages.length - 1;
    nodes.push({ id: topic, kind: 'topic', name: topic, config: { partitions: options.partitions } });
    const config = { ...eagerConsumer, ...configs, ...(!isLast && { 'linger.ms': 0, 'pass.probability': keeps }) };
    nodes.push({ id: node, kind: isLast ? 'sink' : 'filter', name: node, config });
    edges.push({ id: `in-${index}`, source: before, target: topic }, { id: `out-${index}`, source: topic, target: node });
    before = node;
  });
  return {
    format: 'logjam/pipeline',
    version: 1,
    name: 'accuracy',
    description: '',
    nodes,
    edges,
    cluster: { config: freeCluster },
    scenario: { seed: 1, durationMs: options.durationMs, faults: options.faults ?? [], objectives: [] },
    layout: { positions: [] },
  };
}

/** The document of a queueing case with `records` records. */
export function queueDocument(setUp: SetUp, records: number): PipelineDocument {
  const { erlangArrivals } = setUp;
  const partitions = setUp.partitions * erlangArrivals;
  const rate = setUp.rate * erlangArrivals;
  const consumers = setUp.consumers * erlangArrivals;
  const bulk: Configs = setUp.bulk > 0 ? { prefetch: false, 'max.poll.records': setUp.bulk, 'write.batch.records': setUp.bulk } : {};
  const sharing: Configs = setUp.shares ? oneByOne : {};
  return pipelineOf({
    producer: {
      'workload.shape': setUp.arrivals,
      'workload.rate': rate,
      'workload.group.size': setUp.groupSize,
      'workload.records': records,
      ...fairKeys(partitions, erlangArrivals > 1),
    },
    partitions,
    stages: setUp.stages.map(({ configs, keeps }) => ({ configs: { ...configs, instances: consumers, ...bulk, ...sharing }, keeps })),
    durationMs: Math.ceil((records / rate) * 1000),
  });
}

/**
 * Keys that spread records exactly evenly. The hash of a thousand arbitrary keys is never quite even over four partitions, so the list is made of keys
 * that are: the same number for every partition, each as likely as the next. In turn instead of at random, every partition gets every k-th
 * record (which makes Erlang-k distances out of Poisson arrivals); sequential keys need a prefix under which the numbers 1 to k fall on k partitions.
 */
export function fairKeys(partitions: number, inTurn: boolean): Configs {
  if (partitions === 1) return {};
  const partitionOf = (key: string) => partitionForKey(encodeUtf8(key), partitions);
  if (inTurn) {
    for (let attempt = 0; attempt < 10_000_000; attempt++) {
      const prefix = `t${attempt}-`;
      const hit = new Set(Array.from({ length: partitions }, (_, i) => partitionOf(`${prefix}${i + 1}`)));
      if (hit.size === partitions) return { 'key.shape': 'sequential', 'key.count': partitions, 'key.prefix': prefix };
    }
    throw new Error(`no prefix found whose numbers 1 to ${partitions} fall on ${partitions} partitions`);
  }
  const perPartition = 8;
  const counts = new Array<number>(partitions).fill(0);
  const keys: string[] = [];
  for (let i = 0; keys.length < partitions * perPartition; i++) {
    const partition = partitionOf(`key-${i}`);
    if (counts[partition]! >= perPartition) continue;
    counts[partition]!++;
    keys.push(`key-${i}`);
  }
  return { 'key.shape': 'list', 'key.list': keys };
}
