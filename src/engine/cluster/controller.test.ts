import { describe, expect, test } from 'vitest';
import {
  addPartitions,
  brokerOf,
  type ControllerState,
  createController,
  fenceStaleBroker,
  nextSessionEndUs,
  onAlterPartition,
  onBrokerHeartbeat,
  onImbalanceCheck,
  registerBroker,
} from './controller.ts';
import { lineOf, strict } from './electionFixtures.ts';

const second = 1_000_000;
const sessionTimeoutUs = 9 * second;

function register(state: ControllerState, id: number, nowUs = 0) {
  return registerBroker(state, { id, rack: null, nowUs, sessionTimeoutUs, lostLog: false });
}

/** A heartbeat of a broker that has read all metadata. */
function beat(
  state: ControllerState,
  id: number,
  nowUs = 0,
  wish: { wantFence?: boolean; wantShutDown?: boolean; metadataOffset?: number } = {},
) {
  const { brokerEpoch } = brokerOf(state, id)!;
  const metadataOffset = state.metadataOffset - 1;
  return onBrokerHeartbeat(state, { broker: id, brokerEpoch, metadataOffset, wantFence: false, wantShutDown: false, nowUs, ...wish });
}

/** Three unfenced brokers, partitions led by 1, 2 and 3 in turn. */
function cluster(partitions = 3): ControllerState {
  const state = createController();
  for (const id of [1, 2, 3]) {
    register(state, id);
    beat(state, id);
  }
  expect(addPartitions(state, { count: partitions, replicationFactor: 3, policy: strict }, () => 0).error).toBe('NONE');
  return state;
}

const lines = ({ partitions }: ControllerState) => partitions.map(lineOf);

describe('sessions of brokers', () => {
  test('[CLU-28] a broker is fenced until it has read the metadata up to its own registration', () => {
    const state = createController();
    expect(register(state, 1)).toEqual({ error: 'NONE', brokerEpoch: 0, changed: [] });
    expect(beat(state, 1, 0, { metadataOffset: -1 }).control).toBe('FENCED');
    expect(addPartitions(state, { count: 1, replicationFactor: 1, policy: strict }, () => 0)).toMatchObject({
      error: 'INVALID_REPLICATION_FACTOR',
    });
    expect(beat(state, 1).control).toBe('UNFENCED');
    expect(addPartitions(state, { count: 1, replicationFactor: 1, policy: strict }, () => 0).error).toBe('NONE');
  });

  test('[CLU-28] one that was not heard of for broker.session.timeout.ms is fenced, one broker at a time, the longest silent first', () => {
    const state = cluster();
    beat(state, 3, 2 * second);
    beat(state, 1, 4 * second);
    expect(nextSessionEndUs(state, sessionTimeoutUs)).toBe(9 * second);
    expect(fenceStaleBroker(state, { nowUs: 9 * second, sessionTimeoutUs })).toEqual({ broker: -1, changed: [] });
    const late = { nowUs: 12 * second, sessionTimeoutUs };
    expect(fenceStaleBroker(state, late)).toEqual({ broker: 2, changed: [0, 1, 2] });
    expect(fenceStaleBroker(state, late)).toEqual({ broker: 3, changed: [0, 1, 2] });
    expect(fenceStaleBroker(state, late).broker).toBe(-1);
    expect(lines(state)).toEqual(['leader 1, isr 1, epochs 0 2', 'leader 1, isr 1, epochs 2 2', 'leader 1, isr 1, epochs 1 2']);
  });

  test('[CLU-28] a broker that is back at once waits until the session of its former life is over', () => {
    const state = cluster();
    expect(register(state, 1, 5 * second).error).toBe('DUPLICATE_BROKER_REGISTRATION');
    fenceStaleBroker(state, { nowUs: 9 * second + 1, sessionTimeoutUs });
    const { error, brokerEpoch } = register(state, 1, 9 * second + 1);
    expect([error, brokerEpoch]).toEqual(['NONE', state.metadataOffset - 1]);
    expect(beat(state, 1, 10 * second)).toEqual({ error: 'NONE', control: 'UNFENCED', changed: [] });
    const old = { broker: 1, brokerEpoch: 0, metadataOffset: 99, wantFence: false, wantShutDown: false, nowUs: 10 * second };
    expect(onBrokerHeartbeat(state, old).error).toBe('STALE_BROKER_EPOCH');
  });
});

describe('controlled shutdown', () => {
  test('[CLU-29] first the leaders move, then every active broker must have heard of it, then the broker may stop and is fenced', () => {
    const state = cluster();
    const before = state.metadataOffset;
    expect(beat(state, 1, second, { wantShutDown: true })).toEqual({ error: 'NONE', control: 'CONTROLLED_SHUTDOWN', changed: [0, 1, 2] });
    expect(lines(state)).toEqual(['leader 2, isr 2 3, epochs 1 1', 'leader 2, isr 2 3, epochs 0 1', 'leader 3, isr 3 2, epochs 0 1']);
    beat(state, 2, second, { metadataOffset: before });
    beat(state, 3, second);
    expect(beat(state, 1, second, { wantShutDown: true }).control).toBe('CONTROLLED_SHUTDOWN');
    beat(state, 2, second);
    expect(beat(state, 1, second, { wantShutDown: true })).toEqual({ error: 'NONE', control: 'SHUTDOWN_NOW', changed: [] });
    expect(brokerOf(state, 1)!.fenced).toBe(true);
  });

  test('[CLU-29] one that leads nothing may stop at once', () => {
    const state = cluster(1);
    expect(beat(state, 3, second, { wantShutDown: true })).toEqual({ error: 'NONE', control: 'SHUTDOWN_NOW', changed: [0] });
    expect(lines(state)).toEqual(['leader 1, isr 1 2, epochs 0 1']);
  });
});

describe('partitions', () => {
  test('[CLU-30] a leader asks, and the check of all leaders gives the preferred one back', () => {
    const state = cluster();
    fenceStaleBroker(state, { nowUs: 20 * second, sessionTimeoutUs });
    register(state, 1, 20 * second);
    beat(state, 1, 20 * second);
    expect(onImbalanceCheck(state)).toEqual({ changed: [], more: false });
    const { leader, leaderEpoch, partitionEpoch } = state.partitions[0];
    const request = { broker: leader, leaderEpoch, partitionEpoch, isr: [2, 3, 1], recovering: false };
    expect(onAlterPartition(state, 0, request)).toEqual({ error: 'NONE', changed: true });
    expect(onAlterPartition(state, 0, request)).toEqual({ error: 'INVALID_UPDATE_VERSION', changed: false });
    expect(onImbalanceCheck(state)).toEqual({ changed: [0], more: false });
    expect(lines(state)[0]).toBe('leader 1, isr 2 3 1, epochs 2 3');
  });

  test('[CLU-30] no partition is added when one of them would have no active replica', () => {
    const state = cluster(1);
    beat(state, 1, 0, { wantShutDown: true });
    const { metadataOffset } = state;
    const refused = addPartitions(state, { count: 3, replicationFactor: 1, policy: strict }, () => 0);
    expect(refused.error).toBe('INVALID_REPLICATION_FACTOR');
    expect([state.partitions.length, state.policies.length, state.metadataOffset]).toEqual([1, 1, metadataOffset]);
  });
});
