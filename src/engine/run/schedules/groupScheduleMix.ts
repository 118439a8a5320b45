/** For tests and the soak: schedules of groups with all that a group may be today: the consumer protocol, share groups, transactions of processors, services that fail. */
import type { Config, PipelineDocument, PipelineNode } from '../../../pipeline/document.ts';
import { createStream } from '../../kernel/random.ts';
import { type Dice, diceOf } from './faultSchedules.ts';
import { groupScheduleOf } from './groupSchedules.ts';
import { withHaste } from './hastyProducers.ts';

type Protocol = 'classic' | 'consumer' | 'share';

const protocols: readonly Protocol[] = ['classic', 'classic', 'consumer', 'consumer', 'share'];
/** Configs that members of a protocol do not take. */
const foreign: Readonly<Record<Protocol, readonly string[]>> = {
  classic: [],
  consumer: ['partition.assignment.strategy', 'session.timeout.ms', 'heartbeat.interval.ms'],
  share: ['partition.assignment.strategy', 'session.timeout.ms', 'heartbeat.interval.ms', 'group.instance.id'],
};

/** The schedule of a seed, each of its groups in a protocol of its own; a processor may work in transactions, or fail now and then. The draws are apart from those of `groupScheduleOf`. */
export function mixedScheduleOf(seed: number): PipelineDocument {
  const document = groupScheduleOf(seed);
  const dice = diceOf(createStream(seed, 'group schedule/mix'));
  const work = document.nodes.find(({ id }) => id === 'work')!;
  const isExact = dice.below(2) === 0 && work.kind === 'service' && work.config['enable.idempotence'] === true;
  const failing = failureOf(dice, work, isExact);
  const nodes = document.nodes.map((node): PipelineNode => {
    const config: Config = { ...node.config, ...(isExact && 'isolation.level' in node.config && { 'isolation.level': 'read_committed' }) };
    if (node.kind === 'producer') return { ...node, config: inTime(config) };
    if (node.kind === 'topic') return { ...node, config };
    const drawn = dice.from(protocols);
    const protocol = drawn === 'share' && (node.id === 'witness' || (node.id === 'work' && isExact)) ? 'consumer' : drawn;
    const own = node.id === 'work' ? { ...failing, ...(isExact && exactly(dice)) } : {};
    const kept = Object.entries({ ...config, ...own }).filter(([name]) => !foreign[protocol].includes(name));
    return { ...node, config: { ...Object.fromEntries(kept), 'group.protocol': protocol, ...protocolConfig(dice, protocol, config) } };
  });
  const cluster = { ...document.cluster, config: { ...document.cluster.config, ...clusterOf(dice) } };
  const mixed = withHaste(seed, { ...document, name: `mixed group schedule ${seed}`, nodes, cluster });
  return withOutputs(mixed, failing['error.action'] === 'dead-letter');
}

/** Transactions of one record each take so long that a source would not be done when the schedule ends. */
function inTime(config: Config): Config {
  const records = config['transaction.records'] === 1 ? 400 : Infinity;
  return { ...config, 'workload.records': Math.min(records, Number(config['workload.records'])) };
}

function exactly(dice: Dice): Config {
  return {
    'processing.guarantee': 'exactly_once_v2',
    'commit.mode': 'after-processing',
    // A batch that is larger than a segment is refused, and all that is left to such a processor is to abort.
    'batch.size': 600,
    'commit.interval.ms': dice.from([100, 0, 1_000]),
    'transaction.timeout.ms': dice.from([10_000, 3_000]),
  };
}

/** A service that fails tries again until it works, or gives the record to a topic of its own, which the witness reads. */
function failureOf(dice: Dice, { kind }: PipelineNode, isExact: boolean): Config {
  const action = dice.from(['', '', 'retry', 'dead-letter']);
  if (action === '' || kind !== 'service' || isExact) return {};
  return {
    'error.action': action,
    'error.rate': dice.from([0.05, 0.3]),
    'error.max.attempts': action === 'retry' ? 100 : 2,
    'error.backoff.ms': dice.from([0, 20]),
  };
}

function protocolConfig(dice: Dice, protocol: Protocol, config: Config): Config {
  switch (protocol) {
    case 'classic':
      return {};
    case 'consumer':
      return { 'group.remote.assignor': dice.from(['none', 'uniform', 'range']) };
    case 'share':
      return {
        'share.auto.offset.reset': 'earliest',
        'share.acknowledgement.mode': dice.from(['implicit', 'explicit']),
        'share.acquire.mode': dice.from(['batch_optimized', 'record_limit']),
        'share.isolation.level': config['isolation.level']!,
      };
  }
}

function clusterOf(dice: Dice): Config {
  return {
    'group.consumer.session.timeout.ms': dice.from([3_000, 10_000]),
    'group.consumer.heartbeat.interval.ms': dice.from([300, 1_000]),
    'group.share.session.timeout.ms': 6_000,
    'group.share.heartbeat.interval.ms': 1_000,
    'group.share.record.lock.duration.ms': dice.from([2_000, 8_000]),
    'group.share.delivery.count.limit': dice.from([10, 10, 2]),
  };
}

/** The witness reads what the processor makes, too; and its topic of dead letters, made like the one of its outputs. */
function withOutputs(document: PipelineDocument, hasDeadLetters: boolean): PipelineDocument {
  const out = document.nodes.find(({ id }) => id === 'out');
  if (out === undefined) return document;
  const edges = [...document.edges, { id: 'out-witness', source: 'out', target: 'witness' }];
  if (!hasDeadLetters) return { ...document, edges };
  edges.push({ id: 'dead-witness', source: 'dead', target: 'witness' });
  const port = { id: 'work-dead-letter-dead', source: 'work', target: 'dead', sourcePort: 'dead-letter' };
  return { ...document, nodes: [...document.nodes, { ...out, id: 'dead', name: 'dead' }], edges: [...edges, port] };
}
