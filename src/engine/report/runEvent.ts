import type { ClusterNoticeCode } from '../broker/clusterState.ts';

/** A notable event for the timeline and the events tab; who shows them has to know every code. */
export interface RunEvent {
  readonly timeUs: number;
  readonly code:
    | 'rebalance.started'
    | 'rebalance.completed'
    | 'member.joined'
    | 'member.left'
    | 'member.crashed'
    | 'member.session-expired'
    | 'member.fenced'
    | 'member.reconciling'
    | 'member.failed'
    | 'fault'
    | 'retention.deleted'
    | 'cleaner.cleaned'
    | 'offset.reset'
    | 'producer.blocked'
    | 'commit.timed-out'
    | 'batch.behind'
    | 'task.restored'
    | 'offsets.expired'
    | 'producer.refused'
    | 'producer.fenced'
    | 'producer.failed'
    | 'transaction.aborted'
    | 'transaction.timed-out'
    | 'objective.breached'
    | 'run.bounded'
    | 'timeline.full'
    | 'zone.lost'
    | 'zone.returned'
    | 'network.cut'
    | 'network.healed'
    | 'network.delayed'
    | ClusterNoticeCode;
  readonly node: string | null;
  /** Whole sentence. */
  readonly text: string;
}
