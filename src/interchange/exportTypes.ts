import type { Finding } from '../pipeline/index.ts';

/** One file of an export; `path` is relative, with `/`, and never leaves the folder it is unpacked in. */
export interface ExportedFile {
  readonly path: string;
  readonly text: string;
}

export interface Exported {
  readonly files: readonly ExportedFile[];
  /** What a real system will refuse or take differently. */
  readonly findings: readonly Finding[];
}

export interface ExportOptions {
  /** Where clients and scripts find the cluster; default `localhost:9092`. */
  readonly bootstrapServer?: string;
  /** Name of the Strimzi `Kafka` resource; default from the pipeline's name. */
  readonly clusterName?: string;
}
