/** `--dump-partition`: a partition of a run as the directory a Kafka broker keeps of it. */
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Run } from '../engine/index.ts';
import {
  beginPartitionExport,
  type CompressRecords,
  exportNotes,
  missingBlockForFiles,
  type PartitionExport,
  provideBlock,
  releaseExported,
  segmentFiles,
} from '../engine/host.ts';
import { printable } from './format.ts';
import { gzip } from './gzip.ts';
import type { Io } from './io.ts';
import { refusal } from './refusal.ts';

/** Which partition goes where. */
export interface PartitionDump {
  /** `orders-0`: topic and partition, as Kafka names the directory. */
  readonly partition: string;
  readonly folder: string;
}

const compress: CompressRecords = (codec, records) => (codec === 'gzip' ? gzip(records) : null);

/** The dump that options ask for, or null. Throws Refusal when one of the two is missing. */
export function dumpAskedFor(options: { readonly dumpPartition?: string; readonly to?: string }): PartitionDump | null {
  const { dumpPartition: partition, to: folder } = options;
  if (partition === undefined && folder === undefined) return null;
  if (partition === undefined || folder === undefined) {
    throw refusal(
      'option.incomplete',
      partition === undefined ? '--to is given without --dump-partition.' : '--dump-partition is given without --to.',
      'Give both, for example --dump-partition orders-0 --to kafka-files.',
    );
  }
  return { partition, folder };
}

/** Number in the run of a partition named `topic-0`. Throws Refusal. */
export function partitionNumber({ ctx }: Run, name: string): number {
  const found = ctx.partitions.findIndex(({ topic, partition }) => `${ctx.topics[topic]!.name}-${partition}` === name);
  if (found >= 0) return found;
  const known = ctx.topics.flatMap(({ name: topic, firstPartition, partitionCount, internal }) =>
    // Of Kafka's own topics only some partitions are in use.
    internal
      ? ctx.partitions.slice(firstPartition, firstPartition + partitionCount).map(({ partition }) => `${topic}-${partition}`)
      : [`${topic}-0 to ${topic}-${partitionCount - 1}`],
  );
  throw refusal(
    'option.unknown-partition',
    `--dump-partition is "${name}", which is no partition of this run.`,
    `Use one of ${known.map(printable).join(', ')}.`,
  );
}

/** Writes `<folder>/<topic>-<partition>/`. `block` gives what is not in memory. Returns the notes for whoever uses the files. Throws Refusal. */
export async function dumpPartition(
  run: Run,
  dump: PartitionDump,
  block: (partition: number, number: number) => Promise<ArrayBuffer>,
  io: Pick<Io, 'workingFolder'>,
): Promise<string[]> {
  const partition = partitionNumber(run, dump.partition);
  const exported = beginPartitionExport(run, partition, compress);
  const directory = join(resolve(io.workingFolder, dump.folder), exported.directory);
  const uncompressed = new Map<Parameters<CompressRecords>[0], number>();
  await writing(dump.folder, () => mkdir(directory, { recursive: true }));
  // Segments of an earlier dump between these would be a log that never was.
  if ((await readdir(directory)).length > 0) {
    throw refusal(
      'file.in-the-way',
      `The folder ${exported.directory} has files already.`,
      'Delete it, or choose another place.',
      dump.folder,
    );
  }
  for (const segment of exported.log.segments) {
    for (let missing = missingBlockForFiles(exported.log, segment); missing >= 0; missing = missingBlockForFiles(exported.log, segment))
      provideBlock(exported.log, missing, await block(partition, missing));
    const made = segmentFiles(exported.log, segment, exported.encoding);
    releaseExported(exported, segment);
    for (const [codec, batches] of made.uncompressed) uncompressed.set(codec, (uncompressed.get(codec) ?? 0) + batches);
    await writeAll(dump.folder, directory, made.files);
  }
  await writeAll(dump.folder, directory, exported.stateFiles);
  return exportNotes(uncompressed);
}

async function writeAll(folder: string, directory: string, files: PartitionExport['stateFiles']): Promise<void> {
  for (const { name, bytes, modifiedMs } of files) {
    const path = join(directory, name);
    await writing(folder, async () => {
      await writeFile(path, bytes);
      await utimes(path, modifiedMs / 1000, modifiedMs / 1000);
    });
  }
}

async function writing(folder: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw refusal(
      'file.not-written',
      `The partition's files cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      'Choose another place.',
      folder,
    );
  }
}
