import { describe, expect, test } from 'vitest';
import { newDocument } from '../create.ts';
import type { Config, Fault, PipelineDocument } from '../document.ts';
import { validateDocument } from '../validate.ts';

interface Design {
  readonly producer?: Config;
  readonly topic?: Config;
  readonly sink?: Config;
  readonly cluster?: Config;
  readonly faults?: readonly Fault[];
  readonly durationMs?: number;
}

/** producer → topic → sink. */
function line(design: Design = {}): PipelineDocument {
  const document = newDocument();
  return {
    ...document,
    nodes: [
      { id: 'p', kind: 'producer', name: 'shop', config: design.producer ?? {} },
      { id: 't', kind: 'topic', name: 'orders', config: design.topic ?? {} },
      { id: 's', kind: 'sink', name: 'mail', config: { 'service.time.ms': 0, ...design.sink } },
    ],
    edges: [
      { id: 'e1', source: 'p', target: 't' },
      { id: 'e2', source: 't', target: 's' },
    ],
    cluster: { config: design.cluster ?? {} },
    scenario: { ...document.scenario, durationMs: design.durationMs ?? 600_000, faults: design.faults ?? [] },
  };
}

const said = (design: Design) =>
  validateDocument(line(design)).map(({ severity, code, config }) =>
    [severity, code, config].filter((part) => part !== undefined).join(' '),
  );
const sentences = (design: Design) => validateDocument(line(design)).map(({ message }) => message);
const copies = (factor: number, minimum: number): Config => ({ 'replication.factor': factor, 'min.insync.replicas': minimum });

describe('copies of topics', () => {
  test('[CHK-1] more copies than brokers are an error with Kafka’s sentence', () => {
    expect(said({ cluster: { brokers: 2 }, topic: copies(3, 1) })).toEqual(['error topic.replication-factor replication.factor']);
    expect(sentences({ cluster: { brokers: 2 }, topic: copies(3, 1) })[0]).toContain(
      'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 2 broker(s) are registered.',
    );
    const cluster = { brokers: 2, 'offsets.topic.replication.factor': 3, 'transaction.state.log.replication.factor': 2 };
    expect(said({ cluster })).toEqual(['error cluster.internal-replication-factor offsets.topic.replication.factor']);
  });

  test.each<[Config, readonly string[]]>([
    [copies(3, 2), []],
    [copies(3, 3), ['warning topic.no-spare-replica min.insync.replicas']],
    [copies(2, 3), ['warning topic.min-insync-replicas min.insync.replicas']],
    [copies(1, 2), ['warning topic.min-insync-replicas min.insync.replicas']],
    [copies(0, 1), ['error config.out-of-range replication.factor']],
    [{ ...copies(3, 2), 'unclean.leader.election.enable': true }, ['warning topic.unclean-leaders unclean.leader.election.enable']],
  ])('[CHK-2] %j', (topic, expected) => {
    expect(said({ topic })).toEqual(expected);
  });

  test('[CHK-2] one copy is said where somebody asks for acks=all or plans to lose a broker, and only there', () => {
    expect(said({})).toEqual([]);
    expect(said({ producer: { acks: 'all' } })).toEqual(['info topic.single-copy replication.factor']);
    expect(said({ faults: [{ atMs: 1, action: 'broker.kill', broker: 0 }] })).toEqual(['info topic.single-copy replication.factor']);
    expect(said({ topic: copies(3, 2), producer: { acks: 'all' }, faults: [{ atMs: 1, action: 'broker.kill', broker: 0 }] })).toEqual([]);
  });

  test('[CHK-3] racks: too few for the copies, too many for the brokers', () => {
    expect(said({ cluster: { 'broker.racks': ['a', 'b'] }, topic: copies(3, 2) })).toEqual([
      'warning topic.copies-share-rack replication.factor',
    ]);
    expect(said({ cluster: { 'broker.racks': ['a', 'b'] }, topic: copies(3, 1) })).toEqual([
      'info topic.copies-share-rack replication.factor',
    ]);
    expect(said({ cluster: { 'broker.racks': ['a', 'b', 'c'] }, topic: copies(3, 2) })).toEqual([]);
    expect(said({ cluster: { 'broker.racks': ['a', 'b', 'c', 'd'] } })).toEqual(['warning cluster.empty-racks broker.racks']);
    expect(said({ cluster: { 'broker.racks': ['a', ' '] } })).toEqual(['error cluster.rack-name broker.racks']);
  });

  test('[CHK-3] a client.rack where no broker stands, and one that no leader looks at', () => {
    const cluster = { 'broker.racks': ['east', 'west'] };
    const selector = { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' };
    expect(said({ cluster, sink: { 'client.rack': 'wst' } })).toEqual(['warning consumer.unknown-rack client.rack']);
    expect(said({ sink: { 'client.rack': 'west' } })).toEqual(['warning consumer.unknown-rack client.rack']);
    expect(said({ cluster, sink: { 'client.rack': 'west' } })).toEqual(['info consumer.rack-unused client.rack']);
    expect(said({ cluster: { ...cluster, ...selector }, sink: { 'client.rack': 'west' } })).toEqual([]);
  });

  test('[CHK-4] broker configs that Kafka refuses or that fence living brokers', () => {
    expect(said({ cluster: { 'replica.lag.time.max.ms': 400 } })).toEqual(['error cluster.replica-fetch-wait replica.fetch.wait.max.ms']);
    expect(said({ cluster: { 'broker.session.timeout.ms': 3_999 } })).toEqual([
      'warning cluster.broker-heartbeat broker.heartbeat.interval.ms',
    ]);
  });
});

describe('what is stored', () => {
  test.each<[Design, readonly string[]]>([
    [{ topic: { 'cleanup.policy': 'compact' }, producer: { 'key.shape': 'none' } }, ['warning topic.compacted-without-keys key.shape']],
    [{ topic: { 'cleanup.policy': 'compact,delete' }, producer: { 'value.null.share': 0.1 } }, []],
    [{ producer: { 'value.null.share': 0.1 } }, ['info topic.tombstones-not-compacted value.null.share']],
    [
      { topic: { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': 2, 'max.compaction.lag.ms': 1 } },
      ['error topic.compaction-lags min.compaction.lag.ms'],
    ],
    [{ topic: { 'cleanup.policy': 'compact' }, cluster: { 'log.cleaner.threads': 0 } }, ['warning topic.no-cleaner cleanup.policy']],
    [{ topic: { 'cleanup.policy': 'delete' }, cluster: { 'log.cleaner.threads': 0 } }, []],
  ])('[CHK-5] compaction: %j', (design, expected) => {
    expect(said(design)).toEqual(expected);
  });

  test.each<[Config, readonly string[]]>([
    [{}, []],
    [{ 'cleanup.policy': 'compact' }, ['error topic.remote-storage-compacted remote.storage.enable']],
    [{ 'local.retention.ms': 604_800_001 }, ['error topic.local-retention local.retention.ms']],
    [{ 'local.retention.ms': -1 }, ['error topic.local-retention local.retention.ms']],
    [{ 'local.retention.ms': -1, 'retention.ms': -1 }, []],
    [{ 'local.retention.bytes': 2_000_000, 'retention.bytes': 1_000_000_000 }, []],
    [{ 'local.retention.bytes': 2_000_000_000, 'retention.bytes': 1_000_000_000 }, ['error topic.local-retention local.retention.bytes']],
  ])('[CHK-6] a remote tier: %j', (topic, expected) => {
    expect(said({ topic: { 'remote.storage.enable': true, ...topic } })).toEqual(expected);
  });
});

describe('what a producer promises', () => {
  test.each<[Config, readonly string[]]>([
    [{ acks: '1' }, []],
    [{ acks: '1', 'enable.idempotence': true }, ['error producer.refused acks']],
    [{ retries: 0 }, []],
    [{ retries: 0, 'enable.idempotence': true }, ['error producer.refused retries']],
    [{ 'max.in.flight.requests.per.connection': 6 }, ['error producer.refused max.in.flight.requests.per.connection']],
    [{ 'max.in.flight.requests.per.connection': 6, 'enable.idempotence': false }, ['warning producer.no-idempotence enable.idempotence']],
    [{ 'enable.idempotence': false, retries: 0 }, []],
  ])('[CHK-7] idempotence: %j', (producer, expected) => {
    expect(said({ producer })).toEqual(expected);
  });

  test('[CHK-7] the words are those of Kafka’s ConfigException', () => {
    expect(sentences({ producer: { 'max.in.flight.requests.per.connection': 6 } })[0]).toContain(
      'To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. Current value is 6.',
    );
  });

  test.each<[Config, readonly string[]]>([
    [{ 'transactional.id': 'a' }, []],
    [{ 'transactional.id': 'a', acks: '1' }, ['error producer.refused transactional.id']],
    [
      { 'transactional.id': 'a', 'enable.idempotence': false },
      ['warning producer.no-idempotence enable.idempotence', 'error producer.refused transactional.id'],
    ],
    [{ 'transactional.id': 'a', 'transaction.timeout.ms': 900_001 }, ['error producer.transaction-timeout transaction.timeout.ms']],
    [{ 'transaction.timeout.ms': 900_001 }, []],
    [{ 'transactional.id': 'a', 'workload.rate': 1 }, ['warning producer.slow-transactions transaction.records']],
  ])('[CHK-8] transactions: %j', (producer, expected) => {
    expect(said({ producer })).toEqual(expected);
  });

  test('[CHK-8] two producers of one transactional id fence each other', () => {
    const document = line({ producer: { 'transactional.id': 'a' } });
    const twin = { id: 'q', kind: 'producer', name: 'till', config: { 'transactional.id': 'a' } } as const;
    const edges = [...document.edges, { id: 'e3', source: 'q', target: 't' }];
    const findings = validateDocument({ ...document, nodes: [...document.nodes, twin], edges });
    expect(findings.map(({ code, node }) => `${code} ${node ?? ''}`)).toEqual(['producer.same-transactional-id q']);
  });

  test.each<[Config, readonly string[]]>([
    [{ 'delivery.timeout.ms': 30_005 }, []],
    [{ 'delivery.timeout.ms': 30_004 }, ['error producer.refused delivery.timeout.ms']],
    [{ 'request.timeout.ms': 120_000 }, ['info producer.delivery-timeout delivery.timeout.ms']],
  ])('[CHK-9] the time to deliver: %j', (producer, expected) => {
    expect(said({ producer })).toEqual(expected);
  });
});

describe('retention', () => {
  test('[CHK-10] a reader slower than its writers loses records once it is as far behind as the topic keeps them', () => {
    // 1,000 a second written, 500 a second read: what is read at time t is t / 2 old.
    const sink = { 'service.time.ms': 2, 'max.poll.records': 100 };
    const slow = (topic: Config) => ({ sink, topic });
    expect(said(slow({ 'retention.ms': 299_000 }))).toEqual(['warning retention.slow-reader retention.ms']);
    expect(sentences(slow({ 'retention.ms': 299_000 }))[0]).toContain('after about 10 minutes records are deleted unread');
    expect(said(slow({ 'retention.ms': 301_000 }))).toEqual(['info retention.slow-reader retention.ms']);
    expect(said(slow({ 'retention.ms': -1 }))).toEqual([]);
    expect(said({ sink: { 'service.time.ms': 1 }, topic: { 'retention.ms': 1_000 } })).toEqual([]);
    // 1,024,000 bytes a second: 102,400,000 bytes are kept for 100 seconds.
    expect(said(slow({ 'retention.bytes': 102_400_000 }))).toEqual(['warning retention.slow-reader retention.bytes']);
  });

  test('[CHK-11] a reader away for longer than the topic keeps records, by age or by size, by outage or by a stop of its only member', () => {
    const outage = (ms: number): readonly Fault[] => [
      { atMs: 0, action: 'outage.start', node: 's' },
      { atMs: ms, action: 'outage.end', node: 's' },
    ];
    const stop = (ms: number): readonly Fault[] => [
      { atMs: 0, action: 'member.stop', node: 's', member: 0 },
      { atMs: ms, action: 'member.restart', node: 's', member: 0 },
    ];
    const bytes = { 'retention.bytes': 102_400_000 };
    expect(said({ topic: bytes, faults: outage(101_000) })).toEqual(['warning retention.shorter-than-outage retention.bytes']);
    expect(said({ topic: bytes, faults: outage(99_000) })).toEqual([]);
    expect(said({ topic: { 'retention.ms': 60_000 }, faults: stop(61_000) })).toEqual([
      'warning retention.shorter-than-outage retention.ms',
    ]);
    expect(said({ topic: { 'retention.ms': 60_000 }, faults: stop(59_000) })).toEqual([]);
    expect(said({ topic: { 'retention.ms': 60_000, partitions: 2 }, sink: { instances: 2 }, faults: stop(61_000) })).toEqual([]);
  });
});

describe('faults of the cluster', () => {
  const safe: Design = { topic: copies(3, 2), cluster: { 'broker.racks': ['a', 'b', 'c'] } };
  test.each<[Fault, string | null]>([
    [{ atMs: 1, action: 'broker.kill', broker: 2 }, null],
    [{ atMs: 1, action: 'broker.kill', broker: 3 }, 'error fault.unknown-broker'],
    [{ atMs: 1, action: 'disk.slow', broker: 3, factor: 2 }, 'error fault.unknown-broker'],
    [{ atMs: 1, action: 'zone.loss', rack: 'b' }, null],
    [{ atMs: 1, action: 'zone.loss', rack: 'd' }, 'error fault.unknown-rack'],
    [{ atMs: 1, action: 'network.cut', between: ['broker:0', 'node:p'], and: ['rest'] }, null],
    [{ atMs: 1, action: 'network.cut', between: ['broker:7'], and: ['rest'] }, 'error fault.unknown-broker'],
    [{ atMs: 1, action: 'network.cut', between: ['node:x'], and: ['controller'] }, 'error fault.unknown-endpoint'],
    [{ atMs: 1, action: 'network.cut', between: ['node:t'], and: ['controller'] }, 'error fault.unknown-endpoint'],
    [{ atMs: 1, action: 'network.heal', between: ['rest'], and: ['rest'] }, 'error fault.same-endpoint'],
    [{ atMs: 1, action: 'controller.loss' }, null],
    [{ atMs: 1, action: 'offsets.reset', node: 's', to: 'earliest' }, null],
    [{ atMs: 1, action: 'offsets.reset', node: 's', to: 'shift-by' }, 'error fault.no-value'],
    [{ atMs: 1, action: 'offsets.reset', node: 't', to: 'latest' }, 'error fault.wrong-kind'],
    [{ atMs: 1, action: 'consumer.pause', node: 's' }, null],
    [{ atMs: 1, action: 'consumer.resume', node: 's', member: 0, partition: 0 }, null],
    [{ atMs: 1, action: 'consumer.pause', node: 's', member: 4 }, 'error fault.unknown-member'],
    [{ atMs: 1, action: 'consumer.pause', node: 's', partition: 1 }, 'error fault.unknown-partition'],
    [{ atMs: 1, action: 'consumer.pause', node: 'p' }, 'error fault.wrong-kind'],
    [{ atMs: 1, action: 'consumer.seek', node: 's', to: 'latest' }, null],
    [{ atMs: 1, action: 'consumer.seek', node: 's', to: 'timestamp' }, 'error fault.no-value'],
    [{ atMs: 1, action: 'leader.unclean', node: 't', partition: 0 }, null],
    [{ atMs: 1, action: 'leader.unclean', node: 't', partition: 1 }, 'error fault.unknown-partition'],
    [{ atMs: 1, action: 'leader.unclean', node: 's', partition: 0 }, 'error fault.wrong-kind'],
    [{ atMs: 1, action: 'partition.reassign', node: 't', partition: 0, replicas: [2, 1], throttleBytesPerSecond: 0 }, null],
    [
      { atMs: 1, action: 'partition.reassign', node: 't', partition: 0, replicas: [2, 2], throttleBytesPerSecond: 0 },
      'error fault.replica-twice',
    ],
    [
      { atMs: 1, action: 'partition.reassign', node: 't', partition: 0, replicas: [3], throttleBytesPerSecond: 0 },
      'error fault.unknown-broker',
    ],
    [{ atMs: 1, action: 'partitions.add', node: 't', count: 1 }, 'info fault.keys-move'],
    [{ atMs: 1, action: 'partitions.add', node: 't', count: 10_000 }, 'error fault.too-many-partitions'],
    [{ atMs: 600_001, action: 'controller.loss' }, 'warning fault.after-the-end'],
  ])('[CHK-12] %j', (fault, expected) => {
    expect(said({ ...safe, faults: [fault] })).toEqual(expected === null ? [] : [expected]);
  });

  test('[CHK-13] a move with a limit at or below what is written to the partition and its followers never ends', () => {
    // 100 records of 1,000 bytes a second in two partitions: 50,000 bytes a second each, for two followers and the new replica.
    const move = (throttleBytesPerSecond: number): Fault => ({
      atMs: 1,
      action: 'partition.reassign',
      node: 't',
      partition: 0,
      replicas: [2, 1, 3],
      throttleBytesPerSecond,
    });
    const design = (limit: number, producer: Config = {}): Design => ({
      cluster: { brokers: 4 },
      topic: { ...copies(3, 2), partitions: 2 },
      producer: { 'workload.rate': 100, 'value.size.bytes': 1000, ...producer },
      faults: [move(limit)],
    });
    const never = ['warning fault.move-never-ends'];
    expect(said(design(50_000))).toEqual(never);
    expect(sentences(design(50_000))[0]).not.toContain('followers');
    expect(said(design(150_000))).toEqual(never);
    expect(sentences(design(150_000))[0]).toContain('about 50000 are written to it, and what goes to its 2 followers counts as well');
    expect(said(design(150_001))).toEqual([]);
    expect(said(design(0))).toEqual([]);
    // What cannot be told: compressed sizes, and sources that end.
    expect(said(design(50_000, { 'compression.type': 'zstd' }))).toEqual([]);
    expect(said(design(50_000, { 'workload.records': 10 }))).toEqual([]);
  });

  test('[CHK-12] partitions added before can be named, a controller without a quorum is said', () => {
    const faults: readonly Fault[] = [
      { atMs: 5, action: 'leader.unclean', node: 't', partition: 2 },
      { atMs: 4, action: 'partitions.add', node: 't', count: 2 },
      { atMs: 3, action: 'leader.unclean', node: 't', partition: 2 },
    ];
    expect(said({ ...safe, faults })).toEqual(['info fault.keys-move', 'error fault.unknown-partition']);
    const cluster = { ...safe.cluster, 'controller.quorum.voters.count': 1 };
    expect(said({ ...safe, cluster, faults: [{ atMs: 1, action: 'controller.loss' }] })).toEqual(['warning fault.no-quorum']);
  });
});

describe('pools', () => {
  const pool: Config = { 'processing.mode': 'pool', 'commit.mode': 'after-processing' };
  test.each<[Config, readonly string[]]>([
    [pool, []],
    [{ ...pool, 'commit.mode': 'auto' }, ['warning pool.commits-early commit.mode']],
    [{ ...pool, 'write.batch.records': 10 }, ['warning pool.unused-config write.batch.records']],
    [{ 'processing.mode': 'pool', 'group.protocol': 'share' }, ['warning pool.unused processing.mode']],
    [{ ...pool, 'service.time.ms': 2000 }, []],
    [
      { ...pool, 'service.time.ms': 2000, 'pool.when.full': 'block', 'max.poll.records': 4000 },
      ['warning consumer.poll-interval max.poll.records'],
    ],
    [{ ...pool, 'service.time.ms': 2000, 'pool.when.full': 'block', 'max.poll.records': 1000 }, []],
    [{ 'service.time.ms': 2000, 'commit.mode': 'after-processing' }, ['warning consumer.poll-interval max.poll.records']],
  ])('[CHK-14] %j', (sink, expected) => {
    expect(said({ producer: { 'workload.rate': 0.1 }, sink })).toEqual(expected);
  });

  test('[CHK-14] a pool with transactions of its own works its polls off in the loop, and that is said', () => {
    const document = line();
    const work = { id: 'w', kind: 'service' as const, name: 'work', config: { ...pool, 'processing.guarantee': 'exactly_once_v2' } };
    const nodes = [...document.nodes, work, { id: 'o', kind: 'topic' as const, name: 'out', config: {} }];
    const edges = [...document.edges, { id: 'e3', source: 't', target: 'w' }, { id: 'e4', source: 'w', target: 'o' }];
    expect(validateDocument({ ...document, nodes, edges }).map(({ code }) => code)).toContain('pool.unused');
  });
});
