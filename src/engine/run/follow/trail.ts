/** What is written down while a record is followed: the moments of its copies and deliveries. */
import type { ProducerBatch } from '../../broker/produceRequest.ts';
import type { PathTable } from '../../values/paths.ts';
import { sourceOf } from '../../values/paths.ts';
import type { JourneyCopy, JourneyDelivery } from '../../report/recordJourney.ts';
import type { Run } from '../build.ts';

/** A record as it was made: source by its number among the producers of the document, and number there. */
export interface FollowedRecord {
  readonly source: number;
  readonly sequence: number;
}

/** Moments of one request: when it was sent, and what its way and its handling take without any waiting. */
export interface Attempt {
  readonly sentUs: number;
  readonly networkUs: number;
  readonly handlerUs: number;
}

/** Moments are microseconds; -1 for what has not happened. Partition and topic are indices of the run. */
export interface CopyTrail {
  readonly id: number;
  readonly parent: number;
  readonly duplicateOf: number;
  readonly producer: number;
  readonly topic: number;
  readonly partition: number;
  readonly key: number;
  readonly path: number;
  readonly madeUs: number;
  readonly handedUs: number;
  /** When its batch was opened, and when it became ready to be sent. */
  readonly createdUs: number;
  readonly readyUs: number;
  readonly firstSentUs: number;
  readonly acks: string;
  readonly transactional: boolean;
  readonly producerId: number;
  attempt: Attempt;
  requests: number;
  recognised: number;
  offset: number;
  broker: number;
  leaderEpoch: number;
  appendedUs: number;
  visibleUs: number;
  answeredUs: number;
  error: string;
  markerUs: number;
  markerType: 'COMMIT' | 'ABORT';
  cutOff: boolean;
}

export interface DeliveryTrail {
  readonly id: number;
  readonly copy: number;
  readonly member: number;
  readonly group: number;
  /** Delivery to the group before this one; -1 for none. */
  readonly previous: number;
  readonly fetchedUs: number;
  polledUs: number;
  begunUs: number;
  /** As planned when the poll's service began; the end is Infinity where an error will stop the member. */
  startUs: number;
  plannedUs: number;
  waitUs: number;
  retries: number;
  endUs: number;
  committedUs: number;
  outcome: JourneyDelivery['outcome'];
  outputs: number;
}

/** What a service has sent and no request has taken yet. */
interface PendingOutput {
  readonly delivery: number;
  readonly topic: number;
  readonly handedUs: number;
}

/** Place of the record in a batch that its producer has not heard the last of. */
export interface Sending {
  readonly index: number;
  copy: CopyTrail;
  attempt: Attempt;
}

export interface Trail {
  readonly record: FollowedRecord;
  readonly run: Run;
  readonly copies: CopyTrail[];
  readonly deliveries: DeliveryTrail[];
  pending: PendingOutput[];
  readonly sendings: Map<ProducerBatch, Sending[]>;
  /** Partitions of commits that are not answered, by the array of their offsets. */
  readonly commits: Map<readonly number[], readonly number[]>;
}

/** Whether entry `path` and `sequence` of columns are the record. */
export function isFollowed({ source, sequence }: FollowedRecord, paths: PathTable, entry: { path: number; sequence: number }): boolean {
  return entry.sequence === sequence && entry.path >= 0 && sourceOf(paths, entry.path) === source;
}

/** Groups that read a topic. */
function groupsOf({ run }: Trail, topic: number): number[] {
  const groups = run.ctx.nodes.filter((node) => node.group >= 0 && node.inputs.includes(topic)).map((node) => node.group);
  return [...new Set(groups)];
}

/** What became of a copy, as far as is known. */
export function copyOutcome(copy: CopyTrail): JourneyCopy['outcome'] {
  if (copy.cutOff) return 'cut-off';
  if (copy.markerUs >= 0 && copy.markerType === 'ABORT') return 'aborted';
  if (copy.offset < 0) return copy.answeredUs >= 0 ? 'refused' : 'under-way';
  return copy.visibleUs >= 0 ? 'readable' : 'written';
}

/** A service that has ended and will not be repeated; members of share groups are asked no more once they are done. */
function isSettled({ run }: Trail, { outcome, endUs, committedUs, member }: DeliveryTrail): boolean {
  if (endUs < 0 || outcome === 'crashed' || outcome === 'handed-back' || outcome === 'aborted') return false;
  return committedUs >= 0 || Boolean(run.ctx.share.members[member]);
}

/** Whether all there is to know is known: everything sent is answered, and every group has done with every copy and said so. */
export function isComplete(trail: Trail): boolean {
  const { copies, deliveries, pending, sendings, run, record } = trail;
  if (copies.length === 0 || pending.length > 0 || sendings.size > 0) return false;
  const maker = run.ctx.producers.find(({ member, path }) => member < 0 && path === record.source);
  if (new Set(copies.filter(({ parent }) => parent < 0).map(({ topic }) => topic)).size < (maker?.topics.length ?? 1)) return false;
  return copies.every((copy) => {
    const outcome = copyOutcome(copy);
    if (outcome === 'under-way' || outcome === 'written') return false;
    if (outcome !== 'readable') return true;
    const settled = deliveries.filter((delivery) => delivery.copy === copy.id && isSettled(trail, delivery));
    return groupsOf(trail, copy.topic).every((group) => settled.some((delivery) => delivery.group === group));
  });
}
