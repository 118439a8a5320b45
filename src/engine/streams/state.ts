/** What a run keeps of stream processing. Plain data. */
import type { TopologyState } from '../../sql/operators/topology.ts';
import { createSlotTable, type SlotTable } from '../broker/slots.ts';
import type { PollSlice } from '../consumer/fetching.ts';
import { createStream, type RandomStream } from '../kernel/random.ts';
import type { FetchedRecords } from '../log/partitionLog.ts';
import { createStoredValues, type StoredValues } from '../values/storedValues.ts';

/** Records of one partition that a task has and has not processed (`RecordQueue`). */
export interface TaskQueue {
  /** Global partition index, and its topic. */
  readonly partition: number;
  readonly topic: number;
  slices: PollSlice[];
  /** Index within the first slice's answer of the record that is next. */
  cursor: number;
  records: number;
  /** `OwnedPartition.timesSet` that the records were read under. */
  timesSet: number;
  /** Until when the task waits for this partition while others have records; -1 while it does not wait (`idlePartitionDeadlines`). */
  waitsUntilUs: number;
}

/** How far a store is as its changelog has it (`StoreChangelogReader.ChangelogMetadata`). */
export interface Changelog {
  readonly store: number;
  /** Global partition index. */
  readonly partition: number;
  /** Next offset to read. */
  offset: number;
  /** Where restoring ends: the log's end when it began; -1 before that is known, and for copies that follow on and on. */
  endOffset: number;
  /** Slot of the read under way, -1 for none. */
  read: number;
  restored: number;
  bytes: number;
}

export interface StreamTask {
  readonly name: string;
  /** Index into the layout's groups, and the partition. */
  readonly group: number;
  readonly partition: number;
  readonly state: TopologyState;
  readonly queues: TaskQueue[];
  readonly changelogs: Changelog[];
  /** `restoring` until its stores are as their changelogs; `standby`: a copy that only follows. */
  phase: 'restoring' | 'running' | 'standby';
  /** When it came to this member, and when it was restored; -1 before. */
  readonly sinceUs: number;
  restoredUs: number;
  /** The latest time of a record that it processed; -1 before the first. */
  streamTimeMs: number;
  processed: number;
}

/** Stores of a task that this member's disk holds (the state directory). */
export interface StoredTask {
  readonly state: TopologyState;
  readonly streamTimeMs: number;
  /** By changelog of the task, as of its last checkpoint. */
  readonly offsets: readonly number[];
}

/** A record that is made and not sent yet. */
export interface PendingOutput {
  readonly topic: number;
  readonly key: number;
  /** What the partition follows from: -1 any, else the number whose remainder it is. */
  readonly hash: number;
  readonly size: number;
  readonly timestampUs: number;
  readonly sequence: number;
  readonly path: number;
  readonly isResult: boolean;
}

/** One member's stream thread. */
export interface StreamThread {
  readonly member: number;
  /** Active tasks and copies, by name. */
  tasks: StreamTask[];
  readonly disk: Map<string, StoredTask>;
  /** What has and fills the global tables of the instance, which all its tasks see; null without any, and until they are first needed. */
  globals: StreamTask | null;
  /** The record in service: the task's name and the place of its queue; null between records. */
  current: { readonly task: string; readonly queue: number } | null;
  /** What the last record led to. */
  outputs: PendingOutput[];
  /** Place of the task that is looked at first for the next record. */
  rotation: number;
  /** With transactions: what the open one has processed, as place in the ledger, source, number and key, one after the other. */
  delivered: number[];
  lastCommitUs: number;
  /** When records of internal topics were deleted last. */
  lastPurgeUs: number;
  /** Whether something was processed since. */
  needsCommit: boolean;
  /** Moment that a wake is scheduled for; -1 for none. */
  wakeUs: number;
  /** Copies it is to have, by the last assignment. */
  standbys: readonly string[];
  /** `assignmentVersion` of its consumer, and copies, that its tasks follow; -2 while they follow none. */
  followed: number;
  followedStandbys: readonly string[];
  /** Grows with each life of the process: reads of an earlier one are dropped. */
  incarnation: number;
}

/** A fetch of a changelog on its way, and its answer. */
export interface ChangelogRead {
  readonly requestId: number;
  readonly member: number;
  readonly incarnation: number;
  readonly task: string;
  readonly store: number;
  readonly partition: number;
  readonly offset: number;
  readonly broker: number;
  readonly brokerIncarnation: number;
  /** `waits`: no broker answers now, and it is sent again; `answered`: its answer is on the way back. */
  phase: 'travelling' | 'answered' | 'waits';
  fetched: FetchedRecords | null;
  endOffset: number;
}

/** A message of the processing log: something that could not be handled wholly. */
export interface ProcessingMessage {
  readonly timeUs: number;
  readonly task: string;
  /** Global partition index and offset of the record. */
  readonly partition: number;
  readonly offset: number;
  readonly text: string;
}

/** One restore of one store. */
export interface RestoreRecord {
  readonly member: number;
  readonly task: string;
  readonly store: number;
  readonly startUs: number;
  /** -1 while it goes on. */
  endUs: number;
  records: number;
  bytes: number;
  /** Whether some of it was there already: on disk, or as a copy. */
  readonly isPartial: boolean;
}

export interface StreamsNodeState {
  readonly node: number;
  /** Paths of results and of internal records. */
  readonly resultsPath: number;
  readonly internalPath: number;
  readonly results: StoredValues;
  readonly internal: StoredValues;
  readonly random: RandomStream;
  /** Messages so far, those of them that tell of records too late for their windows, and the last ones. */
  messages: number;
  late: number;
  lastMessages: ProcessingMessage[];
  restores: RestoreRecord[];
  restoreCount: number;
  /** What operators know and is committed with the offsets, by task. */
  readonly memories: Map<string, readonly unknown[]>;
  /** When the group looks next whether copies have caught up; -1 for no such plan. */
  probingUs: number;
}

export interface StreamsState {
  /** By node index; null for other nodes. Empty in a run without stream processing. */
  readonly nodes: (StreamsNodeState | null)[];
  readonly reads: SlotTable<ChangelogRead>;
  /** Reads of changelogs so far, and the bytes kept of records after it was last looked which of them are held by nobody. */
  readonly counters: { reads: number; sweptBytes: number };
}

export const createStreams = (): StreamsState => ({ nodes: [], reads: createSlotTable(), counters: { reads: 0, sweptBytes: 0 } });

export function createStreamsNode(options: {
  readonly node: number;
  readonly nodeId: string;
  readonly resultsPath: number;
  readonly seed: number;
}): StreamsNodeState {
  return {
    node: options.node,
    resultsPath: options.resultsPath,
    internalPath: options.resultsPath + 1,
    results: createStoredValues(),
    internal: createStoredValues(),
    random: createStream(options.seed, `${options.nodeId}/functions`),
    messages: 0,
    late: 0,
    lastMessages: [],
    restores: [],
    restoreCount: 0,
    memories: new Map(),
    probingUs: -1,
  };
}

export const createThread = (member: number): StreamThread => ({
  member,
  tasks: [],
  disk: new Map(),
  globals: null,
  current: null,
  outputs: [],
  rotation: 0,
  delivered: [],
  lastCommitUs: 0,
  lastPurgeUs: 0,
  needsCommit: false,
  wakeUs: -1,
  standbys: [],
  followed: -2,
  followedStandbys: [],
  incarnation: 0,
});

const messagesMax = 100;
const restoresMax = 1000;

/** Adds a message to the processing log; the last ones are kept, all are counted. */
export function noteMessage(node: StreamsNodeState, message: ProcessingMessage): void {
  node.messages++;
  if (message.text.includes('expired window')) node.late++;
  node.lastMessages.push(message);
  if (node.lastMessages.length > messagesMax) node.lastMessages.shift();
}

/** Adds a restore that begins; the last ones are kept, all are counted. */
export function noteRestore(node: StreamsNodeState, restore: RestoreRecord): void {
  node.restoreCount++;
  node.restores.push(restore);
  if (node.restores.length > restoresMax) node.restores.shift();
}
