/**
 * `--data`: a run's sealed blocks and its last moment in files, so that logs may be larger than memory and a later call of the same design goes on
 * where this one ended.
 */
import { basename, resolve } from 'node:path';
import { createRun, fingerprint, restore, storableCheckpoint, type Checkpoint, type Run, type Topology } from '../engine/index.ts';
import {
  blockImage,
  checkpointVersion,
  confirmStored,
  damagedLogs,
  type DamagedLog,
  evictToBudget,
  expectedBlocks,
  provideBlock,
  takeDeletions,
  takeSealed,
  verifyInPortions,
} from '../engine/host.ts';
import { storedBlocks } from '../engine/log/residency.ts';
import { storeErrorCode, storeErrorCodes, type BlockKey, type SegmentStore } from '../engine/log/segmentStore.ts';
import { formatDuration } from './format.ts';
import type { Io } from './io.ts';
import type { Finding } from '../pipeline/index.ts';
import { Refusal, refusal } from './refusal.ts';
import { openFileSegmentStore } from './storage/fileSegmentStore.ts';

const rebuildRemedy = 'Add --rebuild to compute the run again from its start (same seed, same result), or give another folder.';

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
  /** While a run with damaged blocks is computed again: where the stored one stands. Its checkpoint stays until then. */
  rebuilding: RebuildGoal | null;
}

interface RebuildGoal {
  readonly timeUs: number;
  readonly events: number;
  readonly fingerprint: string;
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
  /** Compute a stored run with damaged blocks again instead of refusing it. */
  readonly rebuild: boolean;
}

/** The store's errors as refusals that name the folder; anything else is a bug and passes. */
async function storing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !(storeErrorCodes as readonly string[]).includes(error.name)) throw error;
    const code = storeErrorCode(error);
    const remedy =
      code === 'QUOTA_EXCEEDED'
        ? 'Make room, or give another folder.'
        : 'Delete the folder to start the run anew (same seed, same result), or give another one.';
    throw refusal(`data.${code.toLowerCase().replaceAll('_', '-')}`, `The run cannot be kept: ${error.message}.`, remedy, folder);
  }
}

/** Opens, and if need be makes, the folder for the runs of a pipeline file. Throws Refusal. */
export async function openDataFolder(folder: string, file: string, io: Pick<Io, 'workingFolder'>): Promise<DataFolder> {
  const store = await storing(folder, () => openFileSegmentStore(resolve(io.workingFolder, folder)));
  return {
    folder,
    store,
    runKey: basename(file),
    residentBytesMax: residentBytesMaxDefault,
    hasCheckpoint: false,
    deleted: [],
    rebuilding: null,
  };
}

/** Everything that decides how a run goes; names, layout and objectives do not. */
function designOf({ topology, seed }: RunToKeep): string {
  const { nodes, edges, cluster, scenario } = topology.document;
  return JSON.stringify([nodes, edges, cluster, seed, scenario.durationMs, scenario.faults]);
}

/** The stored run of the same design that has not passed the wanted time, or a new one; what another design left is deleted. */
export async function startOrResume(data: DataFolder, wanted: RunToKeep, io: Io): Promise<Run> {
  const { store, runKey, folder } = data;
  const stored = await readStored(data, wanted, io);
  const fits = stored !== null && stored.checkpoint.version === checkpointVersion && stored.design === designOf(wanted);
  if (fits && stored.checkpoint.state.events.nowUs <= wanted.untilUs) {
    data.hasCheckpoint = true;
    const run = restore(wanted.topology, stored.checkpoint);
    const damaged = await checkStored(data, run, io);
    if (damaged.length > 0) return rebuildOrRefuse(data, wanted, run, damaged, io);
    io.err(`info: ${folder}: the run goes on from ${formatDuration(stored.checkpoint.state.events.nowUs / 1000)} of virtual time.\n`);
    return run;
  }
  await storing(folder, () => store.clear(runKey));
  return createRun(wanted.topology, { seed: wanted.seed });
}

/** The stored run, null when there is none; a damaged one is none where it may be computed again. */
async function readStored({ store, runKey, folder }: DataFolder, wanted: RunToKeep, io: Io): Promise<StoredRun | null> {
  try {
    return (await store.getCheckpoint(runKey)) as StoredRun | null;
  } catch (error) {
    if (storeErrorCode(error) !== 'CHECKPOINT_CORRUPT') return storing(folder, () => Promise.reject(error));
    const { message } = error as Error;
    if (!wanted.rebuild) throw refusal('data.checkpoint-corrupt', `The stored run cannot go on: ${message}.`, rebuildRemedy, folder);
    io.err(`warning: ${folder}: ${message}.\ninfo: ${folder}: the run is computed again from its start.\n`);
    return null;
  }
}

/** Verifies every stored block that the run needs. */
async function checkStored({ store, runKey, folder }: DataFolder, run: Run, io: Io): Promise<readonly DamagedLog[]> {
  const logs = run.ctx.partitions.map((partition) => partition.log);
  const damage = await storing(folder, () =>
    verifyInPortions(
      expectedBlocks(logs),
      (portion) => store.verify(runKey, portion),
      (share) => io.progress?.(`checking ${folder}: ${Math.floor(100 * share)} %`),
    ),
  );
  io.progress?.('');
  return damagedLogs(logs, damage);
}

/** A run with damaged blocks cannot go on: it is computed again where that was asked for, and refused with all that is damaged where not. */
function rebuildOrRefuse(data: DataFolder, wanted: RunToKeep, stored: Run, damaged: readonly DamagedLog[], io: Io): Run {
  const findings = damaged.map((log) => damageFinding(data.folder, stored, log));
  if (!wanted.rebuild) throw new Refusal(findings);
  const { nowUs: timeUs, taken: events } = stored.ctx.events;
  data.rebuilding = { timeUs, events, fingerprint: fingerprint(stored) };
  for (const { message } of findings) io.err(`warning: ${data.folder}: ${message}\n`);
  io.err(`info: ${data.folder}: the run is computed again from its start.\n`);
  return createRun(wanted.topology, { seed: wanted.seed });
}

function damageFinding(file: string, run: Run, log: DamagedLog): Finding {
  const { partition, damagedBlocks, blocks, detail, logStartOffset, cutOffset, logEndOffset } = log;
  const topic = run.ctx.topics.findLast(({ firstPartition }) => firstPartition <= partition);
  const name = topic ? `${topic.name}-${run.ctx.partitions[partition]!.partition}` : `log ${partition}`;
  const readable = cutOffset > logStartOffset ? `offsets ${logStartOffset} to ${cutOffset - 1} are whole` : 'nothing before it is left';
  return {
    severity: 'error',
    code: `data.${log.code.toLowerCase().replaceAll('_', '-')}`,
    path: '',
    message: `The stored log of ${name} is damaged in ${damagedBlocks} of its ${blocks} blocks, first at offset ${cutOffset} of ${logEndOffset} (${readable}): ${detail}.`,
    remedy: rebuildRemedy,
    file,
  };
}

/** Events until a run that is computed again has to be where the stored one stands; no bound otherwise. */
export function eventsLeft({ rebuilding }: DataFolder, run: Run): number {
  return rebuilding === null ? Infinity : rebuilding.events - run.ctx.events.taken;
}

/** Says whether the run computed again is the stored one; from here on it is kept like any other. */
export function endRebuilding(data: DataFolder, run: Run, io: Pick<Io, 'err'>): void {
  const goal = data.rebuilding!;
  data.rebuilding = null;
  const found = fingerprint(run);
  const same = found === goal.fingerprint && run.ctx.events.taken === goal.events;
  io.err(
    same
      ? `info: ${data.folder}: the run is rebuilt up to ${formatDuration(goal.timeUs / 1000)} of virtual time, with the same fingerprint ${found}.\n`
      : `warning: ${data.folder}: the run is rebuilt, but is another one than the stored: its fingerprint is ${found}, that of the stored one ${goal.fingerprint}. ` +
          'The program has changed since it was stored.\n',
  );
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
  provideBlock(run.ctx.partitions[key.partition]!.log, key.block, await storedBlock(data, key));
}

/** A block as the folder has it. */
export function storedBlock(data: DataFolder, key: BlockKey): Promise<ArrayBuffer> {
  return storing(data.folder, () => data.store.get(data.runKey, key));
}

/** Writes the run's moment, so that a later call goes on from it, and ends the use of the folder. */
export async function finishKeeping(data: DataFolder, run: Run, wanted: RunToKeep): Promise<void> {
  await keepBlocks(data, run);
  // Interrupted while it was computed again: the stored run stays as it is.
  if (data.rebuilding !== null) return data.store.close();
  const checkpoint = storableCheckpoint(run);
  const needs = checkpoint.state.partitions.flatMap(({ log }, partition) => storedBlocks(log).map((block) => ({ partition, block })));
  const stored: StoredRun = { design: designOf(wanted), checkpoint };
  await storing(data.folder, () => data.store.putCheckpoint(data.runKey, { data: stored, needs, deleted: data.deleted }));
  await data.store.close();
}
