/**
 * `--data`: a run's sealed blocks and its last moment in files, so that logs may be larger than memory and a later call of the same design goes on
 * where this one ended.
 */
import { basename, resolve } from 'node:path';
import { createRun, restore, storableCheckpoint, type Checkpoint, type Run, type Topology } from '../engine/index.ts';
import { blockImage, checkpointVersion, confirmStored, evictToBudget, provideBlock, takeDeletions, takeSealed } from '../engine/host.ts';
import { storedBlocks } from '../engine/log/residency.ts';
import { storeErrorCode, storeErrorCodes, type BlockKey, type SegmentStore } from '../engine/log/segmentStore.ts';
import { formatDuration } from './format.ts';
import type { Io } from './io.ts';
import { refusal } from './refusal.ts';
import { openFileSegmentStore } from './storage/fileSegmentStore.ts';

/** Bytes of blocks kept in memory. */
const residentBytesMaxDefault = 256 * 1024 * 1024;

export interface DataFolder {
  readonly folder: string;
  readonly store: SegmentStore;
  /** One run is kept for each pipeline file's name. */
  readonly runKey: string;
  /** Bytes of blocks beyond which stored ones are dropped from memory. */
  readonly residentBytesMax: number;
  /** Whether the store has a checkpoint, which needs its blocks until the next one replaces it. */
  hasCheckpoint: boolean;
  deleted: BlockKey[];
}

/** What is stored beside the blocks. */
interface StoredRun {
  readonly design: string;
  readonly checkpoint: Checkpoint;
}

export interface RunToKeep {
  readonly topology: Topology;
  readonly seed: number;
  readonly untilUs: number;
}

/** The store's errors as refusals that name the folder; anything else is a bug and passes. */
async function storing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !(storeErrorCodes as readonly string[]).includes(error.name)) throw error;
    const code = storeErrorCode(error);
    const remedy =
      code === 'QUOTA_EXCEEDED' ? 'Make room, or give another folder.' : 'Delete the folder to start the run anew, or give another one.';
    throw refusal(`data.${code.toLowerCase().replaceAll('_', '-')}`, `The run cannot be kept: ${error.message}.`, remedy, folder);
  }
}

/** Opens, and if need be makes, the folder for the runs of a pipeline file. Throws Refusal. */
export async function openDataFolder(folder: string, file: string, io: Pick<Io, 'workingFolder'>): Promise<DataFolder> {
  const store = await storing(folder, () => openFileSegmentStore(resolve(io.workingFolder, folder)));
  return { folder, store, runKey: basename(file), residentBytesMax: residentBytesMaxDefault, hasCheckpoint: false, deleted: [] };
}

/** Everything that decides how a run goes; names, layout and objectives do not. */
function designOf({ topology, seed }: RunToKeep): string {
  const { nodes, edges, cluster, scenario } = topology.document;
  return JSON.stringify([nodes, edges, cluster, seed, scenario.durationMs, scenario.faults]);
}

/** The stored run of the same design that has not passed the wanted time, or a new one; what another design left is deleted. */
export async function startOrResume(data: DataFolder, wanted: RunToKeep, io: Io): Promise<Run> {
  const { store, runKey, folder } = data;
  const stored = (await storing(folder, () => store.getCheckpoint(runKey))) as StoredRun | null;
  const fits = stored !== null && stored.checkpoint.version === checkpointVersion && stored.design === designOf(wanted);
  if (fits && stored.checkpoint.state.events.nowUs <= wanted.untilUs) {
    data.hasCheckpoint = true;
    io.err(`info: ${folder}: the run goes on from ${formatDuration(stored.checkpoint.state.events.nowUs / 1000)} of virtual time.\n`);
    return restore(wanted.topology, stored.checkpoint);
  }
  await storing(folder, () => store.clear(runKey));
  return createRun(wanted.topology, { seed: wanted.seed });
}

/** Writes what has been sealed since the last call, and drops stored blocks from memory beyond the budget. */
export async function keepBlocks(data: DataFolder, run: Run): Promise<void> {
  const { store, runKey, folder } = data;
  const logs = run.ctx.partitions.map((partition) => partition.log);
  const entries = logs.flatMap((log, partition) => takeSealed(log).map((block) => ({ partition, block, image: blockImage(log, block) })));
  if (entries.length > 0) await storing(folder, () => store.put(runKey, entries));
  for (const { partition, block } of entries) confirmStored(logs[partition]!, block);
  data.deleted.push(...logs.flatMap((log, partition) => takeDeletions(log).map((block) => ({ partition, block }))));
  if (data.deleted.length > 0 && !data.hasCheckpoint) {
    await storing(folder, () => store.delete(runKey, data.deleted));
    data.deleted = [];
  }
  if (entries.length > 0) evictToBudget(logs, data.residentBytesMax);
}

/** Reads a block back that the next event needs; nothing may be evicted before that event. */
export async function bringBack(data: DataFolder, run: Run, key: BlockKey): Promise<void> {
  const image = await storing(data.folder, () => data.store.get(data.runKey, key));
  provideBlock(run.ctx.partitions[key.partition]!.log, key.block, image);
}

/** Writes the run's moment, so that a later call goes on from it, and ends the use of the folder. */
export async function finishKeeping(data: DataFolder, run: Run, wanted: RunToKeep): Promise<void> {
  await keepBlocks(data, run);
  const checkpoint = storableCheckpoint(run);
  const needs = checkpoint.state.partitions.flatMap(({ log }, partition) => storedBlocks(log).map((block) => ({ partition, block })));
  const stored: StoredRun = { design: designOf(wanted), checkpoint };
  await storing(data.folder, () => data.store.putCheckpoint(data.runKey, { data: stored, needs, deleted: data.deleted }));
  await data.store.close();
}
