/** Writes to `__consumer_offsets` that waited: committed by the high watermark, out of time, or lost with their coordinator (CoordinatorRuntime). */
import { becomeStable, storingFailed } from '../attending.ts';
import { carryOut } from '../carryOut.ts';
import type { GroupContext } from '../context.ts';
import { createEffects } from '../groupState.ts';
import { decideOffsets } from '../transactionalOffsets.ts';
import type { DecidedWrite, OffsetsLog, PendingWrite } from './offsetsState.ts';
import { applyOffsets, coordinatorHighWatermark, startWriteTimer } from './writing.ts';

/** High watermarks have moved: what they have passed is true now, in the order it was written, and whoever waits for it is told. */
export function commitPending(ctx: GroupContext): void {
  const { advanced } = ctx.replication;
  for (const index of advanced) {
    const log = ctx.offsets.logs.find((candidate) => candidate.index === index);
    if (log === undefined) continue;
    while (log.pending.length > 0 && coordinatorHighWatermark(ctx, log, log.pending[0].broker) >= log.pending[0].endOffset)
      committed(ctx, log.pending.shift()!);
  }
  advanced.length = 0;
}

function committed(ctx: GroupContext, write: PendingWrite): void {
  const group = ctx.groups[write.group];
  const { effect } = write;
  if (effect.type === 'offsets') {
    applyOffsets(ctx, group, effect.partitions, effect.offsets);
    decide(ctx, write, 'NONE', false);
  } else if (effect.type === 'marker') {
    decideOffsets(ctx, write.group, effect.marker);
    decide(ctx, write, 'NONE', false);
  } else if (effect.type === 'group') {
    decide(ctx, write, 'NONE', false);
  } else if (effect.type === 'sync') {
    const effects = createEffects();
    becomeStable(group, effect, ctx.events.nowUs, effects);
    carryOut(ctx, group, effects);
  }
}

/**
 * EventKind.CoordinatorWriteExpired: what waits for longer than `offsets.commit.timeout.ms` is answered with COORDINATOR_NOT_AVAILABLE. It stands in the log all the same, and
 * offsets count when they are committed there.
 */
export function onWriteExpired(ctx: GroupContext, number: number): void {
  const log = ctx.offsets.logs[number];
  log.timerRuns = false;
  for (let i = 0; i < log.pending.length; i++) {
    const write = log.pending[i];
    if (write.deadlineUs > ctx.events.nowUs) continue;
    fail(ctx, write, 'COORDINATOR_NOT_AVAILABLE', false);
    const effect = write.effect.type === 'offsets' ? { ...write.effect, waiter: null } : ({ type: 'none' } as const);
    log.pending[i] = { ...write, deadlineUs: Infinity, effect };
  }
  startWriteTimer(ctx, log);
}

/** The group has another coordinator now, or its own has restarted: nobody waits at the old one any more. `lives`: its broker can still say so. */
export function forgetPending(ctx: GroupContext, log: OffsetsLog, group: number, lives: boolean): void {
  const kept = log.pending.filter((write) => write.group !== group);
  const gone = log.pending.filter((write) => write.group === group);
  log.pending.length = 0;
  log.pending.push(...kept);
  for (const write of gone) decide(ctx, write, 'NOT_COORDINATOR', !lives);
}

/** A broker has died: clients whose commits wait there see their connections reset. */
export function writersDied(ctx: GroupContext, broker: number): void {
  for (const { pending } of ctx.offsets.logs) {
    for (let i = 0; i < pending.length; i++) {
      const write = pending[i];
      if (write.broker !== broker) continue;
      // Whoever waited there for an assignment has lost the connection, too: what the coordinator knew of them is gone with it.
      if (write.effect.type === 'sync') pending[i] = { ...write, deadlineUs: Infinity, effect: { type: 'none' } };
      if (write.effect.type !== 'offsets') continue;
      decide(ctx, write, 'NOT_COORDINATOR', true);
      pending[i] = { ...write, deadlineUs: Infinity, effect: { ...write.effect, waiter: null } };
    }
  }
}

function fail(ctx: GroupContext, write: PendingWrite, error: 'COORDINATOR_NOT_AVAILABLE', lost: boolean): void {
  const { effect } = write;
  if (effect.type === 'offsets' || effect.type === 'group') decide(ctx, write, error, lost);
  if (effect.type !== 'sync') return;
  const group = ctx.groups[write.group];
  const effects = createEffects();
  storingFailed(group, effect, error, ctx.events.nowUs, effects);
  carryOut(ctx, group, effects);
}

function decide(ctx: GroupContext, { effect, broker, writtenUs }: PendingWrite, error: DecidedWrite['error'], lost: boolean): void {
  if (effect.type === 'sync' || effect.type === 'none' || effect.waiter === null) return;
  ctx.offsets.decided.push({ waiter: effect.waiter, error, lost, broker, readyUs: Math.max(ctx.events.nowUs, writtenUs) });
}
