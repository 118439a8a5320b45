/** Logs written batch by batch, for what a run does not do on demand. */
import { beginLeaderEpoch, truncateLog } from '../../../src/engine/log/partitionLog.ts';
import type { LogWriter, Sketch } from '../logWriter.ts';
import { createLogWriter, end, startMs, write } from '../logWriter.ts';
import type { Scenario } from '../scenario.ts';

const scenarioOf = (topic: string, { log, encoding }: LogWriter): Scenario => ({ topic, log, encoding });

/** `count` records with keys of a few letters. */
function orders(count: number, from = 0, options: Partial<Sketch> = {}): Sketch[] {
  return Array.from({ length: count }, (_, i) => ({ key: `order-${(from + i) % 7}`, value: `value ${from + i}`, delayMs: i, ...options }));
}

/** Headers: none, many, repeated names, empty and null values, letters of several bytes. */
export function headers(topic: string): Scenario {
  const writer = createLogWriter();
  write(writer, 0, orders(3));
  write(writer, 10, [
    { key: 'a', value: 'one header', headers: [['trace', '4bf92f35']] },
    {
      key: 'b',
      value: 'null and empty',
      headers: [
        ['none', null],
        ['empty', ''],
        ['', 'no name'],
      ],
    },
    {
      key: 'c',
      value: 'the same name twice',
      headers: [
        ['x', '1'],
        ['x', '2'],
      ],
    },
    {
      key: 'd',
      value: 'letters',
      headers: [
        ['größe', '🙂 €'],
        ['long', 'h'.repeat(300)],
      ],
    },
  ]);
  return scenarioOf(topic, writer);
}

/** Null and empty keys and values, and a record larger than a varint's first byte tells. */
export function nullsAndSizes(topic: string): Scenario {
  const writer = createLogWriter();
  write(writer, 0, [
    { key: null, value: 'no key' },
    { key: 'tombstone', value: null },
    { key: '', value: '' },
    { key: null, value: null },
  ]);
  write(writer, 5, [{ key: 'k'.repeat(200), value: 'v'.repeat(70_000), delayMs: -3 }]);
  // Timestamps that fall within a batch, so deltas are negative.
  write(writer, 9, [
    { key: 'late', value: '1' },
    { key: 'later', value: '2', delayMs: -500 },
    { key: 'latest', value: '3', delayMs: 7 },
  ]);
  return scenarioOf(topic, writer);
}

/** Two producers side by side, a batch sent twice, an epoch that rises, sequences that begin again at 0 after 2^31 - 1. */
export function idempotent(topic: string): Scenario {
  const writer = createLogWriter({ segmentBytes: 2000 });
  const sequences = [0, 2147483640];
  for (let i = 0; i < 12; i++) {
    const which = i % 2;
    const producer = { id: 1000 + which, epoch: which * 3, sequence: sequences[which]! };
    // The first batch of a producer that the log does not know may begin anywhere.
    expectAppended(write(writer, i * 10, orders(3, i * 3), { producer }).outcome);
    if (i === 6 && write(writer, i * 10 + 5, orders(3, i * 3), { producer }).outcome !== 'duplicate')
      throw new Error('a duplicate was appended');
    sequences[which] = (sequences[which]! + 3) % 2147483648;
  }
  expectAppended(write(writer, 200, orders(2, 50), { producer: { id: 1000, epoch: 1, sequence: 0 } }).outcome);
  write(writer, 210, orders(2, 60));
  return scenarioOf(topic, writer);
}

/** Commits, aborts that overlap, a transaction of several batches, records outside of any, and one transaction that stays open. */
export function transactions(topic: string): Scenario {
  const writer = createLogWriter({ segmentBytes: 3000, indexIntervalBytes: 300 });
  const sequences = new Map<number, number>();
  const send = (atMs: number, id: number, count: number): void => {
    const sequence = sequences.get(id) ?? 0;
    sequences.set(id, sequence + count);
    expectAppended(write(writer, atMs, orders(count, atMs), { producer: { id, epoch: 0, sequence, transactional: true } }).outcome);
  };
  for (let round = 0; round < 6; round++) {
    const at = round * 100;
    send(at, 1, 3);
    send(at + 5, 2, 2);
    write(writer, at + 7, orders(1, at));
    send(at + 10, 1, 2);
    end(writer, at + 20, round % 3 === 1 ? 'ABORT' : 'COMMIT', { id: 1, epoch: 0, coordinatorEpoch: 4 });
    send(at + 25, 3, 1);
    end(writer, at + 30, round % 2 === 0 ? 'ABORT' : 'COMMIT', { id: 2, epoch: 0 });
    end(writer, at + 40, 'COMMIT', { id: 3, epoch: 0 });
  }
  send(1000, 4, 2);
  write(writer, 1010, orders(4, 1010));
  end(writer, 1020, 'ABORT', { id: 5, epoch: 0 });
  return scenarioOf(topic, writer);
}

/**
 * Leaders that follow each other, one of them without a record. No epoch is above 2: the broker that reads the files has epoch 2 by then, and cuts
 * higher ones off its checkpoint.
 */
export function leaderEpochs(topic: string): Scenario {
  const writer = createLogWriter({ segmentBytes: 1500 });
  for (const epoch of [0, 1, 2]) {
    beginLeaderEpoch(writer.log, epoch);
    for (let i = 0; i < (epoch === 1 ? 0 : 4); i++) write(writer, epoch * 100 + i, orders(5, epoch * 20 + i * 5));
  }
  return scenarioOf(topic, writer);
}

/** A leader that came back cut off what the others never had, an aborted transaction among it, and went on under the next leader. */
export function truncated(topic: string): Scenario {
  const writer = createLogWriter({ segmentBytes: 1200, indexIntervalBytes: 200 });
  const { log } = writer;
  for (let i = 0; i < 6; i++) write(writer, i, orders(5, i * 5), { producer: { id: 1, epoch: 0, sequence: i * 5 } });
  const kept = log.logEndOffset;
  for (let i = 6; i < 20; i++) write(writer, i, orders(5, i * 5), { producer: { id: 1, epoch: 0, sequence: i * 5 } });
  write(writer, 30, orders(2, 0), { producer: { id: 2, epoch: 0, sequence: 0, transactional: true } });
  end(writer, 31, 'ABORT', { id: 2, epoch: 0 });
  truncateLog(log, kept, (startMs + 40) * 1000);
  beginLeaderEpoch(log, 2);
  for (let i = 6; i < 10; i++) {
    expectAppended(write(writer, 50 + i, orders(5, 100 + i), { producer: { id: 1, epoch: 0, sequence: i * 5 } }).outcome);
  }
  expectAppended(write(writer, 70, orders(2, 0), { producer: { id: 2, epoch: 0, sequence: 0, transactional: true } }).outcome);
  end(writer, 71, 'COMMIT', { id: 2, epoch: 0, coordinatorEpoch: 1 });
  return { ...scenarioOf(topic, writer), past: 'truncated' };
}

/** gzip with and without a producer, and in a transaction. */
export function compressed(topic: string): Scenario {
  const writer = createLogWriter({ segmentBytes: 4000, indexIntervalBytes: 500 });
  for (let i = 0; i < 8; i++) write(writer, i * 10, orders(60, i * 60), { codec: 'gzip' });
  write(writer, 100, orders(30, 480), { codec: 'gzip', producer: { id: 9, epoch: 0, sequence: 0, transactional: true } });
  write(writer, 110, orders(2, 510));
  end(writer, 120, 'COMMIT', { id: 9, epoch: 0 });
  return scenarioOf(topic, writer);
}

function expectAppended(outcome: string): void {
  if (outcome !== 'appended') throw new Error(`a batch of the scenario was not appended: ${outcome}`);
}
