/** How each kind of event looks on the timeline and in the list: a shape and a tone, so that colour is never alone. */
import type { RunEvent } from '../../workers/protocol.ts';

export type EventTone = 'neutral' | 'calm' | 'rising' | 'breached';
export type EventShape = 'square' | 'diamond' | 'triangle' | 'circle';

interface EventLook {
  readonly label: string;
  readonly tone: EventTone;
  readonly shape: EventShape;
}

export const eventLooks = {
  'rebalance.started': { label: 'rebalance', tone: 'rising', shape: 'triangle' },
  'rebalance.completed': { label: 'rebalanced', tone: 'calm', shape: 'triangle' },
  'member.joined': { label: 'member joined', tone: 'neutral', shape: 'square' },
  'member.left': { label: 'member left', tone: 'rising', shape: 'square' },
  'member.crashed': { label: 'member crashed', tone: 'breached', shape: 'square' },
  'member.session-expired': { label: 'session expired', tone: 'rising', shape: 'square' },
  'member.failed': { label: 'member failed', tone: 'breached', shape: 'square' },
  fault: { label: 'fault', tone: 'rising', shape: 'diamond' },
  'retention.deleted': { label: 'retention', tone: 'neutral', shape: 'circle' },
  'offset.reset': { label: 'offset reset', tone: 'breached', shape: 'circle' },
  'producer.blocked': { label: 'producer blocked', tone: 'rising', shape: 'circle' },
  'producer.refused': { label: 'records refused', tone: 'breached', shape: 'circle' },
  'objective.breached': { label: 'objective breached', tone: 'breached', shape: 'diamond' },
  'run.bounded': { label: 'run ended by a limit', tone: 'breached', shape: 'diamond' },
  'timeline.full': { label: 'list full', tone: 'neutral', shape: 'diamond' },
} as const satisfies Record<RunEvent['code'], EventLook>;
