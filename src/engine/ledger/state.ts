/**
 * The ledger: what became of every record. A record is known by its source and its number there, which survive filters, maps, new keys and branches. It observes:
 * nothing that runs asks it anything. Plain data.
 */
import { createIdentitySet, type IdentitySet } from '../measures/identitySet.ts';
import { type CauseState, reorderCodes } from './causes.ts';
import { type Ending, endings } from './endings.ts';

/** A record that went into one made of several. */
export interface Contributor {
  readonly source: number;
  readonly sequence: number;
}

/** What one sink has through one topic it reads, of each source; by source where there is a row. */
export interface SinkLedger {
  /** Index of its node, and of the topic. */
  readonly node: number;
  readonly topic: number;
  /** Delivered at least once, and at least twice. */
  readonly delivered: IdentitySet;
  readonly again: IdentitySet;
  readonly deliveredCount: number[];
  readonly repeatedCount: number[];
  readonly extraCount: number[];
  readonly reorderedCount: number[];
  /** By source: largest sequence delivered so far of each key, plus 1, in pages of key ids. Keys are those at the sink. */
  readonly largest: Map<number, Uint32Array>[];
  /** By ending: records it was noted of, first come; null while there are none. As long as the endings met so far: most sinks meet none. */
  readonly ended: (IdentitySet | null)[];
  /** By ending, then source: those of them that have not been delivered after all. */
  readonly endedCount: number[][];
}

/** Work that a member let go of: what it had processed and not committed is read again, what it had committed and not processed is lost. */
export interface LetGo {
  readonly timeUs: number;
  readonly member: number;
  readonly how: 'crashed' | 'stopped' | 'failed' | 'rebalance' | 'replaced' | 'aborted';
  /** The application had sought there, and read on from it; null where it had not. */
  readonly seek: Sought | null;
}

/** A seek: when it was asked for, what had been processed by then (-1: nothing was read), and the position it set. */
export interface Sought {
  readonly timeUs: number;
  readonly from: number;
  readonly to: number;
}

/** Where and why reading of a partition began, as its reader keeps it. */
export interface ReadingStart {
  readonly timeUs: number;
  readonly member: number;
  readonly why: 'committed' | 'earliest' | 'latest' | 'by_duration' | 'truncated' | 'administrator' | 'seek';
  readonly offset: number;
  /** Of a seek: up to where the reader had processed; -1 otherwise. */
  readonly soughtFrom: number;
  /** The one who read before it. */
  readonly before: LetGo | null;
}

/** Records of a partition whose ending is known and whose identities are still to be read from the log. */
export interface RangeToRead {
  readonly partition: number;
  from: number;
  readonly to: number;
  /** -1: of every group that has not got so far. */
  readonly group: number;
  readonly ending: Ending;
  /** Only what a `read_committed` reader is not handed out. */
  readonly onlyHidden: boolean;
}

/** A record that leaves a log at its end, taken down before it goes. */
export interface CutRecord {
  readonly partition: number;
  readonly offset: number;
  readonly path: number;
  readonly sequence: number;
}

export interface LedgerState {
  readonly sources: number;
  readonly sinks: SinkLedger[];
  /** By sink node, then topic: the place among `sinks`. */
  readonly sinkAt: readonly (readonly number[])[];
  /** By node that sends: places of the sinks its records may come to. */
  readonly sinksFrom: readonly (readonly number[])[];
  /** By node, then branch: of those, the ones that a record which takes the branch does not come to. */
  readonly sinksBeside: readonly (readonly (readonly number[])[])[];
  /** By group, then topic: places of the sinks that what it reads there may come to. */
  readonly sinksOfGroup: readonly (readonly (readonly number[])[])[];
  /** By group: the node whose leg its causes stand on. */
  readonly nodeOfGroup: readonly number[];
  /** By node: whether what its members send are records of its own, which are other ones when they are made again; absent for none. */
  readonly remakes?: readonly boolean[];
  /** By group, then partition. */
  readonly letGo: (LetGo | null)[][];
  /** By group, then partition: an administrator has set its committed offset, and nobody has begun there yet. */
  readonly setByAdministrator: boolean[][];
  /** By group, then partition: committed before it was processed, and lost with the one who had it. Part of what was jumped over. */
  readonly lostInWork: number[][];
  /** By producer: records it gave up or forgot though they were written, and records written once more. */
  readonly writtenUnknown: number[];
  readonly writtenAgain: number[];
  /** By node, then ending: place of the cause that stands for all the node ends so; -1 for none. */
  readonly endingBy: number[][];
  /** By node, then `reorderCodes`: the same of what came out of order. */
  readonly reorderedBy: number[][];
  /** Records whose batch was sent again without a number while others were on their way; null while there are none. */
  resent: IdentitySet | null;
  /** By topic: when it got more partitions, last; -1 where it never did. */
  readonly partitionsAddedUs: number[];
  readonly causes: CauseState[];
  /** Place of a cause by what tells it from others. */
  readonly causeByName: Map<string, number>;
  /** Retention's work by partition: where the log began after each check that deleted, and when, oldest first. */
  readonly deletions: { readonly upTo: number; readonly timeUs: number }[][];
  readonly toRead: RangeToRead[];
  /** By partition: up to here the identities of what retention deletes are read. */
  readonly readUpTo: number[];
  cut: CutRecord[];
  /** By root of a path of records that are made of several: their parts by sequence. Empty while nothing joins records. */
  readonly contributors: Map<number, Contributor[][]>;
  /** Records of each source up to which deliveries are no longer known one by one. */
  forgottenUpTo: number;
}

/** What the ledger has to know of the design: the fields of the same names. */
export type LedgerPlan = Pick<
  LedgerState,
  'sources' | 'sinkAt' | 'sinksFrom' | 'sinksBeside' | 'sinksOfGroup' | 'nodeOfGroup' | 'remakes'
> & {
  readonly sinks: readonly { readonly node: number; readonly topic: number }[];
  readonly partitions: number;
};

/** A ledger in which nothing stands. */
export function createLedger({ sinks, partitions, ...plan }: LedgerPlan): LedgerState {
  const groups = plan.sinksOfGroup;
  return {
    ...plan,
    sinks: sinks.map(({ node, topic }) => createSink(node, topic, plan.sources)),
    letGo: groups.map(() => new Array<null>(partitions).fill(null)),
    setByAdministrator: groups.map(() => new Array<boolean>(partitions).fill(false)),
    lostInWork: groups.map(() => new Array<number>(partitions).fill(0)),
    writtenUnknown: [],
    writtenAgain: [],
    endingBy: plan.sinksFrom.map(() => []),
    reorderedBy: plan.sinksFrom.map(() => reorderCodes.map(() => -1)),
    resent: null,
    partitionsAddedUs: [],
    causes: [],
    causeByName: new Map(),
    deletions: Array.from({ length: partitions }, () => []),
    toRead: [],
    readUpTo: new Array<number>(partitions).fill(0),
    cut: [],
    contributors: new Map(),
    forgottenUpTo: 0,
  };
}

function createSink(node: number, topic: number, sources: number): SinkLedger {
  const zeros = (): number[] => new Array<number>(sources).fill(0);
  return {
    node,
    topic,
    delivered: createIdentitySet(sources),
    again: createIdentitySet(sources),
    deliveredCount: zeros(),
    repeatedCount: zeros(),
    extraCount: zeros(),
    reorderedCount: zeros(),
    largest: Array.from({ length: sources }, () => new Map<number, Uint32Array>()),
    ended: [],
    endedCount: endings.map(zeros),
  };
}
