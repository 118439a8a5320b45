/** How each kind of event looks on the timeline and in the list: a shape and a tone, so that colour is never alone. */
import type { RunEvent } from '../../workers/protocol.ts';

export type EventTone = 'neutral' | 'calm' | 'rising' | 'breached';
export type EventShape = 'square' | 'diamond' | 'triangle' | 'circle';

/** What events are filtered by. */
export const eventFamilies = {
  faults: 'Faults',
  brokers: 'Brokers',
  network: 'Controller and network',
  replicas: 'Leaders and ISR',
  groups: 'Groups',
  producers: 'Producers and transactions',
  log: 'Retention and compaction',
  run: 'Objectives and limits',
} as const;

export type EventFamily = keyof typeof eventFamilies;

interface EventLook {
  readonly label: string;
  readonly family: EventFamily;
  readonly tone: EventTone;
  readonly shape: EventShape;
}

export const eventLooks = {
  'rebalance.started': { label: 'rebalance', tone: 'rising', family: 'groups', shape: 'triangle' },
  'rebalance.completed': { label: 'rebalanced', tone: 'calm', family: 'groups', shape: 'triangle' },
  'member.joined': { label: 'member joined', tone: 'neutral', family: 'groups', shape: 'square' },
  'member.left': { label: 'member left', tone: 'rising', family: 'groups', shape: 'square' },
  'member.crashed': { label: 'member crashed', tone: 'breached', family: 'groups', shape: 'square' },
  'member.session-expired': { label: 'session expired', tone: 'rising', family: 'groups', shape: 'square' },
  'member.fenced': { label: 'member fenced', tone: 'breached', family: 'groups', shape: 'square' },
  'member.reconciling': { label: 'partitions given up', tone: 'neutral', family: 'groups', shape: 'triangle' },
  'member.failed': { label: 'member failed', tone: 'breached', family: 'groups', shape: 'square' },
  fault: { label: 'fault', tone: 'rising', family: 'faults', shape: 'diamond' },
  'retention.deleted': { label: 'retention', tone: 'neutral', family: 'log', shape: 'circle' },
  'cleaner.cleaned': { label: 'compacted', tone: 'neutral', family: 'log', shape: 'circle' },
  'offsets.expired': { label: 'offsets expired', tone: 'rising', family: 'groups', shape: 'circle' },
  'batch.behind': { label: 'batch falls behind', tone: 'rising', family: 'groups', shape: 'circle' },
  'task.restored': { label: 'task restored', tone: 'calm', family: 'groups', shape: 'circle' },
  'commit.timed-out': { label: 'commit timed out', tone: 'breached', family: 'groups', shape: 'circle' },
  'offset.reset': { label: 'offset reset', tone: 'breached', family: 'groups', shape: 'circle' },
  'producer.blocked': { label: 'producer blocked', tone: 'rising', family: 'producers', shape: 'circle' },
  'producer.refused': { label: 'records refused', tone: 'breached', family: 'producers', shape: 'circle' },
  'producer.fenced': { label: 'producer fenced', tone: 'breached', family: 'producers', shape: 'square' },
  'producer.failed': { label: 'producer failed', tone: 'breached', family: 'producers', shape: 'square' },
  'transaction.aborted': { label: 'transaction aborted', tone: 'rising', family: 'producers', shape: 'diamond' },
  'transaction.timed-out': { label: 'transaction timed out', tone: 'breached', family: 'producers', shape: 'diamond' },
  'objective.breached': { label: 'objective breached', tone: 'breached', family: 'run', shape: 'diamond' },
  'run.bounded': { label: 'run ended by a limit', tone: 'breached', family: 'run', shape: 'diamond' },
  'timeline.full': { label: 'list full', tone: 'neutral', family: 'run', shape: 'diamond' },
  'broker.killed': { label: 'broker killed', tone: 'breached', family: 'brokers', shape: 'square' },
  'broker.stopping': { label: 'broker stopping', tone: 'rising', family: 'brokers', shape: 'square' },
  'broker.stopped': { label: 'broker stopped', tone: 'rising', family: 'brokers', shape: 'square' },
  'broker.starting': { label: 'broker starting', tone: 'neutral', family: 'brokers', shape: 'square' },
  'broker.started': { label: 'broker started', tone: 'neutral', family: 'brokers', shape: 'square' },
  'broker.fenced': { label: 'broker fenced', tone: 'breached', family: 'brokers', shape: 'square' },
  'broker.unfenced': { label: 'broker unfenced', tone: 'calm', family: 'brokers', shape: 'square' },
  'zone.lost': { label: 'rack lost', tone: 'breached', family: 'brokers', shape: 'square' },
  'zone.returned': { label: 'rack back', tone: 'calm', family: 'brokers', shape: 'square' },
  'client.throttled': { label: 'throttled', tone: 'rising', family: 'brokers', shape: 'circle' },
  'disk.failed': { label: 'disk failed', tone: 'breached', family: 'brokers', shape: 'square' },
  'leader.elected': { label: 'leader elected', tone: 'neutral', family: 'replicas', shape: 'triangle' },
  'leader.unclean': { label: 'unclean election', tone: 'breached', family: 'replicas', shape: 'triangle' },
  'partition.offline': { label: 'partition offline', tone: 'breached', family: 'replicas', shape: 'triangle' },
  'coordinator.offline': { label: 'no coordinator', tone: 'breached', family: 'replicas', shape: 'triangle' },
  'coordinator.online': { label: 'coordinator back', tone: 'calm', family: 'replicas', shape: 'triangle' },
  'isr.shrunk': { label: 'ISR shrunk', tone: 'rising', family: 'replicas', shape: 'circle' },
  'isr.changed': { label: 'ISR changed', tone: 'calm', family: 'replicas', shape: 'circle' },
  'isr.expanded': { label: 'ISR grown', tone: 'calm', family: 'replicas', shape: 'circle' },
  'replica.truncated': { label: 'records cut off', tone: 'breached', family: 'replicas', shape: 'circle' },
  'replicas.changed': { label: 'partition moved', tone: 'neutral', family: 'replicas', shape: 'circle' },
  'controller.lost': { label: 'controller lost', tone: 'breached', family: 'network', shape: 'diamond' },
  'controller.elected': { label: 'controller elected', tone: 'calm', family: 'network', shape: 'diamond' },
  'network.cut': { label: 'network cut', tone: 'breached', family: 'network', shape: 'diamond' },
  'network.healed': { label: 'network healed', tone: 'calm', family: 'network', shape: 'diamond' },
  'network.delayed': { label: 'network slow', tone: 'rising', family: 'network', shape: 'diamond' },
} as const satisfies Record<RunEvent['code'], EventLook>;
