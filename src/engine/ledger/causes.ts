/** Causes: what happened, when, to whom, and which records it happened to. Ranges are merged; beyond a bound records are counted and no longer listed. */
import type { LedgerFate } from './endings.ts';
import type { LedgerState } from './state.ts';

/** What happened. Sentences are made of it where a run is reported. */
export type CauseCode =
  | 'filtered'
  | 'failed'
  | 'deadLettered'
  | 'deduplicated'
  /** A full pool refused them. */
  | 'pool-full'
  /** Processed and not committed by one who let go of the partition. */
  | 'uncommitted'
  /** Committed and not processed by one who let go of the partition. */
  | 'in-work'
  /** Processed by one who did not know that the partition was another's. */
  | 'not-owner'
  | 'reset'
  /** The application had set its position. */
  | 'seek'
  | 'truncated'
  | 'retention'
  | 'leader-lost'
  | 'cut-off'
  | 'gave-up'
  | 'forgotten'
  /** Results of stream processing that went down with a member, or with its transaction: they are made again, as other records. */
  | 'remade'
  | 'retry'
  | 'hidden'
  /** A share group's: no member wants them again, or they were delivered as often as may be. */
  | 'rejected'
  | 'delivery-limit'
  /** A share group began behind them. */
  | 'group-began'
  /** Why a record came after a later one of its key: an unnumbered batch was sent again, partitions were added, a share group, threads of a pool, a retry topic, a taken partition, or several partitions. */
  | ReorderCode
  | 'compacted';

export const reorderCodes = [
  'resent',
  'partitions-added',
  'shared',
  'threads',
  'tried-again',
  'several-readers',
  'several-partitions',
] as const;
export type ReorderCode = (typeof reorderCodes)[number];

/** What tells a cause from others. -1 and '' where something does not apply. */
export interface CauseName {
  readonly fate: LedgerFate;
  readonly code: CauseCode;
  /** Node on whose leg it happened. */
  readonly node: number;
  readonly member: number;
  readonly broker: number;
  /** The other broker: who took over. */
  readonly other: number;
  readonly detail: string;
  /** Moment of the event; -1 for what goes on all the time, which is one cause. */
  readonly timeUs: number;
}

export interface CauseState extends CauseName {
  firstUs: number;
  lastUs: number;
  /** When records were counted under it first: what happened may have led to that later only. */
  readonly countedUs: number;
  records: number;
  /** Sorted and apart, three numbers each: partition, first offset, offset behind the last. */
  readonly offsets: number[];
  /** The same of sources: source, first number, number behind the last. */
  readonly sequences: number[];
  /** Records in no range that is kept. */
  leftOut: number;
  /** Offset at which the reader stood when it happened first; -1 where that says nothing. */
  readerAt: number;
}

export const noCause: CauseName = { fate: 'lost', code: 'reset', node: -1, member: -1, broker: -1, other: -1, detail: '', timeUs: -1 };

/** Ranges kept of a cause, and causes told apart: what comes then joins the last one of its kind, or one without a moment. */
const rangesMax = 256;
const causesMax = 1000;

/** The cause of that name, new or known, that now happens (again). */
export function causeOf(ledger: Pick<LedgerState, 'causes' | 'causeByName'>, name: CauseName, nowUs: number): CauseState {
  const { causes, causeByName } = ledger;
  const told = causes.length < causesMax ? name : { ...name, member: -1, broker: -1, other: -1, timeUs: -1 };
  const { fate, code, node, member, broker, other, detail, timeUs } = told;
  const text = `${fate}/${code}/${node}/${member}/${broker}/${other}/${timeUs}/${detail}`;
  const known = causeByName.get(text);
  const atUs = name.timeUs < 0 ? nowUs : name.timeUs;
  if (known !== undefined) {
    const cause = causes[known]!;
    cause.firstUs = Math.min(cause.firstUs, atUs);
    cause.lastUs = Math.max(cause.lastUs, atUs);
    return cause;
  }
  const cause = {
    ...told,
    firstUs: atUs,
    lastUs: atUs,
    countedUs: Math.max(nowUs, atUs),
    records: 0,
    offsets: [],
    sequences: [],
    leftOut: 0,
    readerAt: -1,
  };
  causeByName.set(text, causes.length);
  causes.push(cause);
  return cause;
}

/** Offsets [from, to) of a partition, of which `records` are records. */
export function addOffsets(cause: CauseState, partition: number, from: number, to: number, records = to - from): void {
  if (records <= 0) return;
  cause.records += records;
  if (!addRange(cause.offsets, partition, from, to)) cause.leftOut += records;
}

export function addSequence(cause: CauseState, source: number, sequence: number): void {
  cause.records++;
  if (!addRange(cause.sequences, source, sequence, sequence + 1)) cause.leftOut++;
}

/** Adds [from, to) of `of` to sorted ranges, joined with those it touches. False when it touches none and there is no room. */
function addRange(ranges: number[], of: number, from: number, to: number): boolean {
  const place = placeOf(ranges, of, from);
  const before = place - 3;
  let at = place;
  if (before >= 0 && ranges[before] === of && ranges[before + 2]! >= from) {
    at = before;
    if (ranges[at + 2]! < to) ranges[at + 2] = to;
  } else if (place < ranges.length && ranges[place] === of && ranges[place + 1]! <= to) {
    ranges[place + 1] = Math.min(ranges[place + 1]!, from);
    ranges[place + 2] = Math.max(ranges[place + 2]!, to);
  } else {
    if (ranges.length >= rangesMax * 3) return false;
    ranges.splice(place, 0, of, from, to);
    return true;
  }
  const next = at + 3;
  while (next < ranges.length && ranges[next] === of && ranges[next + 1]! <= ranges[at + 2]!) {
    ranges[at + 2] = Math.max(ranges[at + 2]!, ranges[next + 2]!);
    ranges.splice(next, 3);
  }
  return true;
}

/** Place of the first range behind (of, from). */
function placeOf(ranges: readonly number[], of: number, from: number): number {
  let low = 0;
  let high = ranges.length / 3;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const group = ranges[middle * 3]!;
    if (group < of || (group === of && ranges[middle * 3 + 1]! <= from)) low = middle + 1;
    else high = middle;
  }
  return low * 3;
}
