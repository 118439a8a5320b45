import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Config, NodeKind, PipelineDocument } from '../pipeline/index.ts';
import { newDocument } from '../pipeline/index.ts';
import { exportFiles } from './exportFiles.ts';
import type { ExportTarget } from './exportTargets.ts';

function design(nodes: readonly (readonly [NodeKind, string, Config?])[], cluster: Config = {}): PipelineDocument {
  return {
    ...newDocument('shop'),
    nodes: nodes.map(([kind, name, config = {}], index) => ({ id: `n${index}`, kind, name, config })),
    cluster: { config: cluster },
  };
}

function fileOf(document: PipelineDocument, target: ExportTarget, path: string): string {
  return exportFiles(document, target).files.find((file) => file.path === path)!.text;
}

const codes = (document: PipelineDocument, target: ExportTarget) => exportFiles(document, target).findings.map(({ code }) => code);

describe('brokers', () => {
  interface Compose {
    services: Record<string, { environment: Record<string, string> }>;
  }
  const compose = (cluster: Config) =>
    (parse(fileOf(design([['topic', 'a']], cluster), 'docker-compose', 'docker-compose.yaml'), { version: '1.1' }) as Compose).services;

  test('racks are dealt out in turn, and a dollar sign stays one', () => {
    const services = compose({ brokers: 3, 'broker.racks': ['a', '$b'] });
    const racks = [1, 2, 3].map((number) => services[`broker-${number}`]!.environment['KAFKA_BROKER_RACK']);
    expect(racks).toEqual(['a', '$$b', 'a']);
    expect(compose({ brokers: 1 })['broker-1']!.environment).not.toHaveProperty('KAFKA_BROKER_RACK');
  });

  test('broker configs that are set, and copies of internal topics that fit the brokers', () => {
    const { environment } = compose({ brokers: 2, 'replica.lag.time.max.ms': 10_000, 'log.cleaner.threads': 2 })['broker-1']!;
    expect(environment).toMatchObject({
      KAFKA_REPLICA_LAG_TIME_MAX_MS: '10000',
      KAFKA_LOG_CLEANER_THREADS: '2',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '2',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '2',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '2',
    });
    expect(environment).not.toHaveProperty('KAFKA_LOG_CLEANER_IO_MAX_BYTES_PER_SECOND');
    expect(environment).not.toHaveProperty('KAFKA_CONTROLLER_QUORUM_VOTERS_COUNT');
    expect(environment).not.toHaveProperty('KAFKA_NETWORK_LATENCY_MS');
  });

  test('the quorum has as many controllers as asked for, an odd number', () => {
    const voters = (cluster: Config) => compose(cluster)['broker-1']!.environment['KAFKA_CONTROLLER_QUORUM_VOTERS']!.split(',').length;
    expect(voters({ brokers: 5, 'controller.quorum.voters.count': 5 })).toBe(5);
    expect(voters({ brokers: 5, 'controller.quorum.voters.count': 4 })).toBe(3);
    expect(voters({ brokers: 5, 'controller.quorum.voters.count': 1 })).toBe(1);
    const asked = design([['topic', 'a']], { brokers: 5, 'controller.quorum.voters.count': 4 });
    expect(codes(asked, 'docker-compose')).toEqual(['export.controllers']);
  });
});

describe('topics', () => {
  test('quotas follow the topics, for every client', () => {
    const quotas = { 'quota.producer.bytes.per.second': 1_000_000, 'quota.consumer.bytes.per.second': 2_000_000.4 };
    const script = fileOf(design([['topic', 'a']], quotas), 'kafka-topics', 'create-topics.sh');
    expect(script).toContain('KAFKA_CONFIGS="${KAFKA_CONFIGS:-kafka-configs.sh}"');
    expect(script.trimEnd().split('\n').slice(-3)).toEqual([
      '"$KAFKA_CONFIGS" --bootstrap-server "$BOOTSTRAP_SERVER" --alter \\',
      '  --entity-type clients --entity-default \\',
      '  --add-config producer_byte_rate=1000000,consumer_byte_rate=2000000',
    ]);
    expect(fileOf(design([['topic', 'a']]), 'kafka-topics', 'create-topics.sh')).not.toContain('KAFKA_CONFIGS');
  });

  test('configs that are in force are carried, those of other policies are not', () => {
    const inForce = {
      'cleanup.policy': 'compact',
      'delete.retention.ms': 5,
      'unclean.leader.election.enable': true,
      'compression.type': 'zstd',
    };
    const script = (config: Config) => fileOf(design([['topic', 'a', config]]), 'kafka-topics', 'create-topics.sh');
    for (const [name, value] of Object.entries(inForce)) expect(script(inForce)).toContain(`--config=${name}=${String(value)}`);
    expect(script({ 'delete.retention.ms': 5, 'local.retention.ms': 5 })).not.toMatch(/delete\.retention|local\.retention/);
  });

  test('a remote tier needs brokers that have one', () => {
    const tiered = design([['topic', 'a', { 'remote.storage.enable': true, 'local.retention.ms': 60_000 }]]);
    expect(fileOf(tiered, 'kafka-topics', 'create-topics.sh')).toContain('--config=local.retention.ms=60000');
    expect(codes(tiered, 'kafka-topics')).toEqual(['export.remote-storage']);
  });
});

describe('strimzi', () => {
  const cluster = {
    brokers: 4,
    'broker.racks': ['a', 'b'],
    'replica.lag.time.max.ms': 10_000,
    'broker.session.timeout.ms': 18_000,
    'controller.quorum.fetch.timeout.ms': 3_000,
    'disk.capacity.bytes': 1_000_000_000_000,
    'quota.producer.bytes.per.second': 1_000_000,
  };

  test('a Kafka resource with node pools, racks, quotas and the configs Strimzi takes', () => {
    const text = fileOf(design([['topic', 'a']], cluster), 'strimzi', 'kafka-cluster.yaml');
    const [controllers, brokers, kafka] = parseAllDocuments(text, { version: '1.1' }).map((document): unknown => document.toJS()) as [
      { spec: { replicas: number; roles: string[] } },
      { spec: { replicas: number; roles: string[]; storage: { volumes: { size: string }[] } }; metadata: { labels: unknown } },
      { metadata: { name: string }; spec: { kafka: { config: unknown; rack: unknown; quotas: unknown } } },
    ];
    expect([controllers.spec.replicas, controllers.spec.roles]).toEqual([3, ['controller']]);
    expect([brokers.spec.replicas, brokers.spec.roles]).toEqual([4, ['broker']]);
    expect(brokers.spec.storage.volumes[0]!.size).toBe('932Gi');
    expect(brokers.metadata.labels).toEqual({ 'strimzi.io/cluster': kafka.metadata.name });
    expect(kafka.spec.kafka).toMatchObject({
      config: { 'auto.create.topics.enable': false, 'replica.lag.time.max.ms': 10_000, 'controller.quorum.fetch.timeout.ms': 3_000 },
      rack: { topologyKey: 'topology.kubernetes.io/zone' },
      quotas: { type: 'kafka', producerByteRate: 1_000_000 },
    });
    expect(kafka.spec.kafka.config).not.toHaveProperty(['broker.session.timeout.ms']);
    expect(codes(design([['topic', 'a']], cluster), 'strimzi')).toEqual(['export.strimzi-config', 'export.racks']);
  });

  test('both files can be applied as one stream', () => {
    const { files } = exportFiles(design([['topic', 'a']], cluster), 'strimzi');
    const kinds = parseAllDocuments(files.map(({ text }) => text).join('')).map((document) => (document.toJS() as { kind: string }).kind);
    expect(kinds).toEqual(['KafkaTopic', 'KafkaNodePool', 'KafkaNodePool', 'Kafka']);
  });
});

describe('clients', () => {
  test('transactions, idempotence, timeouts and isolation by Kafka’s names; a processor’s timeouts hold for both its clients', () => {
    const document = design([
      ['producer', 'web', { 'transactional.id': 'web-1', 'transaction.records': 5, 'compression.type': 'lz4', 'compression.ratio': 0.5 }],
      ['filter', 'big', { 'request.timeout.ms': 5_000, 'isolation.level': 'read_committed', 'enable.idempotence': false }],
      ['sink', 'mail', { 'retry.backoff.ms': 7 }],
    ]);
    const linesOf = (path: string) =>
      fileOf(document, 'properties', `clients/${path}.properties`)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('bootstrap'));
    expect(linesOf('web.producer')).toEqual(['compression.type=lz4', 'transactional.id=web-1']);
    expect(linesOf('big.consumer')).toEqual(['group.id=big', 'isolation.level=read_committed', 'request.timeout.ms=5000']);
    expect(linesOf('big.producer')).toEqual(['enable.idempotence=false', 'request.timeout.ms=5000']);
    expect(linesOf('mail.consumer')).toEqual(['group.id=mail', 'retry.backoff.ms=7']);
  });
});
