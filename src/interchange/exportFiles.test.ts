import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import type { Config, NodeKind, PipelineDocument } from '../pipeline/index.ts';
import { newDocument, nodeKinds } from '../pipeline/index.ts';
import { exportFiles } from './exportFiles.ts';
import { exportTargets, type ExportTarget } from './exportTargets.ts';

const hostile = [
  "'; touch pwned; '",
  '$(touch pwned)',
  '`touch pwned`',
  '"; touch pwned; "',
  'a\\',
  "it's",
  '--delete',
  '${HOME}',
  '!!python/object',
  '*alias',
  '&anchor x',
  '- item',
  'a: b # c',
  '../../etc/passwd',
  'con',
  'ÄÖ 漢字 🦫',
  ' lead',
  'no',
  '1_000',
  '0x1f',
  '~',
  '# comment',
  '%YAML',
];

function documentWith(nodes: readonly (readonly [NodeKind, string, Config?])[], rest: Partial<PipelineDocument> = {}): PipelineDocument {
  return {
    ...newDocument('shop'),
    nodes: nodes.map(([kind, name, config = {}], index) => ({ id: `n${index}`, kind, name, config })),
    ...rest,
  };
}

const topics = (names: readonly string[]) => documentWith(names.map((name) => ['topic', name] as const));
const text = (document: PipelineDocument, target: ExportTarget, file = 0) => exportFiles(document, target).files[file]!.text;

/** Reads a properties file as java.util.Properties does. */
function readProperties(source: string): Record<string, string> {
  const entries = source
    .split('\n')
    .filter((line) => line !== '' && !/^\s*[#!]/.test(line))
    .map((line) => {
      const separator = line.search(/(?<!\\)(?:\\\\)*[=:]/);
      const at = line.indexOf('=', separator);
      return [line.slice(0, at), unescape(line.slice(at + 1).replace(/^[ \t\f]+/, ''))] as const;
    });
  return Object.fromEntries(entries);
}

function unescape(value: string): string {
  return value.replace(/\\(?:u([0-9a-f]{4})|(.))/gs, (_, hex: string | undefined, plain: string | undefined) =>
    hex === undefined ? ({ n: '\n', t: '\t', r: '\r', f: '\f' }[plain!] ?? plain!) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

describe('kafka-topics', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'logjam-export-'));
    // Stands in for Kafka's own script: writes its arguments, one JSON array a call.
    const fake = `#!/bin/sh\nexec "${process.execPath}" -e 'require("fs").appendFileSync("calls", JSON.stringify(process.argv.slice(1)) + "\\n")' -- "$@"\n`;
    writeFileSync(join(folder, 'kafka-topics.sh'), fake);
    chmodSync(join(folder, 'kafka-topics.sh'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(script: string): readonly (readonly string[])[] {
    writeFileSync(join(folder, 'create-topics.sh'), script);
    writeFileSync(join(folder, 'calls'), '');
    execFileSync('sh', ['create-topics.sh'], { cwd: folder, env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` } });
    const calls = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return calls.map((line) => JSON.parse(line) as readonly string[]);
  }

  test('hostile names reach kafka-topics.sh as they are, and nothing else runs', () => {
    const calls = run(text({ ...topics(hostile), name: 'x\ntouch pwned\r\u2028touch pwned' }, 'kafka-topics'));
    expect(calls.map((call) => call[4])).toEqual(hostile.map((name) => `--topic=${name}`));
    expect(readdirSync(folder).sort()).toEqual(['calls', 'create-topics.sh', 'kafka-topics.sh']);
  });

  test('carries partitions, replication factor and every config that is not default', () => {
    const config = {
      partitions: 6,
      'replication.factor': 3,
      'cleanup.policy': 'compact,delete',
      'retention.ms': 1_000,
      'segment.ms': 604_800_000,
    };
    const calls = run(text(documentWith([['topic', 'orders', config]]), 'kafka-topics'));
    expect(calls).toEqual([
      [
        '--bootstrap-server',
        'localhost:9092',
        '--create',
        '--if-not-exists',
        '--topic=orders',
        '--partitions',
        '6',
        '--replication-factor',
        '3',
        '--config=cleanup.policy=compact,delete',
        '--config=retention.ms=1000',
      ],
    ]);
  });

  test('names Kafka refuses, small segments and missing topics are said', () => {
    expect(exportFiles(topics(['a b']), 'kafka-topics').findings).toMatchObject([
      { severity: 'error', code: 'export.topic-name', node: 'n0' },
    ]);
    expect(exportFiles(documentWith([['topic', 'a', { 'segment.bytes': 100 }]]), 'strimzi').findings).toMatchObject([
      { code: 'export.small-segments' },
    ]);
    expect(exportFiles(topics([]), 'docker-compose').findings).toMatchObject([{ code: 'export.no-topics' }]);
  });
});

describe('strimzi', () => {
  test('hostile names stay names; resource names fit Kubernetes and differ', () => {
    const resources = parseAllDocuments(text({ ...topics(hostile), name: 'x\n---\nkind: Secret' }, 'strimzi'), { version: '1.1' }).map(
      (document) => document.toJS() as never,
    ) as {
      metadata: { name: string; labels: Record<string, string> };
      spec: { topicName: string };
    }[];
    expect(resources.map((resource) => resource.spec.topicName)).toEqual(hostile);
    const names = resources.map((resource) => resource.metadata.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    expect(resources[0]?.metadata.labels).toEqual({ 'strimzi.io/cluster': 'x-kind-secret' });
  });

  test('a topic as a resource', () => {
    const document = documentWith([['topic', 'Orders_v1', { partitions: 6, 'retention.ms': 1_000 }]]);
    expect(parseYaml(text(document, 'strimzi'))).toEqual({
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaTopic',
      metadata: { name: 'orders-v1', labels: { 'strimzi.io/cluster': 'shop' } },
      spec: { topicName: 'Orders_v1', partitions: 6, replicas: 1, config: { 'retention.ms': 1_000 } },
    });
  });

  test('any names give valid, different resource names (seed 1)', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 249 }), { minLength: 1, maxLength: 6 }), (names) => {
        const made = parseAllDocuments(text(topics(names), 'strimzi')).map(
          (document) => (document.toJS() as { metadata: { name: string } }).metadata.name,
        );
        expect(new Set(made).size).toBe(names.length);
        for (const name of made) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      }),
      { seed: 1, numRuns: 30 },
    );
  });
});

interface Compose {
  name: string;
  services: Record<string, { environment: Record<string, string>; restart?: string; ports?: string[] }>;
}

describe('docker-compose', () => {
  const compose = (brokers: number) =>
    parseYaml(text(documentWith([['topic', 'a']], { cluster: { config: { brokers, 'num.io.threads': 4 } } }), 'docker-compose'), {
      version: '1.1',
    }) as Compose;

  test.each([
    [1, 1],
    [2, 1],
    [3, 3],
    [5, 3],
  ])('%i brokers have %i controllers', (brokers, controllers) => {
    const { services } = compose(brokers);
    const roles = Object.entries(services)
      .filter(([name]) => name.startsWith('broker-'))
      .map(([, service]) => service.environment['KAFKA_PROCESS_ROLES']);
    expect(roles).toHaveLength(brokers);
    expect(roles.filter((role) => role === 'broker,controller')).toHaveLength(controllers);
    expect(services['broker-1']?.environment['KAFKA_CONTROLLER_QUORUM_VOTERS']?.split(',')).toHaveLength(controllers);
  });

  test('every value is a text in YAML 1.1 too, broker configs are there, the cluster id is 16 bytes', () => {
    const { services } = compose(3);
    expect(services['create-topics']?.restart).toBe('no');
    const { environment } = services['broker-2']!;
    expect(Object.values(environment).filter((value) => typeof value !== 'string')).toEqual([]);
    expect(environment['KAFKA_NUM_IO_THREADS']).toBe('4');
    expect(Buffer.from(environment['CLUSTER_ID']!, 'base64url')).toHaveLength(16);
  });

  test('a hostile pipeline name cannot break out', () => {
    const parsed = parseYaml(text({ ...topics(['a']), name: 'x\nservices: {}\n$EVIL' }, 'docker-compose')) as Compose;
    expect(parsed.name).toBe('x-services-evil');
    expect(Object.keys(parsed.services)).toEqual(['broker-1', 'broker-2', 'broker-3', 'create-topics']);
  });
});

describe('properties', () => {
  test('one file for each client, with Kafka’s configs only', () => {
    const document = documentWith([
      ['producer', 'web', { 'workload.rate': 5, 'linger.ms': 0.5, acks: '1' }],
      ['topic', 'orders'],
      ['filter', 'big', { 'max.poll.records': 10, condition: 'value.a > 1', 'batch.size': 1 }],
      [
        'sink',
        'mail',
        { 'commit.mode': 'after-processing', 'partition.assignment.strategy': 'cooperative-sticky', 'auto.commit.interval.ms': 1 },
      ],
    ]);
    const { files, findings } = exportFiles(document, 'properties', { bootstrapServer: 'kafka:9092' });
    const bootstrap = { 'bootstrap.servers': 'kafka:9092' };
    expect(Object.fromEntries(files.map((file) => [file.path, readProperties(file.text)]))).toEqual({
      'clients/web.producer.properties': { ...bootstrap, acks: '1', 'linger.ms': '1' },
      'clients/big.consumer.properties': { ...bootstrap, 'group.id': 'big', 'max.poll.records': '10' },
      'clients/big.producer.properties': { ...bootstrap, 'batch.size': '1' },
      'clients/mail.consumer.properties': {
        ...bootstrap,
        'group.id': 'mail',
        'enable.auto.commit': 'false',
        'partition.assignment.strategy': 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
      },
    });
    expect(findings).toMatchObject([{ code: 'export.rounded', config: 'linger.ms' }]);
  });

  test('[CNP-25] a client of the consumer protocol gets that protocol’s configs, and no others', () => {
    const classic = { 'session.timeout.ms': 9_000, 'heartbeat.interval.ms': 1_000, 'partition.assignment.strategy': 'sticky' };
    const document = documentWith([
      ['sink', 'new', { ...classic, 'group.protocol': 'consumer', 'group.remote.assignor': 'range' }],
      ['sink', 'old', { 'group.remote.assignor': 'range' }],
    ]);
    const { files } = exportFiles(document, 'properties', { bootstrapServer: 'kafka:9092' });
    const bootstrap = { 'bootstrap.servers': 'kafka:9092' };
    expect(files.map((file) => readProperties(file.text))).toEqual([
      { ...bootstrap, 'group.id': 'new', 'group.protocol': 'consumer', 'group.remote.assignor': 'range' },
      { ...bootstrap, 'group.id': 'old' },
    ]);
  });

  test('any group id is read back as it was (seed 1)', () => {
    const id = fc.oneof(
      fc.string({ minLength: 1, maxLength: 15 }),
      fc.string({ minLength: 1, unit: fc.constantFrom(' ', '\\', '=', ':', '#', '!', '\n', '\r', '\t', 'u', '0', 'é', '\0') }),
    );
    fc.assert(
      fc.property(id, (groupId) => {
        const source = text(documentWith([['sink', 'x\ny=1', { 'group.id': groupId }]]), 'properties');
        expect(source).toMatch(/^[\x20-\x7e\n]*$/);
        expect(readProperties(source)).toEqual({ 'bootstrap.servers': 'localhost:9092', 'group.id': groupId });
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  test('file names stay in their folder and differ, also without case', () => {
    const names = [...hostile, 'A', 'a', '..', '.', '/', 'nul', 'a'];
    const paths = exportFiles(documentWith(names.map((name) => ['sink', name] as const)), 'properties').files.map((file) => file.path);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(names.length);
    for (const path of paths) expect(path).toMatch(/^clients\/[A-Za-z0-9_-][A-Za-z0-9._-]*\.consumer\.properties$/);
  });
});

test('every target takes every kind of node', () => {
  const document = documentWith((Object.keys(nodeKinds) as NodeKind[]).map((kind) => [kind, kind] as const));
  for (const target of Object.keys(exportTargets) as ExportTarget[]) {
    const { files, findings } = exportFiles(document, target);
    // Its SQL node is empty: there is nothing for ksqlDB to run.
    if (target === 'ksqldb') expect(findings.map(({ code }) => code)).toEqual(['sql.no-query', 'export.no-queries']);
    else expect(files.length).toBeGreaterThan(0);
  }
});
