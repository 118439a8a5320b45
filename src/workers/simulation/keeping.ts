/** Keeping a run: sealed blocks are stored write-behind, checkpoints now and then, evicted blocks come back when a reader needs them. */
import { storableCheckpoint } from '../../engine/index.ts';
import {
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
} from '../../engine/host.ts';
import type { Keeper } from './keeper.ts';
import type { Session, SimulationHost } from './session.ts';
import type { BlockName, StorageFailure, StoredBlock } from './storage.ts';

const trimmedDetail =
  'The browser gives no more room, so the log of this run was taken out of its storage to leave room for documents. The run goes on in memory and starts again when the page is opened anew.';

/** Hands sealed blocks to storage; call between slices. Resolves at once, or when few enough bytes are under way. Throws when memory is full. */
export async function keepUp(session: Session, host: SimulationHost): Promise<void> {
  const { keeper, limits } = session;
  if (!keeper) return;
  const nowMs = host.nowMs();
  if (!host.storage || keeper.stopped) {
    if (nowMs >= keeper.nextEvictionMs) boundMemory(session, keeper, nowMs);
    return;
  }
  storeSealed(session, host, keeper, recordsAtOnce);
  if (nowMs >= keeper.nextEvictionMs) {
    keeper.nextEvictionMs = nowMs + limits.evictionSpacingMs;
    evictToBudget(
      keeper.run.ctx.partitions.map((partition) => partition.log),
      limits.residentBytesMax,
    );
  }
  if (session.phase === 'running' && nowMs >= keeper.nextCheckpointMs && !keeper.saving) void saveRun(session, host);
  while (keeper.inFlightBytes > limits.inFlightBytesMax && keeper.pending.size > 0 && !keeper.stopped) await Promise.race(keeper.pending);
}

function boundMemory(session: Session, keeper: Keeper, nowMs: number): void {
  const { limits, storage } = session;
  keeper.nextEvictionMs = nowMs + limits.evictionSpacingMs;
  let bytes = 0;
  for (const { log } of keeper.run.ctx.partitions) bytes += residentBytes(log);
  if (bytes <= limits.unstoredBytesMax) return;
  throw new Error(
    `The run stands still: its log has ${Math.round(bytes / 1_048_576)} MiB, which cannot be stored and would fill the memory. ` +
      `Lower a retention.ms or retention.bytes, or make room and reset the run. ${storage.detail}`,
  );
}

/** Records packed into blocks between two slices, so that commands need not wait for more. */
const recordsAtOnce = 100_000;

function storeSealed(session: Session, host: SimulationHost, keeper: Keeper, recordsMax = Infinity): void {
  const { run, runKey } = keeper;
  const blocks: StoredBlock[] = [];
  let bytes = 0;
  let records = 0;
  run.ctx.partitions.forEach(({ log }, partition) => {
    for (const block of takeDeletions(log)) {
      keeper.deleted.push({ partition, block });
      keeper.removed.add(`${partition}/${block}`);
    }
    if (log.outbox.length === 0 || records >= recordsMax) return;
    for (const block of takeSealed(log)) {
      const image = blockImage(log, block);
      records += findBlock(log, block)!.recordCount;
      bytes += image.byteLength;
      blocks.push({ partition, block, image });
    }
  });
  if (blocks.length === 0) return;
  const names = blocks.map(({ partition, block }) => ({ partition, block }));
  keeper.inFlightBytes += bytes;
  session.storage = { ...session.storage, state: 'writing' };
  const done: Promise<void> = host
    .storage!.putBlocks(runKey, blocks)
    .then(
      () => {
        for (const { partition, block } of names) confirmStored(run.ctx.partitions[partition]!.log, block);
        if (session.keeper !== keeper || keeper.stopped) return;
        const state = keeper.pending.size > 1 || keeper.saving ? 'writing' : 'stored';
        session.storage = { state, detail: '', bytes: session.storage.bytes + bytes };
      },
      (failure: unknown) => {
        for (const { partition, block } of names.reverse()) returnUnstored(run.ctx.partitions[partition]!.log, block);
        stop(session, host, keeper, failure);
      },
    )
    .finally(() => {
      keeper.inFlightBytes -= bytes;
      keeper.pending.delete(done);
    });
  keeper.pending.add(done);
}

/**
 * Writes a checkpoint of the run as it is now, after the blocks it names. Resolves when it is durable, or when storage has refused it. While another
 * one is being written, the run is saved once more after it.
 */
export function saveRun(session: Session, host: SimulationHost): Promise<void> {
  const { keeper } = session;
  // While a damaged run is computed again, the checkpoint of where it stood stays.
  if (!keeper || !host.storage || keeper.stopped || session.rebuilding) return Promise.resolve();
  if (keeper.saving) {
    keeper.again ??= keeper.saving.then(() => {
      keeper.again = null;
      return session.keeper === keeper ? saveRun(session, host) : undefined;
    });
    return keeper.again;
  }
  storeSealed(session, host, keeper);
  const startMs = host.nowMs();
  const { run, deleted, document } = keeper;
  const savedUs = run.ctx.events.nowUs;
  keeper.deleted = [];
  session.storage = { ...session.storage, state: 'writing' };
  const saving = host.storage
    .putRun(keeper.runKey, { document, checkpoint: storableCheckpoint(run), savedAtUs: savedUs }, deleted)
    .then(
      () => {
        keeper.savedUs = savedUs;
        if (session.keeper === keeper && !keeper.stopped)
          session.storage = { ...session.storage, state: keeper.pending.size > 0 ? 'writing' : 'stored', detail: '' };
      },
      (failure: unknown) => {
        keeper.deleted.unshift(...deleted);
        stop(session, host, keeper, failure);
      },
    )
    .finally(() => {
      keeper.saving = null;
      // A run whose checkpoints are large saves more rarely, so that saving never takes more than a few percent of the time.
      const nowMs = host.nowMs();
      keeper.nextCheckpointMs = nowMs + Math.max(session.limits.checkpointSpacingMs, 20 * (nowMs - startMs));
    });
  keeper.saving = saving;
  return saving;
}

/** Storage refused something of this run. The first refusal is the one that says why. */
export function stop(session: Session, host: SimulationHost, keeper: Keeper, failure: unknown): void {
  if (keeper.stopped) return;
  keeper.stopped = true;
  if (session.keeper !== keeper) return;
  const { reason, detail } = asFailure(failure);
  session.storage = { ...session.storage, state: reason === 'quota' ? 'quota' : 'unavailable', detail };
  if (reason === 'quota') trim(session, host, keeper);
}

/** Storage is another tab's: nothing of this run goes there any more. */
export function leaveStorage(session: Session): void {
  session.keeps = false;
  if (session.keeper) session.keeper.stopped = true;
  session.storage = { state: 'readonly', detail: 'Another tab keeps the run of this document; the one here is in memory only.', bytes: 0 };
}

/** Without room, the log gives way to the documents: what of it is also in memory is taken out of storage. */
function trim(session: Session, host: SimulationHost, keeper: Keeper): void {
  const logs = keeper.run.ctx.partitions.map((partition) => partition.log);
  if (logs.some((log) => evictedBlocks(log).length > 0)) return;
  logs.forEach(storeAgain);
  session.storage = { state: 'quota', detail: trimmedDetail, bytes: 0 };
  host.storage?.clear(keeper.runKey).catch(() => undefined);
}

export function asFailure(failure: unknown): StorageFailure {
  if (typeof failure === 'object' && failure !== null && 'reason' in failure && 'detail' in failure) return failure as StorageFailure;
  return { reason: 'unavailable', detail: failure instanceof Error ? failure.message : String(failure) };
}

/** Brings one block back from storage. Rejects with a sentence when it cannot be had. */
export async function bringBack(host: SimulationHost, keeper: Keeper, name: BlockName): Promise<void> {
  provideBlock(keeper.run.ctx.partitions[name.partition]!.log, name.block, await blockFromStorage(host, keeper, name));
}

/** A block as storage has it. Rejects with a sentence when it cannot be had. */
export async function blockFromStorage(host: SimulationHost, keeper: Keeper, name: BlockName): Promise<ArrayBuffer> {
  if (!host.storage) throw new Error('A part of the log is not in memory and there is no storage to read it from.');
  await Promise.all(keeper.pending);
  return host.storage.getBlock(keeper.runKey, name.partition, name.block).catch((failure: unknown) => {
    if (asFailure(failure).reason === 'corrupt') host.damageFound?.(keeper);
    throw new Error(
      `A part of the log cannot be read back from storage: ${asFailure(failure).detail}. Reset the run to start it again from 0; the document is safe.`,
    );
  });
}
