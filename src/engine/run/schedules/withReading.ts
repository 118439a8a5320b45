/** For tests: any design whose applications pause, resume and seek, and whose consumers read from the nearest replica. */
import type { Config, Fault, PipelineDocument, PipelineNode } from '../../../pipeline/document.ts';
import { kindOf } from '../../../pipeline/kinds/index.ts';
import { rackAwareSelector } from '../../../pipeline/kinds/clusterReplication.ts';
import { createStream } from '../../kernel/random.ts';
import { type Dice, diceOf } from './faultSchedules.ts';

/** The design with racks, leases of a few seconds, and faults of readers. The draws are apart from all others. */
export function withReading(seed: number, document: PipelineDocument): PipelineDocument {
  const dice = diceOf(createStream(seed, 'whole design/reading'));
  const { config } = document.cluster;
  const own = (config['broker.racks'] ?? []) as readonly string[];
  const most = Math.min(3, Number(config['brokers'] ?? 3));
  // Its faults may name the racks it has.
  const racks = own.length > 0 ? own : ['a', 'b', 'c'].slice(0, 1 + dice.below(most));
  const nodes = document.nodes.map((node) => (isReader(node) ? { ...node, config: rackOf(dice, node.config, racks) } : node));
  const cluster: Config = {
    ...config,
    'broker.racks': racks,
    'replica.selector.class': dice.below(4) === 0 ? 'none' : rackAwareSelector,
    'rack.latency.ms': dice.from([0, 0, 3, 40]),
  };
  const readers = nodes.filter(isReader);
  const { durationMs, faults } = document.scenario;
  const more = Array.from({ length: 4 + dice.below(8) }, () => readingFault(dice, dice.from(readers), durationMs));
  return { ...document, nodes, cluster: { config: cluster }, scenario: { ...document.scenario, faults: [...faults, ...more] } };
}

/** Who can pause and seek: share groups cannot, and positions within transactions are not the application's. */
function isReader({ kind, config }: PipelineNode): boolean {
  const { role } = kindOf(kind);
  const mayRead = config['group.protocol'] !== 'share' && config['processing.guarantee'] !== 'exactly_once_v2';
  return (role === 'sink' || role === 'processor') && mayRead;
}

function rackOf(dice: Dice, config: Config, racks: readonly string[]): Config {
  return { ...config, 'client.rack': dice.from(['', ...racks, ...racks]), 'metadata.max.age.ms': dice.from([700, 4_000, 300_000]) };
}

function readingFault(dice: Dice, { id: node }: PipelineNode, durationMs: number): Fault {
  const atMs = dice.below(durationMs);
  const whose = { ...(dice.below(2) === 0 ? { member: 0 } : {}), ...(dice.below(3) === 0 ? { partition: 0 } : {}) };
  switch (dice.below(5)) {
    case 0:
    case 1:
      return { atMs, action: 'consumer.pause', node, ...whose };
    case 2:
      return { atMs, action: 'consumer.resume', node, ...whose };
    default: {
      const to = dice.from(['earliest', 'latest', 'offset', 'timestamp'] as const);
      const value = to === 'offset' ? dice.below(3_000) : dice.below(durationMs);
      return { atMs, action: 'consumer.seek', node, ...whose, to, ...(to === 'earliest' || to === 'latest' ? {} : { value }) };
    }
  }
}
