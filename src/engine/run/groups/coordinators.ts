/** What coordinators of groups do when the cluster around them changes, and when their writes are decided. */
import { startCleaners } from '../../broker/cleaner.ts';
import { onCommitDecided } from '../../consumer/commits.ts';
import { onTransactionOffsetsDecided } from '../../consumer/transactionOffsets.ts';
import { followCoordinators, onHeartbeatDecided } from '../../group/coordinator.ts';
import { coordinatorDied } from '../../group/lostRequests.ts';
import { commitPending, writersDied } from '../../group/offsets/committing.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { shareBrokerDied } from '../../share/shareRequests.ts';
import { answerCommittedMarkers, offsetsMarkerDecided } from '../../transactions/markers.ts';
import type { EngineContext } from '../state.ts';

/** Members hear of coordinators that died; groups whose partition is led elsewhere are loaded there. */
export function coordinatorsChanged(ctx: EngineContext): void {
  const { cluster, events } = ctx;
  for (const broker of cluster.deaths.splice(0)) {
    coordinatorDied(ctx, broker);
    shareBrokerDied(ctx, broker);
    writersDied(ctx, broker);
  }
  if (events.kind < EventKind.ReplicaFetchArrived || events.kind > EventKind.ReplicaFetchAnswered) followCoordinators(ctx);
  if (ctx.replication.advanced.length > 0) commitPending(ctx);
  writesDecided(ctx);
}

/** Whoever waits for a write to `__consumer_offsets` hears what became of it. */
export function writesDecided(ctx: EngineContext): void {
  let markers = 0;
  for (const decided of ctx.offsets.decided.splice(0)) {
    const { kind } = decided.waiter;
    if (kind === 'commit') onCommitDecided(ctx, decided);
    else if (kind === 'heartbeat') onHeartbeatDecided(ctx, decided);
    else if (kind === 'transaction') onTransactionOffsetsDecided(ctx, decided);
    else {
      offsetsMarkerDecided(ctx, decided.waiter, decided.error === 'NONE');
      markers++;
    }
  }
  if (markers > 0) answerCommittedMarkers(ctx);
}

/** There may be something to clean in a log of the coordinators now. */
export function logRolled(ctx: EngineContext): void {
  ctx.offsets.rolled = false;
  startCleaners(ctx);
}
