/** Producer ids: the controller hands them out in blocks, a broker gives the ids of its block one by one (ProducerIdManager, KIP-730). Plain data. */

/** Ids of one block (ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE). */
const blockSize = 1000;

export interface ProducerIds {
  /** First id of the next block the controller gives. */
  nextBlock: number;
  /** By broker: the id it gives next, and in which of its lives it got the block; a multiple of the block's size when the block is used up. */
  readonly blocks: { next: number; incarnation: number }[];
}

export function createProducerIds(): ProducerIds {
  return { nextBlock: 0, blocks: [] };
}

/** The next id a broker gives. What is left of its block is lost with its process. */
export function takeProducerId(ids: ProducerIds, broker: { readonly index: number; readonly incarnation: number }): number {
  while (ids.blocks.length <= broker.index) ids.blocks.push({ next: 0, incarnation: -1 });
  const block = ids.blocks[broker.index];
  if (block.next % blockSize === 0 || block.incarnation !== broker.incarnation) {
    block.next = ids.nextBlock;
    block.incarnation = broker.incarnation;
    ids.nextBlock += blockSize;
  }
  return block.next++;
}
