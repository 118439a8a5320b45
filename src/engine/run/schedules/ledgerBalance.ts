/**
 * For tests and the soak: that the ledger balances, cheap enough to be asked after every event (LED-7). Sums are made here from the state itself, not by the ledger's own report, and
 * compared with a second account that a watcher keeps of what clients heard and applications did. Looks, never touches.
 */
import type { RunWatcher } from '../../broker/watcher.ts';
import { settleAll } from '../../metrics/observe.ts';
import type { NodeState } from '../../process/node.ts';
import { endedAhead } from '../../process/worker.ts';
import { underWayOffsets } from '../../share/sharePartition.ts';
import { sourceOf } from '../../values/paths.ts';
import type { EngineContext } from '../state.ts';

/** What a run's clients and applications told: the second account. */
interface Told {
  /** By producer: records that were acknowledged, and that failed in a batch. */
  readonly acknowledged: number[];
  readonly failed: number[];
  /** By node: services that ended. */
  readonly served: number[];
  /** By node, where records arrive, then source: whether a number was served, and how many were. */
  readonly arrived: Arrived[][];
}

interface Arrived {
  numbers: Uint8Array;
  count: number;
}

export interface LedgerBalance {
  /** Of the run that is balanced, from its start. */
  readonly watcher: Required<Pick<RunWatcher, 'batchSettled' | 'serviceEnded'>>;
  /** Sentences about counts that do not balance at this moment; none when all do. Settles what is served up to now. */
  readonly problems: (ctx: EngineContext) => readonly string[];
}

const none: readonly string[] = [];

/** `contextOf`: of the run its watcher is given to. */
export function createLedgerBalance(contextOf: () => EngineContext): LedgerBalance {
  const told: Told = { acknowledged: [], failed: [], served: [], arrived: [] };
  const watcher: LedgerBalance['watcher'] = {
    batchSettled(producer, { count }, error) {
      const counts = error === 'NONE' ? told.acknowledged : told.failed;
      counts[producer] = (counts[producer] ?? 0) + count;
    },
    serviceEnded(member, { fetched, from, count }) {
      const ctx = contextOf();
      const { node } = ctx.workers[member]!;
      told.served[node] = (told.served[node] ?? 0) + count;
      if (ctx.ledger === null || ctx.ledger.sinkAt[node]!.length === 0) return;
      const bySource = (told.arrived[node] ??= []);
      const { path, sequence } = fetched.columns;
      let lastPath = -1;
      let arrived = noArrivals;
      for (let i = from; i < from + count; i++) {
        if (path[i]! !== lastPath) {
          lastPath = path[i]!;
          arrived = bySource[sourceOf(ctx.paths, lastPath)] ??= { numbers: new Uint8Array(1024), count: 0 };
        }
        noteArrival(arrived, sequence[i]!);
      }
    },
  };
  return { watcher, problems: (ctx) => imbalances(ctx, told) };
}

const noArrivals: Arrived = { numbers: new Uint8Array(0), count: 0 };

function noteArrival(arrived: Arrived, sequence: number): void {
  if (sequence >= arrived.numbers.length) {
    const grown = new Uint8Array(2 * (sequence + 1));
    grown.set(arrived.numbers);
    arrived.numbers = grown;
  }
  if (arrived.numbers[sequence] === 1) return;
  arrived.numbers[sequence] = 1;
  arrived.count++;
}

/** The same for a run that nobody has watched: its sums alone. */
export function sumsProblems(ctx: EngineContext): readonly string[] {
  return imbalances(ctx, null);
}

function imbalances(ctx: EngineContext, told: Told | null): readonly string[] {
  settleAll(ctx);
  const found: string[] = [];
  sendSums(ctx, told, found);
  for (let group = 0; group < ctx.groups.length; group++) groupSums(ctx, group, found);
  if (told !== null) for (const node of ctx.nodes) if (node.group >= 0) servedSums(ctx, told, node, found);
  if (ctx.ledger !== null) {
    routeSums(ctx, found);
    if (told !== null) arrivalSums(ctx, told, found);
  }
  return found.length === 0 ? none : found;
}

/** What a client took is acknowledged, failed, forgotten or still with it; and that is what it was told. */
function sendSums({ producers }: EngineContext, told: Told | null, found: string[]): void {
  for (const producer of producers) {
    const { index, sentRecords: sent, ackedRecords, failedRecords, forgottenRecords, pendingRecords, blocked, source } = producer;
    const waiting = pendingRecords + (blocked && source !== null ? 1 : 0);
    if (ackedRecords + failedRecords + forgottenRecords + waiting !== sent)
      found.push(
        `producer ${index} sent ${sent}, but ${ackedRecords} acknowledged + ${failedRecords} failed + ${forgottenRecords} forgotten + ${waiting} waiting is another number`,
      );
    if (told === null) continue;
    const acknowledged = told.acknowledged[index] ?? 0;
    if (ackedRecords !== acknowledged) found.push(`producer ${index} counts ${ackedRecords} acknowledged, it was told of ${acknowledged}`);
    const failed = told.failed[index] ?? 0;
    // What an aborted transaction of a member did not send is made again: it counts as forgotten.
    if (failedRecords + forgottenRecords < failed)
      found.push(`producer ${index} counts ${failedRecords} failed and ${forgottenRecords} forgotten, it was told of ${failed}`);
  }
}

/** Offsets written to what a group reads, by what became of them: used again for every group. */
const sums = {
  written: 0,
  lost: 0,
  lostInWork: 0,
  expiredAhead: 0,
  underWay: 0,
  ended: 0,
  expired: 0,
  skipped: 0,
  stepped: 0,
  archived: 0,
};

function groupSums(ctx: EngineContext, group: number, found: string[]): void {
  sums.written = sums.lost = sums.lostInWork = sums.expiredAhead = sums.underWay = 0;
  sums.ended = sums.expired = sums.skipped = sums.stepped = sums.archived = 0;
  const { nodes, topics } = readBy(ctx, group);
  for (const topic of topics) addTopic(ctx, group, topic);
  if (ctx.share.groups[group]) return shareSums(ctx, group, found);
  for (const node of nodes) {
    const { recordsIn, processedAgain, expiredUnread, skippedByReset, steppedOver } = ctx.metrics[node.index]!;
    sums.ended += recordsIn - processedAgain;
    for (const member of node.members) sums.ended -= endedAhead(ctx.workers[member]!);
    sums.expired += expiredUnread;
    sums.skipped += skippedByReset;
    sums.stepped += steppedOver;
  }
  const { written, lost, lostInWork, expiredAhead, underWay, ended, expired, skipped, stepped } = sums;
  const jumped = skipped - lostInWork;
  const gone = expired + expiredAhead;
  const sum = ended + gone + jumped + stepped + lost + lostInWork + underWay;
  if (sum !== written || Math.min(ended, gone, jumped, stepped, lost + lostInWork, underWay) < 0)
    found.push(
      `group ${group}: ${written} offsets were written, but ${ended} + ${gone} + ${jumped} + ${stepped} + ${lost + lostInWork} + ${underWay} is ${sum}`,
    );
  if (ctx.ledger !== null) causeSums(ctx, group, found);
}

interface Reading {
  readonly nodes: readonly NodeState[];
  readonly topics: readonly number[];
}

/** By context, then group: found once, as asking after every event would cost more than adding up. */
const readings = new WeakMap<EngineContext, readonly Reading[]>();

/** Nodes of a group, and the topics they read. */
function readBy(ctx: EngineContext, group: number): Reading {
  let byGroup = readings.get(ctx);
  if (byGroup === undefined) {
    byGroup = ctx.groups.map((_, index): Reading => {
      const nodes = ctx.nodes.filter((node) => node.group === index);
      return { nodes, topics: [...new Set(nodes.flatMap(({ inputs }) => inputs))] };
    });
    readings.set(ctx, byGroup);
  }
  return byGroup[group]!;
}

function addTopic(ctx: EngineContext, group: number, topic: number): void {
  const { firstPartition, partitionCount } = ctx.topics[topic]!;
  const { processedUpTo, lost } = ctx.progress[group]!;
  const lostInWork = ctx.ledger?.lostInWork[group] ?? null;
  for (let p = firstPartition; p < firstPartition + partitionCount; p++) {
    const { log, truncatedOffsets } = ctx.partitions[p]!;
    const { logStartOffset, logEndOffset } = log;
    const upTo = processedUpTo[p]!;
    sums.written += logEndOffset + truncatedOffsets;
    sums.lost += lost[p]!;
    if (lostInWork !== null) sums.lostInWork += lostInWork[p]!;
    if (logStartOffset > upTo) sums.expiredAhead += logStartOffset - upTo;
    sums.underWay += logEndOffset - (upTo > logStartOffset ? upTo : logStartOffset);
  }
}

function shareSums(ctx: EngineContext, group: number, found: string[]): void {
  let sum = 0;
  sums.lost = 0;
  for (const share of ctx.share.groups[group]!.partitions.values()) {
    const { accepted, rejected, limited, expired, skippedOffsets, gaps, lost, partition } = share;
    const underWay = underWayOffsets(share, ctx.partitions[partition]!.log.logEndOffset);
    const parts = [accepted, rejected, limited, expired, skippedOffsets, gaps, lost, underWay];
    for (const part of parts) sum += part;
    sums.lost += lost;
    sums.expired += expired;
    sums.skipped += skippedOffsets;
    sums.archived += rejected + limited;
    if (share.ended.length > 0) found.push(`share group ${group}, partition ${partition}: the ledger is not told of what has ended`);
    if (parts.some((part) => part < 0)) found.push(`share group ${group}, partition ${partition}: one of ${parts.join(', ')} is negative`);
  }
  if (sum !== sums.written) found.push(`share group ${group}: ${sums.written} offsets were written, ${sum} are accounted for`);
  if (ctx.ledger !== null) causeSums(ctx, group, found);
}

/** What causes explain is what was counted of a group. */
function causeSums(ctx: EngineContext, group: number, found: string[]): void {
  let expired = 0;
  let lost = 0;
  let skipped = 0;
  let archived = 0;
  for (const { fate, node, sequences, records } of ctx.ledger!.causes) {
    if (sequences.length > 0 || ctx.nodes[node]!.group !== group) continue;
    if (fate === 'expired') expired += records;
    else if (fate === 'lost') lost += records;
    else if (fate === 'skipped') skipped += records;
    else if (fate === 'archived') archived += records;
  }
  const { lostInWork } = sums;
  if (expired !== sums.expired) found.push(`group ${group}: ${sums.expired} expired unread, ${expired} explained by causes`);
  if (archived !== sums.archived) found.push(`group ${group}: ${sums.archived} archived, ${archived} explained by causes`);
  if (lost !== sums.lost + lostInWork) found.push(`group ${group}: ${sums.lost + lostInWork} lost, ${lost} explained by causes`);
  if (skipped !== sums.skipped - lostInWork)
    found.push(`group ${group}: ${sums.skipped - lostInWork} skipped, ${skipped} explained by causes`);
}

function servedSums({ metrics }: EngineContext, told: Told, { index, id }: NodeState, found: string[]): void {
  const { recordsIn } = metrics[index]!;
  const served = told.served[index] ?? 0;
  if (recordsIn !== served) found.push(`${id} counts ${recordsIn} records in, ${served} services have ended`);
}

/** On no route more has become of records than were made. */
function routeSums(ctx: EngineContext, found: string[]): void {
  const { sinks, sinksFrom } = ctx.ledger!;
  let source = -1;
  for (const { role, index, producer, id } of ctx.nodes) {
    if (role !== 'producer') continue;
    source++;
    const { sentRecords, topics } = ctx.producers[producer]!;
    const made = topics.length === 0 ? 0 : Math.ceil(sentRecords / topics.length);
    for (const place of sinksFrom[index]!) {
      const { node, deliveredCount, repeatedCount, extraCount, reorderedCount, endedCount } = sinks[place]!;
      const delivered = deliveredCount[source]!;
      const repeated = repeatedCount[source]!;
      let ended = 0;
      let isNegative = repeated < 0 || repeated > delivered;
      for (const counts of endedCount) {
        ended += counts[source]!;
        if (counts[source]! < 0) isNegative = true;
      }
      if (delivered + ended > made || isNegative || extraCount[source]! < repeated || reorderedCount[source]! > delivered)
        found.push(
          `${id} to ${ctx.nodes[node]!.id}: ${made} made, ${delivered} delivered, ${repeated} of them ${extraCount[source]!} times too often, ${reorderedCount[source]!} reordered, ${ended} ended`,
        );
    }
  }
}

/** What a sink has is what was served there; of a poll under way it is told when that is over. */
function arrivalSums(ctx: EngineContext, told: Told, found: string[]): void {
  const { sinkAt, contributors } = ctx.ledger!;
  if (contributors.size > 0) return;
  for (const { index, id, members, group } of ctx.nodes) {
    if (group < 0 || sinkAt[index]!.length === 0) continue;
    const { failed, deadLettered, deduplicated } = ctx.metrics[index]!;
    if (failed + deadLettered + deduplicated > 0) continue;
    let underWay = 0;
    // A pool tells of each record at once.
    for (const member of members) if (ctx.workers[member]!.pool === null) underWay += ctx.workers[member]!.served;
    const { first, again, places } = arrivedAt(ctx, index);
    const served = told.served[index] ?? 0;
    if (again + first + underWay !== served)
      found.push(`${id} has ${first} records, ${again} once more, ${underWay} in its polls: ${served} services have ended`);
    if (underWay > 0 || places > 1) continue;
    let identities = 0;
    for (const arrived of told.arrived[index] ?? []) identities += arrived?.count ?? 0;
    if (identities !== first) found.push(`${id} has ${first} records of ${identities} that were served there`);
  }
}

/** What the ledger says of one node, over all topics it reads: used again for every node. */
const arrivals = { first: 0, again: 0, places: 0 };

function arrivedAt({ ledger }: EngineContext, node: number): typeof arrivals {
  arrivals.first = arrivals.again = arrivals.places = 0;
  for (const sink of ledger!.sinks) {
    if (sink.node !== node) continue;
    arrivals.places++;
    for (let source = 0; source < sink.deliveredCount.length; source++) {
      arrivals.first += sink.deliveredCount[source]!;
      arrivals.again += sink.extraCount[source]!;
    }
  }
  return arrivals;
}
