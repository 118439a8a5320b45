import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Config, Fault, Objective, PipelineDocument } from './document.ts';
import { newDocument } from './create.ts';
import type { NodeKind } from './kinds/index.ts';
import { parseDocument } from './parse.ts';
import { validateDocument } from './validate.ts';

type NodeSketch = readonly [id: string, kind: NodeKind, config?: Config | undefined, name?: string];

function sketch(
  nodes: readonly NodeSketch[],
  edges: readonly string[] = [],
  rest: Partial<{ faults: readonly Fault[]; objectives: readonly Objective[]; cluster: Config }> = {},
): PipelineDocument {
  const document = newDocument();
  return {
    ...document,
    nodes: nodes.map(([id, kind, config = {}, name = id]) => ({ id, kind, name, config })),
    edges: edges.map((edge, index) => {
      const [source = '', target = '', sourcePort] = edge.split(' ');
      return { id: `e${index}`, source, target, ...(sourcePort === undefined ? {} : { sourcePort }) };
    }),
    cluster: { config: rest.cluster ?? {} },
    scenario: { ...document.scenario, faults: rest.faults ?? [], objectives: rest.objectives ?? [] },
  };
}

/** producer → topic → sink, with some configs. */
function line(
  configs: { readonly producer?: Config; readonly topic?: Config; readonly sink?: Config; readonly topicName?: string } = {},
  rest = {},
): PipelineDocument {
  const nodes: readonly NodeSketch[] = [
    ['p', 'producer', configs.producer],
    ['t', 'topic', configs.topic, configs.topicName ?? 'orders'],
    ['s', 'sink', configs.sink],
  ];
  return sketch(nodes, ['p t', 't s'], rest);
}

const said = (document: PipelineDocument) =>
  validateDocument(document).map(({ severity, code, node, config }) =>
    [severity, code, node, config].filter((part) => part !== undefined).join(' '),
  );
const objective = (node: string, metric: Objective['metric'], statistic: Objective['statistic']): Objective => ({
  id: 'o',
  name: 'o',
  node,
  metric,
  statistic,
  comparison: '<=',
  value: 1,
});

describe('validateDocument', () => {
  test('a plain line and the fixture have nothing to find', () => {
    expect(said(line())).toEqual([]);
    const fixture = readFileSync(new URL('./fixtures/version1.json', import.meta.url), 'utf8');
    expect(said(parseDocument(fixture, { file: 'a' }).document!)).toEqual([]);
  });

  test('findings carry the file', () => {
    expect(validateDocument(newDocument(), { file: 'x.json' })).toMatchObject([
      { severity: 'info', code: 'document.empty', file: 'x.json' },
    ]);
  });

  test.each<readonly [string, PipelineDocument, readonly string[]]>([
    ['names Kafka refuses', line({ topicName: 'a b' }), ['error topic.name t']],
    ['the name ".."', line({ topicName: '..' }), ['error topic.name t']],
    ['names of 250 characters', line({ topicName: 'a'.repeat(250) }), ['error topic.name t']],
    ['Kafka’s own topics', line({ topicName: '__consumer_offsets' }), ['error topic.internal-name t']],
    [
      'two topics of one name',
      sketch(
        [
          ['p', 'producer'],
          ['a', 'topic', {}, 'x'],
          ['b', 'topic', {}, 'x'],
        ],
        ['p a', 'p b'],
      ),
      ['error topic.duplicate-name b'],
    ],
    [
      'names that collide in metrics',
      sketch(
        [
          ['p', 'producer'],
          ['a', 'topic', {}, 'x.y'],
          ['b', 'topic', {}, 'x_y'],
        ],
        ['p a', 'p b'],
      ),
      ['warning topic.colliding-name b'],
    ],
    ['more copies than brokers', line({ topic: { 'replication.factor': 4 } }), ['error topic.replication-factor t replication.factor']],
    ['copies', line({ topic: { 'replication.factor': 3, 'min.insync.replicas': 2 } }), []],
    [
      'more in sync than copies',
      line({ topic: { 'min.insync.replicas': 2 } }),
      ['warning topic.min-insync-replicas t min.insync.replicas'],
    ],
    ['compaction', line({ topic: { 'cleanup.policy': 'compact' } }), []],
    [
      'small segments',
      line({ topic: { 'segment.bytes': 1_048_575, 'max.message.bytes': 1_000_000 }, producer: { 'max.request.size': 1_000_000 } }),
      ['info topic.small-segments t segment.bytes'],
    ],
    [
      'batches larger than the topic takes',
      line({ producer: { 'batch.size': 2_000, 'linger.ms': 1 }, topic: { 'max.message.bytes': 1_000 } }),
      ['warning producer.batch-larger-than-topic p batch.size'],
    ],
    [
      'linger without batches',
      line({ producer: { 'batch.size': 0, 'linger.ms': 5 } }),
      ['warning producer.linger-without-batches p linger.ms'],
    ],
    [
      'values that are refused',
      line({ producer: { 'value.size.bytes': 2_000_000 } }),
      ['warning producer.record-too-large p value.size.bytes'],
    ],
    ['idle members', line({ sink: { instances: 2 } }), ['warning group.idle-members s instances']],
    [
      'heartbeats beyond the session',
      line({ sink: { 'heartbeat.interval.ms': 45_000 } }),
      ['error consumer.heartbeat s heartbeat.interval.ms'],
    ],
    ['few heartbeats', line({ sink: { 'heartbeat.interval.ms': 20_000 } }), ['warning consumer.heartbeat s heartbeat.interval.ms']],
    [
      'sessions a broker refuses',
      line({ sink: { 'session.timeout.ms': 5_000, 'heartbeat.interval.ms': 1_000 } }),
      ['warning consumer.session-timeout s session.timeout.ms'],
    ],
    [
      'polls that take too long',
      line({ producer: { 'workload.rate': 1 }, sink: { 'service.time.ms': 1_000 } }),
      ['warning consumer.poll-interval s max.poll.records'],
    ],
    [
      'a condition that does not read',
      sketch(
        [
          ['p', 'producer'],
          ['a', 'topic'],
          ['f', 'filter', { condition: 'value.amount >' }],
          ['b', 'topic'],
        ],
        ['p a', 'a f', 'f b'],
      ),
      ['error config.text f condition'],
    ],
    ['a template that does not read', line({ producer: { 'value.template': '{' } }), ['error config.text p value.template']],
    ['a CSV that does not apply', line({ producer: { 'workload.csv': 'nonsense' } }), []],
    [
      'a CSV that does not read',
      line({ producer: { 'workload.csv': 'nonsense', 'workload.shape': 'replay' } }),
      ['error config.text p workload.csv'],
    ],
    [
      'config out of range',
      line({ topic: { partitions: 0 } }),
      ['error config.out-of-range t partitions', 'warning group.idle-members s instances'],
    ],
    [
      'nodes without wires',
      sketch(
        [
          ['p', 'producer'],
          ['t', 'topic'],
          ['s', 'sink'],
          ['v', 'service'],
          ['f', 'filter'],
        ],
        ['t v', 't f', 'p t'],
      ),
      ['warning node.unwired s', 'warning node.no-output f'],
    ],
    [
      'nodes nobody reaches',
      sketch(
        [
          ['t', 'topic'],
          ['s', 'sink'],
        ],
        ['t s'],
      ),
      ['warning topic.nothing-written t', 'warning node.unreachable s'],
    ],
    [
      'loops',
      sketch(
        [
          ['p', 'producer'],
          ['t', 'topic'],
          ['v', 'service'],
        ],
        ['p t', 't v', 'v t'],
      ),
      ['warning pipeline.loop t'],
    ],
    [
      'refused wires',
      sketch(
        [
          ['p', 'producer'],
          ['t', 'topic'],
          ['s', 'sink'],
        ],
        ['p t', 't s', 'p s'],
      ),
      ['error edge.refused p'],
    ],
    [
      'branches without a wire',
      sketch(
        [
          ['p', 'producer'],
          ['t', 'topic'],
          ['b', 'branch', { branches: ['x: value.a > 1', 'y'] }],
          ['u', 'topic'],
        ],
        ['p t', 't b', 'b u x'],
      ),
      ['info branch.unwired b branches'],
    ],
  ])('%s', (_, document, expected) => {
    expect(said(document)).toEqual(expected);
  });

  test('two nodes in one group: they must share a strategy, their topics should be the same', () => {
    const other = { 'group.id': 'g', 'partition.assignment.strategy': 'range' };
    const nodes: readonly NodeSketch[] = [
      ['p', 'producer'],
      ['t', 'topic', { partitions: 2 }],
      ['u', 'topic'],
      ['a', 'sink', other],
      ['b', 'sink', { ...other, 'partition.assignment.strategy': 'cooperative-sticky' }],
    ];
    expect(said(sketch(nodes, ['p t', 'p u', 't a', 't b']))).toEqual([
      'error group.inconsistent-protocol b partition.assignment.strategy',
    ]);
    const both = { ...other, 'partition.assignment.strategy': 'range,cooperative-sticky' };
    expect(said(sketch([...nodes.slice(0, 4), ['b', 'sink', both]], ['p t', 'p u', 't a', 't b']))).toEqual([]);
    expect(said(sketch([...nodes.slice(0, 4), ['b', 'sink', other]], ['p t', 'p u', 't a', 'u b']))).toEqual([
      'warning group.different-topics b group.id',
    ]);
  });

  test('two nodes in one group need a group.instance.id each: the same one makes their members fence each other', () => {
    const fixed = { 'group.id': 'g', 'group.instance.id': 'worker' };
    const nodes: readonly NodeSketch[] = [
      ['p', 'producer'],
      ['t', 'topic', { partitions: 2 }],
      ['a', 'sink', fixed],
      ['b', 'sink', fixed],
    ];
    const wires = ['p t', 't a', 't b'];
    expect(said(sketch(nodes, wires))).toEqual(['error group.same-instance-id b group.instance.id']);
    expect(said(sketch([...nodes.slice(0, 3), ['b', 'sink', { ...fixed, 'group.instance.id': 'other' }]], wires))).toEqual([]);
  });

  test('faults: unknown nodes, members, configs; kinds and configs that cannot', () => {
    const faults: readonly Fault[] = [
      { atMs: 1, action: 'member.add', node: 'x' },
      { atMs: 1, action: 'member.stop', node: 'p', member: 0 },
      { atMs: 1, action: 'member.stop', node: 's', member: 1 },
      { atMs: 5, action: 'member.add', node: 's' },
      { atMs: 6, action: 'member.stop', node: 's', member: 1 },
      { atMs: 1, action: 'config.set', node: 's', config: 'instances', value: 2 },
      { atMs: 1, action: 'config.set', node: 's', config: 'fetch.min.byte', value: 2 },
      { atMs: 1, action: 'config.set', node: 's', config: 'fetch.min.bytes', value: 'x' },
      { atMs: 1e9, action: 'slow', node: 's', factor: 2 },
    ];
    expect(said(line({}, { faults }))).toEqual([
      'error fault.unknown-node x',
      'error fault.wrong-kind p',
      'error fault.unknown-member s',
      'error fault.not-live s instances',
      'error fault.unknown-config s fetch.min.byte',
      'error config.type s fetch.min.bytes',
      'warning fault.after-the-end s',
    ]);
  });

  test('objectives: unknown nodes, metrics the node does not have, statistics the metric does not have', () => {
    const objectives = [
      objective('x', 'lag.records', 'max'),
      objective('t', 'lag.records', 'max'),
      objective('s', 'latency.ms', 'total'),
      objective('s', 'latency.ms', 'p99'),
    ];
    expect(said(line({}, { objectives: objectives.map((entry, index) => ({ ...entry, id: `o${index}` })) }))).toEqual([
      'error objective.unknown-node x',
      'error objective.metric t',
      'error objective.statistic s',
    ]);
  });

  test('a reader away for longer than its topic keeps records', () => {
    const faults: readonly Fault[] = [
      { atMs: 0, action: 'outage.start', node: 's' },
      { atMs: 60_000, action: 'outage.end', node: 's' },
    ];
    expect(said(line({ topic: { 'retention.ms': 30_000 } }, { faults }))).toEqual(['warning retention.shorter-than-outage t retention.ms']);
    expect(said(line({ topic: { 'retention.ms': 90_000 } }, { faults }))).toEqual([]);
  });

  test('broken ids are all that is said', () => {
    const broken = { ...line(), edges: [{ id: 'e', source: 'p', target: 'nobody' }] };
    expect(said(broken)).toEqual(['error edge.dangling']);
  });
});
