/** The engine: compile a document, create a run, advance it, ask it. Synchronous and pure: no clock, no randomness of its own, no I/O. */
export { compile, type Topology } from './run/topology.ts';
export { createRun, type Run } from './run/build.ts';
export { advance, intervene } from './run/advance.ts';
export { checkpoint, type Checkpoint, restore, storableCheckpoint } from './run/checkpoint.ts';
export { clusterViewOf } from './run/views/clusterView.ts';
export { groupViewOf } from './run/views/groupView.ts';
export { fingerprint, ledgerReportOf, reportOf } from './run/views/report.ts';
export { advanceMatrix, matrixOf, matrixProgress, startMatrix } from './run/guarantees/guaranteeMatrix.ts';
export { type Follow, findRecord, follow, followOn, followProgress, journeyOf, recordAtOffset } from './run/follow/followRecord.ts';
export { rootOfNode } from './run/roots.ts';
export { readPage } from './run/views/records.ts';
export { batchBytesOf, batchesOf, indexesOf, partitionLogView } from './run/views/segments.ts';
export { storeEntriesOf, streamsViewOf } from './run/views/streamsView.ts';
export { tableQuery } from './run/views/tableQuery.ts';
export type { TableAnswer } from './report/tableAnswer.ts';
export type { Report } from './report/report.ts';
