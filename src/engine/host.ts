/** What a host needs beside running: live numbers to look at, and the blocks it stores, evicts and brings back. */
export { countsOf, settleAll } from './metrics/observe.ts';
export { nodeLag, ownersOf, partitionLag } from './metrics/lag.ts';
export { seriesQuantities } from './metrics/series.ts';
export {
  blockImage,
  confirmStored,
  evictedBlocks,
  evictToBudget,
  findBlock,
  provideBlock,
  residentBytes,
  returnUnstored,
  storeAgain,
  takeDeletions,
  takeSealed,
} from './log/residency.ts';
export type { CompressRecords } from './log/encodeBatch.ts';
export { missingBlockForFiles, segmentFiles } from './log/partitionFiles.ts';
export { beginPartitionExport, exportNotes, type PartitionExport, releaseExported } from './run/views/partitionExport.ts';
export { cutDamaged, damagedLogs, type DamagedLog, expectedBlocks, missingBlockForRecovery, verifyInPortions } from './log/recovery.ts';
export { planFault } from './run/faults/faults.ts';
export { checkpointVersion } from './run/checkpoint.ts';
