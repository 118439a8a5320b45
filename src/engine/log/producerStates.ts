/**
 * What a log knows of its producers and their transactions (ProducerStateManager), plain data. An append is validated first, which
 * changes nothing, and then applied.
 */
import type { AppendOrigin, CompletedTransaction, ProducerBatch, ProducerError, ProducerUpdate } from './producerAppend.ts';
import { addToProducerUpdate, beginProducerUpdate, lastSequenceOfBatch } from './producerAppend.ts';
import type { ProducerEntry, ProducerSnapshot, RememberedBatch } from './producerEntry.ts';
import { createProducerEntry, findDuplicate, rememberBatch, rememberedBatches, setProducerEpoch } from './producerEntry.ts';
import type { AbortedTransaction } from './transactionIndex.ts';

/** A transaction in the log. `lastOffset` is its marker's, -1 while it is open. */
export interface TransactionSpan {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** A transaction whose coordinator is being asked whether it is open, before its first append (KIP-890, VerificationStateEntry). */
export interface VerificationEntry {
  readonly startedMs: number;
  /** Tells this verification from later ones of the same producer; never 0. */
  readonly guard: number;
  lowestSequence: number;
  producerEpoch: number;
  /** The producer bumps its epoch with each transaction: not known, it must begin at sequence 0. */
  readonly supportsEpochBump: boolean;
}

/** The state. Order of the maps never shows. */
export interface ProducerStates {
  readonly producers: Map<number, ProducerEntry>;
  /** Who appended last, one of `producers`: most appends are of the same as before. null where that is not known. */
  latest: ProducerEntry | null;
  readonly verifications: Map<number, VerificationEntry>;
  /** Open transactions by first offset. */
  ongoing: TransactionSpan[];
  /** Transactions that have ended, but whose markers are not below the high watermark yet; by first offset. */
  unreplicated: TransactionSpan[];
  /** Nothing is being verified and nothing unreplicated: most logs, most of the time. False also where that has not been looked at since. */
  isPlain: boolean;
  /** Offset up to which the log's records are in this state (ProducerStateManager.mapEndOffset). */
  endOffset: number;
  lastSnapshotOffset: number;
  /** By offset. */
  snapshots: ProducerSnapshot[];
  nextGuard: number;
}

/** What a log knew of its producers when it ended at `offset`: all five batches of each, unlike a snapshot. Never changes. */
export interface ProducersAt {
  readonly offset: number;
  readonly entries: readonly ProducerEntry[];
  readonly unreplicated: readonly TransactionSpan[];
}

/** What validation makes of an append. */
export type AppendValidation =
  | {
      readonly outcome: 'append';
      readonly updates: readonly ProducerUpdate[];
      readonly completed: readonly CompletedTransaction[];
      /** Producers whose verification ends with this append. */
      readonly verified: readonly number[];
    }
  | { readonly outcome: 'duplicate'; readonly batch: RememberedBatch }
  | ({ readonly outcome: 'error' } & ProducerError);

/** A state that knows no producer, of a log that begins at `offset`. */
export function createProducerStates(offset = 0): ProducerStates {
  return {
    producers: new Map(),
    latest: null,
    verifications: new Map(),
    ongoing: [],
    unreplicated: [],
    isPlain: true,
    endOffset: offset,
    lastSnapshotOffset: offset,
    snapshots: [],
    nextGuard: 1,
  };
}

export interface AppendOptions {
  readonly origin: AppendOrigin;
  /** `transaction.partition.verification.enable`: a transaction's first append must bring the guard of its verification. */
  readonly verifyTransactions?: boolean;
  /** Guard the request got from `startVerification`; 0 for none. */
  readonly guard?: number;
}

/** Validates the batches of one append, in order (UnifiedLog.analyzeAndValidateProducerState). Batches without a producer id are left out before. */
export function validateAppend(states: ProducerStates, batches: readonly ProducerBatch[], options: AppendOptions): AppendValidation {
  const { origin } = options;
  const updates: ProducerUpdate[] = [];
  const completed: CompletedTransaction[] = [];
  const verified: number[] = [];
  for (const batch of batches) {
    const { producerId } = batch;
    const entry = states.producers.get(producerId);
    if (origin === 'client' && entry !== undefined) {
      const { producerEpoch, baseSequence } = batch;
      const duplicate = findDuplicate(entry, { producerEpoch, baseSequence, lastSequence: lastSequenceOfBatch(batch) });
      if (duplicate !== null) return { outcome: 'duplicate', batch: duplicate };
    }
    if (origin !== 'replication' && lacksVerification(states, batch, options)) {
      return { outcome: 'error', error: 'INVALID_TXN_STATE', reason: `producer ${producerId} has no verified transaction open here` };
    }
    // Most appends have one batch, and few have many producers: a search is faster than a map.
    let update = updates.find(({ updated }) => updated.producerId === producerId);
    if (update === undefined) {
      update = prepareUpdate(states, producerId, origin);
      updates.push(update);
    }
    const result = addToProducerUpdate(update, batch);
    if (result !== null && 'error' in result) return { outcome: 'error', ...result };
    if (result !== null) completed.push(result);
    if (batch.isTransactional) verified.push(producerId);
  }
  return { outcome: 'append', updates, completed, verified };
}

function prepareUpdate(states: ProducerStates, producerId: number, origin: AppendOrigin): ProducerUpdate {
  const verification = states.verifications.get(producerId);
  return beginProducerUpdate(
    states.producers.get(producerId) ?? createProducerEntry(producerId),
    origin,
    verification === undefined
      ? null
      : { lowestSequence: verification.lowestSequence, demandsSequenceZero: verification.supportsEpochBump },
  );
}

function lacksVerification(
  states: ProducerStates,
  batch: ProducerBatch,
  { verifyTransactions = false, guard = 0 }: AppendOptions,
): boolean {
  if (!verifyTransactions || !batch.isTransactional || batch.control !== null) return false;
  if (hasOpenTransaction(states, batch.producerId, batch.producerEpoch)) return false;
  return guard === 0 || states.verifications.get(batch.producerId)?.guard !== guard;
}

/** Whether a transaction of this producer and epoch is open in the log (UnifiedLog.hasOngoingTransaction). */
export function hasOpenTransaction(states: ProducerStates, producerId: number, producerEpoch: number): boolean {
  const entry = states.producers.get(producerId);
  return entry !== undefined && entry.transactionFirstOffset >= 0 && entry.producerEpoch === producerEpoch;
}

/**
 * Takes a validated append into the state once its records are in the log, which then ends at `logEndOffset`. Returns the aborted
 * transactions it ends, to be added to the transaction index of the segment that holds the markers.
 */
export function applyAppend(
  states: ProducerStates,
  append: Extract<AppendValidation, { outcome: 'append' }>,
  logEndOffset: number,
): AbortedTransaction[] {
  const aborted: AbortedTransaction[] = [];
  for (const producerId of append.verified) states.verifications.delete(producerId);
  for (const update of append.updates) applyUpdate(states, update);
  for (const transaction of append.completed) {
    const { producerId, firstOffset, lastOffset, isAborted } = transaction;
    if (isAborted) aborted.push({ producerId, firstOffset, lastOffset, lastStableOffset: stableAfter(states, transaction) });
    completeTransaction(states, transaction);
  }
  states.endOffset = logEndOffset;
  return aborted;
}

function applyUpdate(states: ProducerStates, { updated, startedAt }: ProducerUpdate): void {
  const { producerId } = updated;
  const entry = states.producers.get(producerId);
  if (entry === undefined) states.producers.set(producerId, updated);
  else {
    setProducerEpoch(entry, updated.producerEpoch);
    for (const batch of rememberedBatches(updated)) rememberBatch(entry, batch);
    entry.coordinatorEpoch = updated.coordinatorEpoch;
    entry.transactionFirstOffset = updated.transactionFirstOffset;
    entry.lastTimestampMs = updated.lastTimestampMs;
  }
  for (const firstOffset of startedAt) insertSpan(states.ongoing, { producerId, firstOffset, lastOffset: -1 });
}

/** Where reading can go on once this transaction has ended: at the oldest other open one, else after the marker (ProducerStateManager.lastStableOffset). */
function stableAfter(states: ProducerStates, transaction: CompletedTransaction): number {
  const next = states.ongoing.find(({ producerId }) => producerId !== transaction.producerId);
  return next === undefined ? transaction.lastOffset + 1 : next.firstOffset;
}

/** An ended transaction stays unstable until its marker is replicated. */
function completeTransaction(states: ProducerStates, { producerId, firstOffset, lastOffset }: CompletedTransaction): void {
  const index = states.ongoing.findIndex((span) => span.firstOffset === firstOffset);
  if (index < 0) throw new Error(`log: the transaction of producer ${producerId} at offset ${firstOffset} ends, but is not open`);
  states.ongoing.splice(index, 1);
  states.isPlain = false;
  insertSpan(states.unreplicated, { producerId, firstOffset, lastOffset });
}

/** Puts a span in its place by first offset, mostly the last one. */
export function insertSpan(spans: TransactionSpan[], span: TransactionSpan): void {
  let at = spans.length;
  while (at > 0 && spans[at - 1].firstOffset > span.firstOffset) at--;
  spans.splice(at, 0, span);
}

/**
 * Begins, or joins, the verification of a producer's transaction and returns its guard; 0 when the transaction is open already and needs
 * none. The lowest sequence seen blocks higher ones, so that a failed first batch is not overtaken (UnifiedLog.maybeStartTransactionVerification).
 */
export function startVerification(
  states: ProducerStates,
  request: {
    readonly producerId: number;
    readonly producerEpoch: number;
    readonly sequence: number;
    readonly supportsEpochBump: boolean;
    readonly nowMs: number;
  },
): number {
  const { producerId, producerEpoch, sequence, supportsEpochBump, nowMs } = request;
  if (hasOpenTransaction(states, producerId, producerEpoch)) return 0;
  const known = states.verifications.get(producerId);
  if (known === undefined) {
    const guard = states.nextGuard++;
    states.isPlain = false;
    states.verifications.set(producerId, { startedMs: nowMs, guard, lowestSequence: sequence, producerEpoch, supportsEpochBump });
    return guard;
  }
  if (producerEpoch === known.producerEpoch) known.lowestSequence = Math.min(known.lowestSequence, sequence);
  else if (producerEpoch > known.producerEpoch) {
    known.producerEpoch = producerEpoch;
    known.lowestSequence = sequence;
  }
  return known.guard;
}

/** Whether a producer without open transaction has been silent for `producer.id.expiration.ms`. */
export function isProducerExpired(entry: ProducerEntry, nowMs: number, expirationMs: number): boolean {
  return entry.transactionFirstOffset < 0 && nowMs - entry.lastTimestampMs >= expirationMs;
}

/** Forgets expired producers and verifications that never ended (ProducerStateManager.removeExpiredProducers). */
export function removeExpiredProducers(states: ProducerStates, nowMs: number, expirationMs: number): void {
  for (const [producerId, entry] of states.producers) {
    if (isProducerExpired(entry, nowMs, expirationMs)) states.producers.delete(producerId);
  }
  if (states.latest !== null && !states.producers.has(states.latest.producerId)) states.latest = null;
  for (const [producerId, { startedMs }] of states.verifications) {
    if (nowMs - startedMs >= expirationMs) states.verifications.delete(producerId);
  }
}

/** Whether the oldest open transaction hangs: nothing heard for the longest timeout allowed and five minutes more (hasLateTransaction). */
export function hasLateTransaction(states: ProducerStates, nowMs: number, transactionTimeoutMsMax: number): boolean {
  if (states.ongoing.length === 0) return false;
  const lastTimestampMs = states.producers.get(states.ongoing[0].producerId)?.lastTimestampMs ?? -1;
  return lastTimestampMs > 0 && nowMs - lastTimestampMs > transactionTimeoutMsMax + 300_000;
}
