/** A stored run with damaged blocks: found, shown as far as it can be read, computed again. */
import { checkpoint, fingerprint, restore, type Run } from '../../engine/index.ts';
import { cutDamaged, damagedLogs, type DamagedLog, expectedBlocks, missingBlockForRecovery, verifyInPortions } from '../../engine/host.ts';
import type { DamagedPartition } from '../protocol.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { bringBack } from './keeping.ts';
import { goBackTo } from './past.ts';
import { type Session, type SimulationHost, tell } from './session.ts';

/** Verifies every block of a run that only storage has. Answers with the logs that are damaged; rejects as storage does. */
export async function checkStored(
  host: SimulationHost,
  { runKey, run }: Pick<Keeper, 'runKey' | 'run'>,
  progress: (share: number) => void = () => undefined,
): Promise<readonly DamagedLog[]> {
  const { storage } = host;
  if (!storage) return [];
  const logs = run.ctx.partitions.map((partition) => partition.log);
  return damagedLogs(logs, await verifyInPortions(expectedBlocks(logs), (portion) => storage.verifyBlocks(runKey, portion), progress));
}

/** Says how far the check of a run that is being loaded has come. */
export function tellChecking(session: Session, host: SimulationHost, share: number): void {
  session.checking = share;
  tell(session, host, { now: share === 0 });
}

/** Something of the loaded run was found damaged when it was read: all of it is verified, and the run stands still. */
export function holdIfDamaged(session: Session, host: SimulationHost, keeper: Keeper): void {
  if (session.keeper !== keeper || session.damage !== null || session.holding !== null) return;
  session.holding = (async () => {
    await Promise.all(keeper.pending);
    const logs = await checkStored(host, keeper);
    if (session.keeper === keeper && logs.length > 0) await hold(session, host, logs);
  })()
    .catch(() => undefined)
    .finally(() => (session.holding = null));
}

/**
 * The loaded run stands still from now on: it could not go on without the records that are damaged. What it knows stays as it is and can be looked
 * at; its records are read from a copy whose damaged logs are cut. Nothing is written to storage.
 */
export async function hold(session: Session, host: SimulationHost, logs: readonly DamagedLog[]): Promise<void> {
  const keeper = session.keeper!;
  keeper.stopped = true;
  const partitions = logs.map((log) => described(keeper.run, log));
  // Without a copy, reading goes as far as it goes: storage may be away just now.
  const reading = await readingCopy(host, keeper, logs).catch(() => keeper);
  if (session.keeper !== keeper) return;
  session.damage = { partitions, blocks: logs, reading };
  session.phase = 'failed';
  session.until = null;
  session.failure = sentenceOf(partitions);
  session.storage = { ...session.storage, state: 'damaged', detail: session.failure };
  tell(session, host, { now: true });
}

async function readingCopy(host: SimulationHost, { runKey, document, run }: Keeper, logs: readonly DamagedLog[]): Promise<Keeper> {
  const reading = createKeeper({ runKey, document, run: restore(run.topology, checkpoint(run)) });
  reading.stopped = true;
  for (const { partition, block } of logs) {
    const { log } = reading.run.ctx.partitions[partition]!;
    for (let missing = missingBlockForRecovery(log, block); missing >= 0; missing = missingBlockForRecovery(log, block)) {
      await bringBack(host, reading, { partition, block: missing });
    }
    cutDamaged(log, block, run.ctx.events.nowUs);
  }
  return reading;
}

function described(run: Run, log: DamagedLog): DamagedPartition {
  const topic = run.ctx.topics.find(
    ({ firstPartition, partitionCount }) => log.partition >= firstPartition && log.partition < firstPartition + partitionCount,
  );
  const { damagedBlocks, blocks, logStartOffset, cutOffset, logEndOffset, detail } = log;
  const place = topic
    ? { topicNode: topic.node, topic: topic.name, partition: run.ctx.partitions[log.partition]!.partition }
    : { topicNode: '', topic: 'a log of the cluster', partition: log.partition };
  return { ...place, damagedBlocks, blocks, logStartOffset, cutOffset, logEndOffset, found: detail };
}

/** Partitions named in one sentence; the others are counted. */
const namedMost = 3;

function sentenceOf(partitions: readonly DamagedPartition[]): string {
  const named = partitions.slice(0, namedMost).map(({ topic, partition, damagedBlocks, blocks, logStartOffset, cutOffset, found }) => {
    const readable = cutOffset > logStartOffset ? `offsets ${logStartOffset} to ${cutOffset - 1} can be read` : 'nothing of it can be read';
    return `${topic}-${partition} (${damagedBlocks} of ${blocks} blocks; ${readable}; ${found})`;
  });
  if (partitions.length > namedMost) named.push(`${partitions.length - namedMost} more partitions`);
  return (
    `The stored log of this run is damaged: ${named.join(', ')}. The run stands still; all else can be looked at. ` +
    'Rebuild it from the start (same seed, same result), or reset it to time 0. The document is safe.'
  );
}

/**
 * Computes a damaged run again, from a copy of an earlier moment that is whole or else from the start, up to where it stands. Blocks are stored again over what is
 * there; the stored checkpoint stays until the run is where it was. Returns whether there is anything to do.
 */
export function rebuild(session: Session, host: SimulationHost): boolean {
  const { damage, keeper, run } = session;
  if (!damage || !keeper || !run) return false;
  for (const { partition, block } of damage.blocks) keeper.removed.add(`${partition}/${block}`);
  const { nowUs: timeUs, taken: events } = run.ctx.events;
  const goal = { timeUs, events, fingerprint: fingerprint(run) };
  goBackTo(session, host, timeUs, { keepStored: true });
  session.rebuilding = goal;
  session.rebuilt = 'under-way';
  return true;
}
