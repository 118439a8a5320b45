import type { ConsumerGroup } from './consumerProtocol/consumerGroup.ts';
import type { ConsumerHeartbeatError, ConsumerHeartbeatRequest, ConsumerHeartbeatResponse } from './consumerProtocol/heartbeat.ts';
import type { CoordinatorRequest } from './coordination.ts';
import type { SessionTimer } from './groupState.ts';

/** The events that wait for one member of a group of the consumer protocol. */
export interface SeatTimers {
  /** Index of the client. */
  readonly client: number;
  readonly session: SessionTimer;
  readonly revocation: SessionTimer;
}

/** A group of the consumer protocol at its coordinator. */
export interface ConsumerSeat {
  live: ConsumerGroup;
  /** What was written of it to `__consumer_offsets`: what the next records are the difference to. Its deadlines mean nothing. */
  written: ConsumerGroup;
  /** By member id, for whoever is in the group. */
  readonly timers: Map<string, SeatTimers>;
}

/** A ConsumerGroupHeartbeat on its way to the coordinator, and its answer on the way back. */
export interface ConsumerHeartbeat extends CoordinatorRequest {
  readonly type: 'consumer-heartbeat';
  /** Index of the client, and which of its lives sent this. */
  readonly member: number;
  readonly incarnation: number;
  readonly body: ConsumerHeartbeatRequest;
  /** Why it leaves, in a few words; empty while it does not. Not part of Kafka's request. */
  readonly reason: string;
  /** What the answer will be once what it leads to is committed. */
  prepared: ConsumerHeartbeatAnswer | null;
  response: ConsumerHeartbeatAnswer | null;
}

export interface ConsumerHeartbeatAnswer extends Omit<ConsumerHeartbeatResponse, 'error'> {
  readonly error: ConsumerHeartbeatError | 'NOT_COORDINATOR' | 'COORDINATOR_NOT_AVAILABLE';
}

/** Estimated size on the wire, as that of the classic protocol's requests. */
export function heartbeatSizeBytes({ topics, owned }: ConsumerHeartbeatRequest): number {
  return 150 + 24 * (topics?.length ?? 0) + 4 * (owned?.length ?? 0);
}

export function heartbeatAnswerSizeBytes({ assignment }: ConsumerHeartbeatAnswer): number {
  return 100 + 4 * (assignment?.length ?? 0);
}
