/** For tests: any design whose consumers hand their records to pools. */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import { kindOf } from '../../../pipeline/kinds/index.ts';
import { createStream, nextBelow } from '../../kernel/random.ts';

/** The design with pools, small ones among them, drawn from the seed. */
export function inPools(document: PipelineDocument, seed: number): PipelineDocument {
  const random = createStream(seed, 'pools');
  const from = <T>(choices: readonly T[]): T => choices[nextBelow(random, choices.length)]!;
  const nodes = document.nodes.map((node) => {
    const { role } = kindOf(node.kind);
    if (role !== 'sink' && role !== 'processor') return node;
    const config = {
      ...node.config,
      'processing.mode': 'pool',
      'pool.threads': from([1, 3, 16]),
      'pool.ordering': from(['partition', 'key', 'unordered']),
      'pool.queue.capacity': from([0, 2, 1_000]),
      'pool.when.full': from(['pause', 'block', 'reject']),
      'pool.commit.interval.ms': from([0, 300, 5_000]),
    };
    return { ...node, config };
  });
  return { ...document, nodes };
}
