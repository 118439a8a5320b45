/**
 * Recovery of the logs of a stored run: before it goes on, all its stored blocks are verified, and a log with a damaged one ends before that for whoever looks
 * (LogLoader.recoverLog, LogSegment.recover: a log is truncated at its first corrupt batch, what follows is removed). A block is verified as
 * a whole, so the cut is at the first batch of the first damaged one.
 */
import { keptProducersBefore } from './keptProducers.ts';
import type { PartitionLog } from './logState.ts';
import { truncateLog } from './cut.ts';
import type { BlockDamage, BlockExpectation } from './segmentStore.ts';

/** What a log that was found damaged has left. */
export interface DamagedLog {
  readonly partition: number;
  /** The first damaged block; the code and the words are about it. */
  readonly block: number;
  readonly code: BlockDamage['code'];
  readonly detail: string;
  readonly damagedBlocks: number;
  readonly blocks: number;
  readonly logStartOffset: number;
  /** Offset before which everything can be read: the first offset of the first damaged block. */
  readonly cutOffset: number;
  readonly logEndOffset: number;
}

/** What the store has to have of each log of a checkpoint: the blocks that are not in memory. */
export function expectedBlocks(logs: readonly PartitionLog[]): BlockExpectation[] {
  return logs.flatMap((log, partition) =>
    log.blocks
      .filter((block) => block.state === 'stored' && block.columns === null)
      .map(({ number, baseOffset, recordCount, batchCount }) => ({ partition, block: number, baseOffset, recordCount, batchCount })),
  );
}

/** Blocks asked for at once: some dozen MB at most, so that progress shows. */
const portionBlocks = 8;

/** Verifies blocks portion by portion; `progress` hears the share that is done, 0 to 1. */
export async function verifyInPortions(
  expected: readonly BlockExpectation[],
  verify: (portion: readonly BlockExpectation[]) => Promise<BlockDamage[]>,
  progress: (share: number) => void,
): Promise<BlockDamage[]> {
  const damaged: BlockDamage[] = [];
  for (let from = 0; from < expected.length; from += portionBlocks) {
    progress(from / expected.length);
    damaged.push(...(await verify(expected.slice(from, from + portionBlocks))));
  }
  return damaged;
}

/** The logs that damaged blocks belong to, by partition. */
export function damagedLogs(logs: readonly PartitionLog[], damage: readonly BlockDamage[]): DamagedLog[] {
  return logs.flatMap((log, partition) => {
    const found = damage.filter((one) => one.partition === partition);
    const first = log.blocks.find(({ number }) => found.some(({ block }) => block === number));
    if (first === undefined) return [];
    const { code, detail } = found.find(({ block }) => block === first.number)!;
    const { logStartOffset, logEndOffset } = log;
    const { number: block, baseOffset: cutOffset } = first;
    const counts = { damagedBlocks: found.length, blocks: log.blocks.length };
    return [{ partition, block, code, detail, ...counts, logStartOffset, cutOffset: Math.max(logStartOffset, cutOffset), logEndOffset }];
  });
}

/** Number of a block that must be resident before `cutDamaged`, or -1: one before the damaged one that tells the producers there. */
export function missingBlockForRecovery(log: PartitionLog, block: number): number {
  const end = log.blocks.findIndex(({ number }) => number === block);
  if (log.producers === null || end <= 0) return -1;
  const first = Math.max(0, keptProducersBefore(log, log.blocks[end].baseOffset));
  return log.blocks.slice(first, end).find(({ columns }) => columns === null)?.number ?? -1;
}

/** Truncates a log at its first damaged block. */
export function cutDamaged(log: PartitionLog, block: number, nowUs: number): void {
  truncateLog(log, log.blocks.find(({ number }) => number === block)!.baseOffset, nowUs);
}
