/** For tests and the soak: what the clients of a run did and learned, written down for the judges in `checks/`. */
import type { PolledSlice, RunWatcher } from '../../broker/watcher.ts';
import type { ProduceError, ProducerBatch } from '../../broker/produceRequest.ts';
import type { GroupOperation } from '../../checks/groupHistory.ts';
import type { Entry, Operation, Outcome } from '../../checks/history.ts';
import type { RecordColumns } from '../../log/columns.ts';
import { type GroupError, lacksCoordinator } from '../../group/protocol.ts';
import { offsetOf } from '../../consumer/fetching.ts';
import type { FetchedRecords } from '../../log/partitionLog.ts';
import type { Topology } from '../topology.ts';

/** What was written down. Members are named by their index and the number of their life: a process that starts again knows nothing. */
export interface Recorded {
  readonly history: readonly Operation[];
  /** By member index: whose operations a group's history is made of, in the order in which they happened. */
  readonly groupOperations: readonly { readonly member: number; readonly operation: GroupOperation }[];
  /** Records that were read before any leader's high watermark had passed them, as sentences. */
  readonly uncommittedReads: readonly string[];
}

/** A batch on the wire that its producer has not heard the last of. */
interface OpenBatch {
  readonly producer: number;
  readonly sends: Entry[];
  /** Place among all batches by when they were sent first. */
  readonly order: number;
}

/** What a producer did, with the place of its first batch: its own order is that of sending, whatever order the answers come in. */
interface Sent {
  readonly order: number;
  readonly operation: Operation;
}

interface MemberLife {
  name: string;
  lives: number;
  owned: readonly number[];
  /** Partitions that came or went since its last poll. */
  readonly rebalanced: Set<number>;
}

/** Refusals after which the records of a batch sent once are certainly nowhere. */
const refusals: ReadonlySet<ProduceError> = new Set<ProduceError>(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** A name of one copy of a record: a retry has the same name, another send of the same record another one. */
function copyName(columns: RecordColumns, index: number): string {
  return `${columns.path[index]}/${columns.sequence[index]}@${columns.sentUs[index]}`;
}

/** What a copy's name says. */
export function copyOf(name: string): { readonly path: number; readonly sequence: number } {
  const [path, sequence] = name.split('@')[0]!.split('/').map(Number);
  return { path: path!, sequence: sequence! };
}

/** Names of partitions by their index in the run. */
export function partitionNames({ topics }: Topology): string[] {
  return topics.flatMap(({ name, partitionCountMax }) => Array.from({ length: partitionCountMax }, (_, i) => `${name}-${i}`));
}

export interface Recorder {
  readonly watcher: RunWatcher;
  /** All that happened; operations under way are of unknown end. Once only, when the run is over. */
  readonly finish: () => Recorded;
}

/** A producer as a recorder must know it: with acks=0 nobody learns an offset; `member`: whose outputs it sends, -1 for a source. */
interface Sender {
  readonly config: { readonly acks: string };
  readonly member: number;
}

/** A watcher that writes everything down, for a run of this topology from its start. */
export function createRecorder(topology: Topology, senderOf: (producer: number) => Sender): Recorder {
  const names = partitionNames(topology);
  const history: Operation[] = [];
  const groupOperations: { member: number; operation: GroupOperation }[] = [];
  const open = new Map<ProducerBatch, OpenBatch>();
  const sentOperations: Sent[] = [];
  let sentCount = 0;
  const transactions = new Map<number, OpenBatch[]>();
  const members: MemberLife[] = [];
  const highWatermarks: number[] = [];
  const uncommittedReads: string[] = [];
  const commits = new Map<readonly number[], number>();
  /** Commits that may have been written by a request that was not answered, or by a coordinator that could not say: a refusal of the next one says nothing of the first. */
  const doubtfulCommits = new Set<number>();
  /** By member: commits that its open transaction holds. */
  const heldCommits = new Map<number, number[]>();

  const lifeOf = (member: number): MemberLife =>
    (members[member] ??= { name: `member ${member}`, lives: 0, owned: [], rebalanced: new Set() });
  const note = (member: number, operation: GroupOperation): void => void groupOperations.push({ member, operation });
  const sent = (producer: number, outcome: Outcome, sends: readonly Entry[], order: number): void => {
    if (sends.length > 0)
      sentOperations.push({ order, operation: { kind: 'records', process: `producer ${producer}`, outcome, sends, reads: [] } });
  };
  const entriesOf = ({ partition, count, columns }: ProducerBatch, baseOffset: number): Entry[] =>
    Array.from({ length: count }, (_, i) => ({
      partition: names[partition]!,
      record: copyName(columns, i),
      offset: baseOffset < 0 ? -1 : baseOffset + i,
    }));
  const settle = (producer: number, batch: ProducerBatch, error: ProduceError, baseOffset: number): void => {
    const known = open.get(batch);
    open.delete(batch);
    const order = known?.order ?? sentCount;
    const none = senderOf(producer).config.acks === '0';
    const sends = entriesOf(batch, none ? -1 : baseOffset);
    const transaction = transactions.get(producer);
    if (transaction !== undefined) transaction.push({ producer, sends, order });
    else if (error === 'NONE') sent(producer, none ? 'info' : 'ok', sends, order);
    else sent(producer, known === undefined || (refusals.has(error) && batch.attempts === 0) ? 'fail' : 'info', sends, order);
  };
  const endTransaction = (producer: number, outcome: Outcome): void => {
    const batches = transactions.get(producer)?.sort((a, b) => a.order - b.order) ?? [];
    transactions.delete(producer);
    const sends = batches.flatMap((batch) => batch.sends);
    if (batches.length > 0) sent(producer, outcome, sends, batches[0]!.order);
    const { member } = senderOf(producer);
    for (const id of heldCommits.get(member) ?? []) if (outcome !== 'info') note(member, { kind: 'committed', id, outcome });
    heldCommits.delete(member);
  };
  const commitSent = (member: number, partitions: readonly number[], offsets: readonly number[]): number => {
    const id = commits.size;
    commits.set(offsets, id);
    const named = partitions.map((partition, i) => ({ partition: names[partition]!, offset: offsets[i]! }));
    note(member, { kind: 'commit', member: lifeOf(member).name, id, offsets: named });
    return id;
  };
  const abandon = (producer: number): void => {
    for (const [batch, unanswered] of open) {
      if (unanswered.producer !== producer) continue;
      open.delete(batch);
      const transaction = transactions.get(producer);
      if (transaction !== undefined) transaction.push(unanswered);
      else sent(producer, 'info', unanswered.sends, unanswered.order);
    }
  };
  const poll = (member: number, slices: readonly PolledSlice[]): void => {
    const life = lifeOf(member);
    const reads: Entry[] = [];
    for (const { fetched, from, to } of slices) {
      const partition = names[fetched.partition]!;
      const offsets: number[] = [];
      for (let i = from; i < to; i++) {
        offsets.push(offsetOf(fetched, i));
        reads.push({ partition, record: copyName(fetched.columns, i), offset: offsetOf(fetched, i) });
      }
      const next = to === fetched.count ? fetched.nextOffset : offsetOf(fetched, to - 1) + 1;
      note(member, { kind: 'polled', member: life.name, partition, offsets, next });
    }
    const rebalanced = [...life.rebalanced].map((index) => names[index]!);
    life.rebalanced.clear();
    history.push({ kind: 'records', process: life.name, outcome: 'ok', sends: [], reads, ...(rebalanced.length > 0 && { rebalanced }) });
  };
  const served = (member: number, { fetched, from, count }: { fetched: FetchedRecords; from: number; count: number }): void => {
    const offsets = Array.from({ length: count }, (_, i) => offsetOf(fetched, from + i));
    note(member, { kind: 'served', member: lifeOf(member).name, partition: names[fetched.partition]!, offsets });
  };

  const watcher: RunWatcher = {
    requestSent({ producer, batches }) {
      for (const batch of batches) {
        if (batch.attempts === 0 || !open.has(batch)) open.set(batch, { producer, sends: entriesOf(batch, -1), order: sentCount++ });
      }
    },
    batchSettled: settle,
    producerAbandoned: abandon,
    transactionBegun(producer) {
      endTransaction(producer, 'info');
      transactions.set(producer, []);
    },
    transactionEnded: (producer, result) => endTransaction(producer, ({ commit: 'ok', abort: 'fail', unknown: 'info' } as const)[result]),
    highWatermarkRaised(partition, _, offset) {
      if (offset > (highWatermarks[partition] ?? 0)) highWatermarks[partition] = offset;
    },
    recordsFetched(member, fetched) {
      const upTo = highWatermarks[fetched.partition] ?? 0;
      if (fetched.nextOffset > upTo && uncommittedReads.length < 8)
        uncommittedReads.push(
          `${lifeOf(member).name} reads ${names[fetched.partition]} up to ${fetched.nextOffset}, and no high watermark is above ${upTo}`,
        );
      if (fetched.count > 0) return;
      note(member, {
        kind: 'polled',
        member: lifeOf(member).name,
        partition: names[fetched.partition]!,
        offsets: [],
        next: fetched.nextOffset,
      });
    },
    polled: poll,
    serviceEnded: served,
    commitSent: (member, partitions, offsets) => void commitSent(member, partitions, offsets),
    transactionOffsetsSent(member, partitions, offsets) {
      const held = heldCommits.get(member) ?? [];
      heldCommits.set(member, held);
      held.push(commitSent(member, partitions, offsets));
    },
    commitAnswered(member, offsets, error) {
      const id = commits.get(offsets);
      if (id === undefined) return;
      if (!lacksCoordinator(error as GroupError))
        note(member, { kind: 'committed', id, outcome: error === 'NONE' ? 'ok' : doubtfulCommits.has(id) ? 'info' : 'fail' });
      else if (error !== 'COORDINATOR_LOAD_IN_PROGRESS') doubtfulCommits.add(id);
    },
    commitLost(_, offsets) {
      const id = commits.get(offsets);
      if (id !== undefined) doubtfulCommits.add(id);
    },
    assigned(member, generation, partitions) {
      const life = lifeOf(member);
      for (const index of life.owned) if (!partitions.includes(index)) life.rebalanced.add(index);
      for (const index of partitions) if (!life.owned.includes(index)) life.rebalanced.add(index);
      life.owned = [...partitions];
      note(member, { kind: 'assigned', member: life.name, generation, partitions: partitions.map((index) => names[index]!) });
    },
    positionSet(member, index, offset, cause) {
      const life = lifeOf(member);
      const partition = names[index]!;
      note(member, { kind: 'positioned', member: life.name, partition, offset, cause });
      // A member that has aborted reads again what it has had before, without a new assignment.
      if (cause !== 'committed' || !life.rebalanced.has(index))
        history.push({ kind: 'seek', process: life.name, outcome: 'ok', partitions: [partition] });
    },
    memberStarted(member) {
      const life = lifeOf(member);
      life.lives++;
      life.name = `member ${member}.${life.lives}`;
      life.owned = [];
      life.rebalanced.clear();
    },
    memberEnded: (member) => note(member, { kind: 'ended', member: lifeOf(member).name }),
  };

  const finish = (): Recorded => {
    for (const producer of new Set([...open.values()].map((batch) => batch.producer))) abandon(producer);
    for (const producer of [...transactions.keys()]) endTransaction(producer, 'info');
    sentOperations.sort((a, b) => a.order - b.order);
    return { history: [...history, ...sentOperations.map(({ operation }) => operation)], groupOperations, uncommittedReads };
  };
  return { watcher, finish };
}
