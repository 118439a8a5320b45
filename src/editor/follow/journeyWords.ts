/** A record's way in words, and as the rows of its picture. */
import type { JourneyCopy, JourneyDelivery, JourneyStage, RecordJourney, StageKind } from '../../workers/protocol.ts';
import { formatCount, formatSeconds } from '../format/numbers.ts';

interface StageWords {
  readonly label: string;
  readonly help: string;
  /** Where the time goes: at who sends, at the brokers, at who reads. */
  readonly at: 'sender' | 'broker' | 'reader';
  /** Something is done with the record; else it waits. */
  readonly works: boolean;
}

export const stageWords: Readonly<Record<StageKind, StageWords>> = {
  buffer: { label: 'Waits for memory', help: 'send() waits until buffer.memory has room.', at: 'sender', works: false },
  linger: { label: 'In an open batch', help: 'The batch is neither full nor linger.ms old.', at: 'sender', works: false },
  send: {
    label: 'Waits for a request',
    help: 'The batch is ready; requests are in flight, or its leader is not known.',
    at: 'sender',
    works: false,
  },
  retry: {
    label: 'Sent again',
    help: 'From the first request to the one that has it written: timeouts, refusals and retry.backoff.ms.',
    at: 'sender',
    works: false,
  },
  network: { label: 'Network', help: 'To the leader: latency and bytes, nothing waited for.', at: 'broker', works: true },
  'request-queue': { label: 'Request queue', help: 'Queues at the leader: network, request handlers, quotas.', at: 'broker', works: false },
  handler: { label: 'Request handler', help: 'The leader checks the batch and appends it.', at: 'broker', works: true },
  replication: {
    label: 'Replication',
    help: 'Until the in-sync replicas have it: readers see nothing above the high watermark.',
    at: 'broker',
    works: true,
  },
  transaction: {
    label: 'Open transaction',
    help: 'Its transaction is not committed yet, and the reader reads committed records only.',
    at: 'broker',
    works: false,
  },
  earlier: {
    label: 'With the delivery before',
    help: 'Another delivery of the same record to the group, which was lost or is repeated.',
    at: 'reader',
    works: false,
  },
  fetch: {
    label: 'Until it is fetched',
    help: 'Until a fetch answer with it is at the member: the member is busy, rebalances, or waits for fetch.min.bytes.',
    at: 'reader',
    works: false,
  },
  buffered: { label: "In the client's buffer", help: 'Fetched ahead, and not handed out by poll() yet.', at: 'reader', works: false },
  'before-service': {
    label: 'Commit before service',
    help: 'Handed out; its offset is committed first, or its transaction begun.',
    at: 'reader',
    works: false,
  },
  turn: { label: 'Its turn in the poll', help: 'Handed out with others, which are served first.', at: 'reader', works: false },
  backoff: {
    label: 'Waits between attempts',
    help: 'error.backoff.ms, all attempts of this delivery together.',
    at: 'reader',
    works: false,
  },
  service: { label: 'Service', help: 'The application is at work on it, or on the write it is part of.', at: 'reader', works: true },
  stalled: {
    label: 'Service held up',
    help: 'An outage, no memory to send what comes of it, or a node that became slower.',
    at: 'reader',
    works: false,
  },
};

/** One row of the picture: a copy on its way into a log, or a delivery to a member. */
export interface JourneyRow {
  readonly key: string;
  readonly depth: number;
  /** Node it stands for on the canvas. */
  readonly node: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly stages: readonly JourneyStage[];
  /** Something went wrong with it: lost, refused, failed, doubled. */
  readonly isTrouble: boolean;
}

/** Rows in the order of the way: a copy, who had it, and below each what came of it. */
export function journeyRows(journey: RecordJourney, nameOf: (node: string) => string): JourneyRow[] {
  const rows: JourneyRow[] = [];
  const addCopy = (copy: JourneyCopy, depth: number): void => {
    rows.push(copyRow(copy, depth, nameOf));
    for (const delivery of journey.deliveries) {
      if (delivery.copy !== copy.id) continue;
      rows.push(deliveryRow(delivery, journey.madeUs, depth + 1, nameOf));
      for (const child of journey.copies) if (child.parent === delivery.id) addCopy(child, depth + 2);
    }
  };
  for (const copy of journey.copies) if (copy.parent < 0) addCopy(copy, 0);
  return rows;
}

const copyOutcomes: Readonly<Record<JourneyCopy['outcome'], string | null>> = {
  readable: null,
  written: 'not committed by the replicas yet',
  'under-way': 'on its way',
  aborted: 'its transaction was aborted',
  refused: 'given up',
  'cut-off': 'cut off: a new leader did not have it',
};

function copyRow(copy: JourneyCopy, depth: number, nameOf: (node: string) => string): JourneyRow {
  const outcome = copyOutcomes[copy.outcome];
  const sent = { output: 'sent by', retry: 'to be tried again, sent by', 'dead-letter': 'dead letter, sent by' }[copy.as];
  const notes = [
    `${sent} ${nameOf(copy.writtenBy)}`,
    copy.keyHash === null
      ? 'no key: the partition its batches stick to'
      : `key ${copy.key}: murmur2 ${copy.keyHash} modulo ${copy.partitions} = ${copy.keyHash % copy.partitions}`,
    `${copy.requests === 1 ? '1 request' : `${formatCount(copy.requests)} requests`} to broker ${copy.broker}`,
  ];
  if (copy.answeredUs >= 0 && copy.error === 'NONE') notes.push(`acks=${copy.acks} after ${spanOf(copy.handedUs, copy.answeredUs)}`);
  if (copy.recognised > 0) notes.push('sent again and found written');
  if (copy.duplicateOf >= 0) notes.push('written once more');
  if (outcome !== null) notes.push(outcome);
  if (copy.error !== 'NONE') notes.push(copy.error);
  const place = `${copy.topic}-${copy.partition}${copy.offset < 0 ? '' : `@${copy.offset}`}`;
  const isTrouble = copy.duplicateOf >= 0 || copy.as !== 'output' || ['aborted', 'refused', 'cut-off'].includes(copy.outcome);
  return { key: `copy ${copy.id}`, depth, node: copy.topicNode, title: place, notes, stages: copy.stages, isTrouble };
}

const deliveryOutcomes: Readonly<Record<JourneyDelivery['outcome'], string>> = {
  'under-way': 'not done yet',
  served: 'done',
  filtered: 'filtered out',
  failed: 'failed and given up',
  retried: 'failed, to be tried again',
  'dead-lettered': 'failed, to the dead letters',
  duplicate: 'known already, left out',
  'handed-back': 'lost: its partition went to another member, or the position moved',
  crashed: 'lost: the member crashed',
  aborted: 'its transaction was aborted',
};
const wellDone: readonly JourneyDelivery['outcome'][] = ['under-way', 'served', 'filtered'];

function deliveryRow(delivery: JourneyDelivery, madeUs: number, depth: number, nameOf: (node: string) => string): JourneyRow {
  const { outcome, endUs, committedUs, retries } = delivery;
  const notes = [`member ${delivery.member} of group ${delivery.group}`, deliveryOutcomes[outcome]];
  if (delivery.before > 0) notes.push(`delivery number ${delivery.before + 1}`);
  if (retries > 0) notes.push(retries === 1 ? '1 attempt repeated' : `${retries} attempts repeated`);
  if (endUs >= 0) notes.push(`${spanOf(madeUs, endUs)} after it was made`);
  if (committedUs >= 0) notes.push(`committed ${spanOf(madeUs, committedUs)} after`);
  return {
    key: `delivery ${delivery.id}`,
    depth,
    node: delivery.node,
    title: nameOf(delivery.node),
    notes,
    stages: delivery.stages,
    isTrouble: delivery.before > 0 || !wellDone.includes(outcome),
  };
}

/** How long a stretch of virtual time is: `3.2 ms`. */
export const spanOf = (fromUs: number, toUs: number): string => formatSeconds((toUs - fromUs) / 1e6);

/** What most of the way to the last reader went to, as a sentence; null while nobody has it. */
export function longestStage({ deliveries, madeUs }: RecordJourney, nameOf: (node: string) => string): string | null {
  const last = deliveries.reduce<JourneyDelivery | null>((latest, next) => (next.endUs > (latest?.endUs ?? -1) ? next : latest), null);
  if (last === null || last.way.length === 0) return null;
  const spent = new Map<StageKind, number>();
  for (const { kind, fromUs, toUs } of last.way) spent.set(kind, (spent.get(kind) ?? 0) + toUs - fromUs);
  const [kind, us] = [...spent].reduce((most, next) => (next[1] > most[1] ? next : most));
  const share = Math.round((100 * us) / (last.endUs - madeUs));
  return `${spanOf(madeUs, last.endUs)} until ${nameOf(last.node)} was done with it; ${share} % of that: ${stageWords[kind].label.toLowerCase()}.`;
}
