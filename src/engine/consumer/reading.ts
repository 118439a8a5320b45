/** For the ledger: why reading of a partition begins where it does, and who had it before. Without a ledger nothing is kept. */
import type { LetGo, ReadingStart } from '../ledger/state.ts';
import type { ConsumerContext } from './context.ts';
import { type ConsumerState, type OwnedPartition, ownedPartition } from './consumer.ts';

/** Reading begins, or begins again, at the partition's position. */
export function noteStart(ctx: ConsumerContext, consumer: ConsumerState, owned: OwnedPartition, why: ReadingStart['why']): void {
  if (ctx.ledger === null) return;
  const before = readerBefore(ctx, consumer, owned.index);
  // Nothing was committed, so that the reset takes the place of a commit at the beginning: what one before has processed is processed again because it did not commit.
  const byAdministrator = ctx.ledger.setByAdministrator[consumer.group]!;
  const isSet = why === 'committed' && byAdministrator[owned.index]!;
  byAdministrator[owned.index] = false;
  const isUncommitted = why === 'earliest' && before !== null && ctx.groups[consumer.group]!.committed[owned.index]! < 0;
  owned.start = {
    timeUs: ctx.events.nowUs,
    member: consumer.index,
    why: isSet ? 'administrator' : isUncommitted ? 'committed' : why,
    offset: owned.position,
    soughtFrom: -1,
    before,
  };
}

/** Who had the partition: one that has not let go of it yet, or the one that did last. */
function readerBefore(ctx: ConsumerContext, { index, group }: ConsumerState, partition: number): LetGo | null {
  for (const other of ctx.consumers)
    if (other.group === group && other.index !== index && ownedPartition(other, partition) !== undefined)
      return { timeUs: ctx.events.nowUs, member: other.index, how: 'replaced', seek: null };
  return ctx.ledger!.letGo[group]![partition]!;
}

/** A member lets go of partitions: all it owns, or those that are not in `kept`. */
export function noteLetGo(ctx: ConsumerContext, consumer: ConsumerState, how: LetGo['how'], kept: readonly number[] = []): void {
  if (ctx.ledger === null) return;
  const { nowUs: timeUs } = ctx.events;
  for (const { index, position, start } of consumer.owned) {
    const seek = start?.why === 'seek' ? { timeUs: start.timeUs, from: start.soughtFrom, to: start.offset } : null;
    // One that was handed nothing leaves things as they were, but for a position that may be committed.
    if (position < 0 || (position === start?.offset && seek === null) || kept.includes(index)) continue;
    ctx.ledger.letGo[consumer.group]![index] = { timeUs, member: consumer.index, how, seek };
  }
}

/** Whether another member of the group has taken a partition up since this one did: then what this one still processes is not its own. */
export function newerOwner(
  ctx: ConsumerContext,
  consumer: ConsumerState,
  owned: OwnedPartition | undefined,
  partition: number,
): ReadingStart | null {
  const sinceUs = owned?.start?.timeUs ?? -1;
  let newest: ReadingStart | null = null;
  for (const other of ctx.consumers) {
    if (other.group !== consumer.group || other === consumer) continue;
    const start = ownedPartition(other, partition)?.start ?? null;
    if (start !== null && start.timeUs > sinceUs && (newest === null || start.timeUs > newest.timeUs)) newest = start;
  }
  return newest;
}
