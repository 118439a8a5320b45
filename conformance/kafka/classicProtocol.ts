import { createClusterState } from '../../src/engine/broker/clusterState.ts';
import { becomeStable, handleHeartbeat, handleLeave, handleSync, sessionOver } from '../../src/engine/group/attending.ts';
import { notSent } from '../../src/engine/group/coordination.ts';
import type { GroupState } from '../../src/engine/group/coordinator.ts';
import { createGroup } from '../../src/engine/group/coordinator.ts';
import type { GroupEffects, SessionTimer } from '../../src/engine/group/groupState.ts';
import { createEffects } from '../../src/engine/group/groupState.ts';
import { handleJoin } from '../../src/engine/group/joining.ts';
import type { GroupResponse } from '../../src/engine/group/protocol.ts';
import { joinTimerOver, syncTimerOver } from '../../src/engine/group/rebalance.ts';
import type { ConformanceSuite } from '../suite.ts';

interface Outcome {
  readonly completed: readonly unknown[];
  readonly group: unknown;
  readonly timersFired?: readonly string[];
  readonly error?: string;
}

type Step = { readonly t: number } & (
  | {
      readonly op: 'join';
      readonly member: string;
      readonly knownId: boolean;
      readonly sessionTimeoutMs: number;
      readonly rebalanceTimeoutMs: number;
      readonly protocols: readonly string[];
      readonly instanceId?: string;
    }
  | { readonly op: 'sync'; readonly member: string; readonly generation: number; readonly assignments?: Readonly<Record<string, string>> }
  | { readonly op: 'heartbeat'; readonly member: string; readonly generation: number }
  | { readonly op: 'leave'; readonly member: string }
  | { readonly op: 'sleep'; readonly ms: number }
);

interface Case {
  readonly name: string;
  readonly initialRebalanceDelayMs: number;
  readonly ops: readonly (Step & Outcome)[];
}

type RequestKind = 'join' | 'sync' | 'heartbeat' | 'leave';

/** A coordinator with the clients' ends of its requests. */
interface Scene {
  readonly group: GroupState;
  /** By slot: who asked what. Slots are given in order of asking. */
  readonly asked: { readonly member: string; readonly kind: RequestKind }[];
  /** Present member id and instance id of a client. */
  readonly ids: Map<string, string>;
  readonly instances: Map<string, string>;
  /** Assignments are opaque texts in the file and lists of numbers here: their places in this list. */
  readonly assignments: string[];
}

const sleepStepMs = 500;

/** After each step of each case: the answers it let go, the timers that fired, and the group. */
export const classicProtocolSuite: ConformanceSuite = {
  file: 'kafka/classic-protocol.json',
  run(data, report) {
    for (const { name, initialRebalanceDelayMs, ops } of (data as { cases: readonly Case[] }).cases) {
      const scene = createScene(initialRebalanceDelayMs);
      ops.forEach((step, i) => {
        const { completed, group, timersFired, error } = step;
        const found = step.op === 'sleep' ? sleep(scene, step) : request(scene, step);
        report.check(`${name}, step ${i + 1} (${step.op})`, found, { completed, group, timersFired: timersFired ?? [], error });
      });
    }
  },
};

function createScene(initialRebalanceDelayMs: number): Scene {
  const group = createGroup({
    groupId: 'g',
    index: 0,
    partitionCount: 0,
    offsetsPartitions: 50,
    brokers: 1,
    initialRebalanceDelayUs: initialRebalanceDelayMs * 1000,
    cluster: createClusterState(0),
  });
  return { group, asked: [], ids: new Map(), instances: new Map(), assignments: [] };
}

function sleep(scene: Scene, { t, ms }: { t: number; ms: number }): object {
  const effects = createEffects();
  const timersFired: string[] = [];
  for (let nowMs = t - ms + sleepStepMs; nowMs <= t; nowMs += sleepStepMs) {
    for (const timer of fireTimers(scene.group, nowMs * 1000, effects)) timersFired.push(`${timer}@${nowMs}`);
  }
  return { timersFired, completed: answers(scene, effects), group: describe(scene.group) };
}

function request(scene: Scene, step: Exclude<Step, { op: 'sleep' }>): object {
  const effects = createEffects();
  const nowUs = step.t * 1000;
  const slot = scene.asked.push({ member: step.member, kind: step.op }) - 1;
  handle(scene, step, slot, nowUs, effects);
  // An initial delay of 0 is over at once.
  const timersFired = fireTimers(scene.group, nowUs, effects);
  const own = effects.answers.find((given) => given.slot === slot);
  const error = step.op === 'heartbeat' || step.op === 'leave' ? own?.response.error : undefined;
  return { timersFired, completed: answers(scene, effects), group: describe(scene.group), error };
}

function handle(scene: Scene, step: Exclude<Step, { op: 'sleep' }>, slot: number, nowUs: number, effects: GroupEffects): void {
  const { group, ids, instances } = scene;
  const { member } = step;
  if (step.op === 'join' && step.instanceId !== undefined) instances.set(member, step.instanceId);
  const head = {
    ...notSent,
    member: 0,
    incarnation: 0,
    memberId: ids.get(member) ?? member,
    instanceId: instances.get(member) ?? '',
    response: null,
  };
  if (step.op === 'sync') {
    const given = Object.entries(step.assignments ?? {}).map(
      ([label, text]) => [ids.get(label) ?? label, [scene.assignments.push(text) - 1]] as const,
    );
    handleSync(group, { ...head, type: 'sync', generation: step.generation, protocol: '', assignments: given }, slot, effects);
    // What is written is committed at once.
    for (const write of effects.writes.splice(0)) if (write.type === 'sync') becomeStable(group, write, nowUs, effects);
  } else if (step.op === 'heartbeat') {
    handleHeartbeat(group, { ...head, type: 'heartbeat', generation: step.generation }, slot, nowUs, effects);
  } else if (step.op === 'leave') {
    handleLeave(group, { ...head, type: 'leave', reason: 'leave' }, slot, nowUs, effects);
  } else {
    const freshId = `${member}#${slot}`;
    const { knownId, protocols, sessionTimeoutMs, rebalanceTimeoutMs } = step;
    const join = {
      ...head,
      memberId: knownId ? head.memberId : '',
      type: 'join' as const,
      sessionTimeoutUs: sessionTimeoutMs * 1000,
      rebalanceTimeoutUs: rebalanceTimeoutMs * 1000,
      protocols: protocols.map((name) => ({ name, subscription: { topics: [], owned: [], generation: -1 } })),
    };
    handleJoin(group, join, slot, freshId, nowUs, effects);
    const refused = effects.answers.some((given) => given.slot === slot && given.response.error === 'INCONSISTENT_GROUP_PROTOCOL');
    if (!knownId && !refused) ids.set(member, freshId);
  }
}

/** Names of the timers that were due, each carried out. */
function fireTimers(group: GroupState, nowUs: number, effects: GroupEffects): string[] {
  const fired: string[] = [];
  const isDue = (deadlineUs: number): boolean => deadlineUs >= 0 && deadlineUs <= nowUs;
  if (isDue(group.joinTimer.deadlineUs)) {
    fired.push('join-g');
    joinTimerOver(group, nowUs, effects);
  }
  if (isDue(group.syncTimer.deadlineUs)) {
    fired.push('sync-g');
    syncTimerOver(group, nowUs, effects);
  }
  const sessions: [string, SessionTimer][] = [...group.members.values(), ...group.pending.values()].map((known) => [
    known.memberId,
    known.session,
  ]);
  for (const [memberId, session] of sessions) {
    if (!isDue(session.deadlineUs)) continue;
    session.deadlineUs = -1;
    fired.push(`heartbeat-g-${label(memberId)}`);
    sessionOver(group, memberId, nowUs, effects);
  }
  return fired;
}

/** What joins and syncs were answered, in the order in which they were asked. */
function answers(scene: Scene, effects: GroupEffects): object[] {
  const given = effects.answers.filter(({ slot }) => scene.asked[slot].kind === 'join' || scene.asked[slot].kind === 'sync');
  return given
    .sort((a, b) => a.slot - b.slot)
    .map(({ slot, response }) => {
      const { member, kind } = scene.asked[slot];
      const { error } = response;
      if (error !== 'NONE') return { member, response: kind, error };
      if (kind === 'sync')
        return { member, response: kind, error, assignment: response.assignment.map((i) => scene.assignments[i]).join() };
      return { member, response: kind, error, ...describeJoin(response) };
    });
}

function describeJoin({ generation, leader, memberId, protocol, members }: GroupResponse): object {
  const names = members.map((joined) => label(joined.memberId)).sort();
  return { generation, leader: label(leader), isLeader: leader === memberId, protocol, members: names };
}

function describe({ state, generation, leaderId, members }: GroupState): object {
  return { state, generation, leader: leaderId === '' ? null : label(leaderId), members: [...members.keys()].map(label).sort() };
}

function label(memberId: string): string {
  return memberId.split('#')[0];
}
