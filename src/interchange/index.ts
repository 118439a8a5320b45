/** Pipelines to files that real systems take. */
export type { ExportTarget } from './exportFiles.ts';
export { exportFiles, exportTargets } from './exportFiles.ts';
export type { ExportedFile } from './exportTypes.ts';
