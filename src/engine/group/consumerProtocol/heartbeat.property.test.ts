import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConsumerClient, ConsumerScene } from './consumerClient.ts';
import { beat, createClient, createScene, passTime, secondUs, send, setPartitions } from './consumerClient.ts';
import { consumerGroupState } from './consumerGroup.ts';
import { nextConsumerDeadlineUs } from './fencing.ts';

const clientCount = 5;
const subscriptions = [[0], [1], [0, 1]];

const action = fc.record({
  what: fc.constantFrom('beat', 'beat', 'beat', 'hold', 'leave', 'away', 'silent', 'resubscribe', 'grow', 'wait'),
  client: fc.nat(clientCount - 1),
  number: fc.nat(20),
});

interface Session extends ConsumerScene {
  readonly clients: ConsumerClient[];
  readonly silent: Set<string>;
}

function perform(session: Session, what: string, client: ConsumerClient, number: number): void {
  if (what === 'silent') session.silent.add(client.memberId);
  else if (what === 'grow') setPartitions(session, number % 2, session.topics[number % 2].partitionCount + 1);
  else if (what === 'wait') wait(session, number * secondUs);
  else if (what === 'resubscribe') {
    client.topics = subscriptions[number % 3];
    if (client.epoch > 0) take(client, send(session, client, { topics: client.topics }));
  } else if (what === 'leave' || what === 'away') {
    if (client.epoch > 0) send(session, client, { memberEpoch: what === 'away' && client.instanceId !== '' ? -2 : -1 });
    Object.assign(client, { epoch: 0, owned: [], assignment: [] });
  } else {
    session.silent.delete(client.memberId);
    beat(session, client, what === 'beat');
  }
}

function take(client: ConsumerClient, { error, memberEpoch, assignment }: ReturnType<typeof send>): void {
  if (error !== 'NONE') return;
  client.epoch = memberEpoch;
  client.assignment = assignment ?? client.assignment;
}

/** Who is put out is told so by its next heartbeat; what it still does until then is not the group's. */
function wait(session: Session, forUs: number): void {
  for (const out of passTime(session, forUs)) {
    const client = session.clients.find(({ memberId }) => out.startsWith(`${memberId}:`));
    if (client !== undefined) client.owned = [];
  }
  expect(nextConsumerDeadlineUs(session.group)).toBeGreaterThan(session.nowUs);
}

function expectDisjoint({ clients }: Session): void {
  const all = clients.flatMap(({ owned }) => owned);
  expect(new Set(all).size).toBe(all.length);
}

for (const assignor of ['uniform', 'range'] as const)
  test(`[CNP-10] ${assignor}, seed 848: never two owners, and left alone every subscribed partition gets one`, () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (actions, partitions) => {
        const clients = Array.from({ length: clientCount }, (_, i) => createClient(`c${i}`, subscriptions[i % 3], i < 2 ? `i${i}` : ''));
        const session: Session = { ...createScene({ partitions: [partitions, 3], assignor }), clients, silent: new Set() };
        for (const { what, client, number } of actions) {
          perform(session, what, clients[client], number);
          expectDisjoint(session);
        }
        const up = clients.filter(({ memberId, epoch }) => epoch > 0 && !session.silent.has(memberId));
        for (let round = 0; round < 20; round++) {
          for (const client of up) beat(session, client);
          expectDisjoint(session);
          wait(session, 5 * secondUs);
        }
        expect(consumerGroupState(session.group)).toBe(up.length === 0 ? 'Empty' : 'Stable');
        const subscribed = new Set(up.flatMap(({ topics }) => topics));
        const total = session.topics.reduce((sum, { partitionCount }, topic) => sum + (subscribed.has(topic) ? partitionCount : 0), 0);
        expect(up.reduce((sum, { owned }) => sum + owned.length, 0)).toBe(total);
        for (const { owned, topics } of up) expect(owned.every((partition) => topics.includes(Math.floor(partition / 100)))).toBe(true);
      }),
      { seed: 848, numRuns: 300 },
    );
  });
