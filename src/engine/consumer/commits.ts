/** Committing offsets: a request to the coordinator with the next offset to read of each partition (KafkaConsumer.commitSync, OffsetCommit). */
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { requestArrivalUs, responseArrivalUs } from '../broker/network.ts';
import { validateCommit } from '../group/coordinator.ts';
import { noteCommitError } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import type { ConsumerContext } from './context.ts';
import type { ConsumerState } from './consumer.ts';

const requestSizeBytes = 120;
const answerSizeBytes = 40;

/**
 * Commits the given offset of each owned partition (`position`: what poll handed out, `processed`: what was served) where it differs from what the group
 * has. Returns whether a request was sent.
 */
export function submitCommit(
  ctx: ConsumerContext,
  consumer: ConsumerState,
  options: { what: 'position' | 'processed'; waits: boolean; only?: readonly number[] },
): boolean {
  const group = ctx.groups[consumer.group]!;
  const partitions: number[] = [];
  const offsets: number[] = [];
  for (const owned of consumer.owned) {
    if (owned.position < 0 || (options.only && !options.only.includes(owned.index))) continue;
    const offset = options.what === 'position' ? owned.position : owned.processed;
    if (group.committed[owned.index] === offset) continue;
    partitions.push(owned.index);
    offsets.push(offset);
  }
  if (partitions.length === 0) return false;
  const { generation } = ctx.members[consumer.index]!;
  const slot = takeSlot(ctx.commitRequests, {
    member: consumer.index,
    group: consumer.group,
    generation,
    partitions,
    offsets,
    waits: options.waits,
    error: 'NONE',
  });
  schedule(ctx.events, requestArrivalUs(ctx, group.coordinator, requestSizeBytes), EventKind.CommitArrived, slot, 0);
  return true;
}

/** EventKind.CommitArrived: the coordinator writes the offsets, or refuses a member that is no longer one. */
export function onCommitArrived(ctx: ConsumerContext, slot: number): void {
  const request = ctx.commitRequests.items[slot]!;
  const group = ctx.groups[request.group]!;
  request.error = validateCommit(ctx, request.group, request.member, request.generation);
  if (request.error === 'NONE') {
    for (let i = 0; i < request.partitions.length; i++) {
      group.committed[request.partitions[i]!] = request.offsets[i]!;
      mix(ctx.trace, ctx.events.nowUs, EventKind.CommitArrived, request.partitions[i]!, request.offsets[i]!);
    }
  }
  schedule(ctx.events, responseArrivalUs(ctx, group.coordinator, answerSizeBytes), EventKind.CommitAnswered, slot, 0);
}

/** EventKind.CommitAnswered: returns the member whose poll loop was waiting for it, or -1. */
export function onCommitAnswered(ctx: ConsumerContext, slot: number): number {
  const request = ctx.commitRequests.items[slot]!;
  freeSlot(ctx.commitRequests, slot);
  if (request.error !== 'NONE') noteCommitError(ctx, request.member, request.error, request.generation);
  return request.waits ? request.member : -1;
}
