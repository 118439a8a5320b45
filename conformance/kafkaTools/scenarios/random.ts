/** Random histories of producers, transactions, leaders and truncations: what Kafka makes of the records alone must be what the engine came to. */
import type { RandomStream } from '../../../src/engine/kernel/random.ts';
import { createStream, nextBelow, nextUniform } from '../../../src/engine/kernel/random.ts';
import { beginLeaderEpoch, truncateLog } from '../../../src/engine/log/partitionLog.ts';
import { incrementSequence } from '../../../src/engine/log/producerEntry.ts';
import type { LogWriter, Sketch } from '../logWriter.ts';
import { createLogWriter, end, startMs, write } from '../logWriter.ts';
import type { Scenario } from '../scenario.ts';

const steps = 150;
const idempotentIds = [11, 12];
const transactionalIds = [21, 22, 23];

interface History {
  readonly writer: LogWriter;
  readonly stream: RandomStream;
  /** Base offsets of the batches, where a truncation may cut. */
  readonly boundaries: number[];
  atMs: number;
}

/** 150 steps under a seed; odd seeds have the broker's timestamps. */
export function randomHistory(topic: string, seed: number): Scenario {
  const timestampType = seed % 2 === 1 ? 'LogAppendTime' : 'CreateTime';
  const writer = createLogWriter({ segmentBytes: 2500, indexIntervalBytes: 250, timestampType });
  const history: History = { writer, stream: createStream(seed, topic), boundaries: [], atMs: 0 };
  let leaderEpoch = 0;
  for (let step = 0; step < steps; step++) {
    history.atMs += 1 + nextBelow(history.stream, 20);
    const draw = nextUniform(history.stream);
    history.boundaries.push(writer.log.logEndOffset);
    if (draw < 0.15) write(writer, history.atMs, records(history), codec(history));
    else if (draw < 0.45) sendIdempotent(history);
    else if (draw < 0.75) sendTransactional(history);
    else if (draw < 0.95) endSomeTransaction(history);
    else if (draw < 0.97) truncateSomewhere(history);
    // The broker that reads the files has epoch 2 by then.
    else if (leaderEpoch < 2) beginLeaderEpoch(writer.log, ++leaderEpoch);
  }
  return { topic, log: writer.log, encoding: writer.encoding, past: 'truncated' };
}

function records({ stream }: History): Sketch[] {
  return Array.from({ length: 1 + nextBelow(stream, 6) }, () => ({
    key: nextBelow(stream, 5) === 0 ? null : `key ${nextBelow(stream, 30)}`,
    value: nextBelow(stream, 8) === 0 ? null : 'v'.repeat(nextBelow(stream, 40)),
    headers: nextBelow(stream, 6) === 0 ? ([['h', String(nextBelow(stream, 100))]] as const) : [],
    delayMs: nextBelow(stream, 50) - 25,
  }));
}

const codec = ({ stream }: History): { codec: 'gzip' | 'none' } => ({ codec: nextBelow(stream, 4) === 0 ? 'gzip' : 'none' });

/** What the log expects next of a producer; sometimes it goes over to another epoch. */
function nextOf({ writer, stream }: History, id: number): { id: number; epoch: number; sequence: number } {
  const entry = writer.log.producers?.producers.get(id);
  if (entry === undefined) return { id, epoch: 0, sequence: 0 };
  const newEpoch = entry.transactionFirstOffset < 0 && nextBelow(stream, 10) === 0;
  if (newEpoch) return { id, epoch: entry.producerEpoch + 1, sequence: 0 };
  return {
    id,
    epoch: Math.max(0, entry.producerEpoch),
    sequence: entry.batches.length === 0 ? 0 : incrementSequence(entry.lastSequence, 1),
  };
}

function sendIdempotent(history: History): void {
  const producer = nextOf(history, idempotentIds[nextBelow(history.stream, idempotentIds.length)]!);
  expectAppended(write(history.writer, history.atMs, records(history), { producer, ...codec(history) }).outcome);
}

function sendTransactional(history: History): void {
  const producer = nextOf(history, transactionalIds[nextBelow(history.stream, transactionalIds.length)]!);
  const options = { producer: { ...producer, transactional: true }, ...codec(history) };
  expectAppended(write(history.writer, history.atMs, records(history), options).outcome);
}

/** Commits or aborts one that is open, with or without the next epoch. */
function endSomeTransaction({ writer, stream, atMs }: History): void {
  const open = transactionalIds
    .map((id) => writer.log.producers?.producers.get(id))
    .filter((entry) => entry !== undefined && entry.transactionFirstOffset >= 0);
  if (open.length === 0) return;
  const { producerId, producerEpoch } = open[nextBelow(stream, open.length)]!;
  const producer = { id: producerId, epoch: producerEpoch, coordinatorEpoch: 1, bumpsEpoch: nextBelow(stream, 2) === 0 };
  end(writer, atMs, nextBelow(stream, 2) === 0 ? 'ABORT' : 'COMMIT', producer);
}

/** Cuts off the last few batches. */
function truncateSomewhere({ writer, stream, boundaries, atMs }: History): void {
  const from = boundaries[Math.max(0, boundaries.length - 1 - nextBelow(stream, 12))]!;
  truncateLog(writer.log, from, (startMs + atMs) * 1000);
  while (boundaries.length > 0 && boundaries[boundaries.length - 1]! > from) boundaries.pop();
}

function expectAppended(outcome: string): void {
  if (outcome !== 'appended') throw new Error(`a batch of the history was not appended: ${outcome}`);
}
