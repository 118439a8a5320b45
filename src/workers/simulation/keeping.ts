/** Keeping a run: sealed blocks are stored write-behind, checkpoints now and then, evicted blocks come back when a reader needs them. */
import { storableCheckpoint, type Run } from '../../engine/index.ts';
import { blockImage, confirmStored, evictToBudget, provideBlock, returnUnstored, takeDeletions, takeSealed } from '../../engine/host.ts';
import type { Session, SimulationHost } from './session.ts';
import type { BlockName, StorageFailure, StoredBlock } from './storage.ts';

/** Bytes handed to storage and not yet confirmed, beyond which the run waits. */
const inFlightBytesMax = 64 * 1024 * 1024;
/** Sealed blocks kept in memory, stored ones included. */
const residentBytesMax = 256 * 1024 * 1024;
const checkpointSpacingMs = 3_000;
const evictionSpacingMs = 1_000;

export interface Keeper {
  inFlightBytes: number;
  pending: Set<Promise<void>>;
  /** Deleted blocks the store still has; they go with the next checkpoint. */
  deleted: BlockName[];
  nextCheckpointMs: number;
  nextEvictionMs: number;
  saving: Promise<void> | null;
  /** Storage said no: nothing more is stored for this run until it is loaded again. */
  stopped: boolean;
}

export function createKeeper(): Keeper {
  return { inFlightBytes: 0, pending: new Set(), deleted: [], nextCheckpointMs: 0, nextEvictionMs: 0, saving: null, stopped: false };
}

/** Hands sealed blocks to storage; call between slices. Resolves at once, or when few enough bytes are under way. */
export async function keepUp(session: Session, host: SimulationHost, keeper: Keeper): Promise<void> {
  const { run } = session;
  if (!run || !host.storage || keeper.stopped) return;
  storeSealed(session, host, keeper, run);
  const nowMs = host.nowMs();
  if (nowMs >= keeper.nextEvictionMs) {
    keeper.nextEvictionMs = nowMs + evictionSpacingMs;
    evictToBudget(
      run.ctx.partitions.map((partition) => partition.log),
      residentBytesMax,
    );
  }
  if (session.phase === 'running' && nowMs >= keeper.nextCheckpointMs) void saveRun(session, host, keeper);
  while (keeper.inFlightBytes > inFlightBytesMax && keeper.pending.size > 0 && !keeper.stopped) await Promise.race(keeper.pending);
}

function storeSealed(session: Session, host: SimulationHost, keeper: Keeper, run: Run): void {
  const blocks: StoredBlock[] = [];
  let bytes = 0;
  run.ctx.partitions.forEach(({ log }, partition) => {
    for (const block of takeDeletions(log)) keeper.deleted.push({ partition, block });
    if (log.outbox.length === 0) return;
    for (const block of takeSealed(log)) {
      const image = blockImage(log, block);
      bytes += image.byteLength;
      blocks.push({ partition, block, image });
    }
  });
  if (blocks.length === 0) return;
  const names = blocks.map(({ partition, block }) => ({ partition, block }));
  keeper.inFlightBytes += bytes;
  session.storage = { ...session.storage, state: 'writing' };
  const done: Promise<void> = host
    .storage!.putBlocks(session.runKey, blocks)
    .then(
      () => {
        for (const { partition, block } of names) confirmStored(run.ctx.partitions[partition]!.log, block);
        session.storage = { state: 'stored', detail: '', bytes: session.storage.bytes + bytes };
      },
      (failure: unknown) => {
        for (const { partition, block } of names.reverse()) returnUnstored(run.ctx.partitions[partition]!.log, block);
        stop(session, keeper, failure);
      },
    )
    .finally(() => {
      keeper.inFlightBytes -= bytes;
      keeper.pending.delete(done);
    });
  keeper.pending.add(done);
}

/** Writes a checkpoint of the run as it is now, after the blocks it names. Resolves when it is durable, or when storage has refused it. */
export function saveRun(session: Session, host: SimulationHost, keeper: Keeper): Promise<void> {
  const { run, document } = session;
  if (!run || !document || !host.storage || keeper.stopped) return Promise.resolve();
  if (keeper.saving) return keeper.saving;
  storeSealed(session, host, keeper, run);
  const startMs = host.nowMs();
  const deleted = keeper.deleted;
  keeper.deleted = [];
  session.storage = { ...session.storage, state: 'writing' };
  const saving = host.storage
    .putRun(session.runKey, { document, checkpoint: storableCheckpoint(run), savedAtUs: run.ctx.events.nowUs }, deleted)
    .then(
      () => {
        session.storage = { ...session.storage, state: keeper.pending.size > 0 ? 'writing' : 'stored', detail: '' };
      },
      (failure: unknown) => {
        keeper.deleted.unshift(...deleted);
        stop(session, keeper, failure);
      },
    )
    .finally(() => {
      keeper.saving = null;
      // A run whose checkpoints are large saves more rarely, so that saving never takes more than a few percent of the time.
      const tookMs = host.nowMs() - startMs;
      keeper.nextCheckpointMs = host.nowMs() + Math.max(checkpointSpacingMs, 20 * tookMs);
    });
  keeper.saving = saving;
  return saving;
}

function stop(session: Session, keeper: Keeper, failure: unknown): void {
  const { reason, detail } = asFailure(failure);
  keeper.stopped = true;
  session.storage = { ...session.storage, state: reason === 'quota' ? 'quota' : 'unavailable', detail };
}

export function asFailure(failure: unknown): StorageFailure {
  if (typeof failure === 'object' && failure !== null && 'reason' in failure && 'detail' in failure) return failure as StorageFailure;
  return { reason: 'unavailable', detail: failure instanceof Error ? failure.message : String(failure) };
}

/** Brings one block back from storage. Rejects with a sentence when it cannot be had. */
export async function bringBack(session: Session, host: SimulationHost, keeper: Keeper, name: BlockName): Promise<void> {
  const run = session.run!;
  if (!host.storage) throw new Error('A part of the log is not in memory and there is no storage to read it from.');
  await Promise.all(keeper.pending);
  const image = await host.storage.getBlock(session.runKey, name.partition, name.block).catch((failure: unknown) => {
    throw new Error(`A part of the log cannot be read back from storage: ${asFailure(failure).detail}`);
  });
  if (session.run === run) provideBlock(run.ctx.partitions[name.partition]!.log, name.block, image);
}
