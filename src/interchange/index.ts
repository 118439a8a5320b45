/** Pipelines to files that real systems take. */
export { exportFiles } from './exportFiles.ts';
export { exportTargets, type ExportTarget } from './exportTargets.ts';
export type { ExportedFile } from './exportTypes.ts';
