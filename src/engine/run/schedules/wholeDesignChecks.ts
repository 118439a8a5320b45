/** For tests and the soak: what must hold of every run at every moment, whatever was drawn and whatever failed. */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import { replicaHighWatermark, replicaEndOffset } from '../../broker/replicas.ts';
import { createStream, nextBelow } from '../../kernel/random.ts';
import { createFetchedRecords, lastStableOffsetOf, type PartitionLog, readBatches } from '../../log/partitionLog.ts';
import type { LedgerReport } from '../../report/report.ts';
import type { Run } from '../build.ts';
import { clusterViewOf } from '../views/clusterView.ts';
import { reportOf } from '../views/report.ts';
import { createLedgerBalance } from './ledgerBalance.ts';
import { evictingHost, type Host, resumingHost, runHosted, seenOf, startDesign } from './wholeDesignRuns.ts';
import { designOf } from './wholeDesigns.ts';

/** Slices of so many events at most, for a host that looks between them. */
const looksOfRun = 20;

/** Sentences about the run of a design and about the ways a host may run it: none when all of them hold and come to the same. */
export function wholeDesignProblems(seed: number, document = designOf(seed)): string[] {
  const { straight, unbalanced } = straightRun(document);
  const found = [...unbalanced, ...momentProblems(straight), ...logProblems(straight)];
  const { taken } = straight.ctx.events;
  const random = createStream(seed, 'host of a whole design');
  const upTo = (most: number) => (): number => 1 + nextBelow(random, Math.max(1, Math.floor(most)));
  const looking: Host = {
    between: (run) => {
      if (found.length === 0) found.push(...momentProblems(run).map((problem) => `at ${run.ctx.events.nowUs} µs ${problem}`));
      return run;
    },
  };
  const seen = seenOf(straight);
  const compare = (name: string, host: Host, slice: () => number): void => {
    const other = seenOf(runHosted(startDesign(document), host, slice));
    const differing = Object.keys(seen).find((part) => seen[part] !== other[part]);
    if (differing !== undefined) found.push(`${name}: the ${differing} is another: ${difference(seen[differing]!, other[differing]!)}`);
  };
  compare('looked at between slices', looking, upTo((2 * taken) / looksOfRun));
  compare('with its blocks evicted', evictingHost(), upTo(300));
  compare('gone on from checkpoints', resumingHost(random, Math.max(500, Math.floor(taken / 6))), upTo(300));
  return found;
}

/** The run as nobody disturbs it, and what did not balance first of its ledger, which is asked after every event. */
function straightRun(document: PipelineDocument): { readonly straight: Run; readonly unbalanced: readonly string[] } {
  const balance = createLedgerBalance(() => straight.ctx);
  let straight = startDesign(document, balance.watcher);
  const unbalanced: string[] = [];
  const between = (run: Run): Run => {
    if (unbalanced.length === 0) unbalanced.push(...balance.problems(run.ctx).map((problem) => `at ${run.ctx.events.nowUs} µs ${problem}`));
    return run;
  };
  straight = runHosted(straight, { between }, () => 1);
  return { straight, unbalanced };
}

/** Where two texts part. */
function difference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return `${one.slice(Math.max(0, at - 100), at + 60)} | ${other.slice(at, at + 60)}`;
}

/** Sentences about what does not hold at this moment. */
export function momentProblems(run: Run): string[] {
  const found: string[] = [];
  const report = reportOf(run);
  for (const path of report.ledger.paths) pathProblems(path, found);
  numberProblems('report', report, found);
  numberProblems('cluster', clusterViewOf(run), found);
  run.state.partitions.forEach((_, index) => watermarkProblems(run, index, found));
  for (const producer of run.ctx.producers) {
    const { ackedRecords, failedRecords, pendingRecords, sentRecords } = producer;
    if (ackedRecords + failedRecords + pendingRecords > sentRecords || ackedRecords < 0 || failedRecords < 0 || pendingRecords < 0)
      found.push(
        `producer ${producer.index}: ${ackedRecords} acked + ${failedRecords} failed + ${pendingRecords} pending of ${sentRecords} sent`,
      );
  }
  return found;
}

function pathProblems(path: LedgerReport['paths'][number], found: string[]): void {
  const { node, produced, markers, processed, expiredUnread, skippedByReset, steppedOver, lost, archived, underWay } = path;
  const sum = processed + expiredUnread + skippedByReset + steppedOver + lost + archived + underWay;
  if (sum !== produced + markers)
    found.push(`path of ${node}: ${produced} produced and ${markers} markers, but the rest is ${sum}: ${JSON.stringify(path)}`);
  if (Object.values(path).some((count) => typeof count === 'number' && !(count >= 0)))
    found.push(`path of ${node} has a negative count: ${JSON.stringify(path)}`);
}

/** Numbers that are none, or negative. */
function numberProblems(where: string, value: unknown, found: string[]): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) found.push(`${where} is ${value}`);
  } else if (Array.isArray(value)) {
    value.forEach((part, i) => numberProblems(`${where}[${i}]`, part, found));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) numberProblems(`${where}.${name}`, part, found);
  }
}

function watermarkProblems(run: Run, index: number, found: string[]): void {
  const partition = run.state.partitions[index]!;
  const { log, replicas } = partition;
  const { logStartOffset, logEndOffset, highWatermark } = log;
  const lastStable = lastStableOffsetOf(log);
  if (!(logStartOffset <= highWatermark && highWatermark <= logEndOffset && lastStable <= highWatermark))
    found.push(
      `partition ${index}: start ${logStartOffset}, last stable ${lastStable}, high watermark ${highWatermark}, end ${logEndOffset}`,
    );
  for (const replica of replicas) {
    const mark = replicaHighWatermark(partition, replica);
    const end = replicaEndOffset(partition, replica);
    if (mark > end) found.push(`partition ${index}: broker ${replica.broker} ends at ${end} below its high watermark ${mark}`);
  }
  for (const group of run.ctx.groups) {
    // Nobody commits offsets of the topic that holds the commits.
    if (index >= group.committed.length) continue;
    const committed = group.committed[index]!;
    if (!(committed >= -1)) found.push(`group ${group.groupId} has committed ${committed} of partition ${index}`);
  }
}

/** Records of a log by source and sequence, with how often each is there. Offsets that do not grow are a problem. */
function recordsOf(log: PartitionLog, index: number, found: string[], into: Map<string, number>): void {
  const read = createFetchedRecords(-1);
  let last = -1;
  for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
    readBatches(log, { offset, limit: log.logEndOffset, maxBytes: Infinity, maxRecords: Infinity, atLeastOne: true }, read);
    if (read.nextOffset <= offset) {
      found.push(`partition ${index}: reading stands still at ${offset} of ${log.logEndOffset}`);
      return;
    }
    for (let i = 0; i < read.count; i++) {
      const at = read.offsets === null ? read.baseOffset + i : read.offsets[i]!;
      if (at <= last) found.push(`partition ${index}: offset ${at} comes after ${last}`);
      last = at;
      const name = `${read.columns.path[i]}/${read.columns.sequence[i]}`;
      into.set(name, (into.get(name) ?? 0) + 1);
    }
    offset = read.nextOffset;
  }
}

/** Sentences about the logs of a run whose blocks are all in memory. */
function logProblems(run: Run): string[] {
  const found: string[] = [];
  const byTopic = run.ctx.topics.map(({ firstPartition, partitionCount }) => {
    const records = new Map<string, number>();
    for (let p = firstPartition; p < firstPartition + partitionCount; p++) recordsOf(run.state.partitions[p]!.log, p, found, records);
    return records;
  });
  for (const producer of run.ctx.producers) if (producer.member < 0) deliveryProblems(run, producer, byTopic, found);
  return found;
}

/** With acks=all and clean elections what was acknowledged is there; with idempotence nothing is there twice. */
function deliveryProblems(
  run: Run,
  producer: Run['ctx']['producers'][number],
  byTopic: readonly Map<string, number>[],
  found: string[],
): void {
  const node = run.ctx.nodes.find(({ role, producer: index }) => role === 'producer' && index === producer.index)!;
  const topics = node.outputs[0]!;
  const report = reportOf(run);
  if (topics.some((topic) => report.topics[topic]!.compacted + report.topics[topic]!.expired > 0)) return;
  const path = run.ctx.nodes.filter(({ role }) => role === 'producer').indexOf(node);
  let there = 0;
  let twice = 0;
  for (const topic of topics) {
    for (const [name, times] of byTopic[topic]!) {
      if (!name.startsWith(`${path}/`)) continue;
      there++;
      if (times > 1) twice++;
    }
  }
  const lossless = topics.every((topic) => report.topics[topic]!.uncleanElections === 0);
  const { settings } = node;
  const idempotent = settings['enable.idempotence'] === true;
  if (idempotent && twice > 0 && lossless)
    found.push(`${node.id}: ${twice} records are in the log twice, although its batches are numbered`);
  if (settings['acks'] === 'all' && lossless && there < producer.ackedRecords)
    found.push(`${node.id}: ${producer.ackedRecords} records were acknowledged by all replicas, and ${there} are in the log`);
  if (there > producer.sentRecords) found.push(`${node.id}: ${there} records in the log of ${producer.sentRecords} sent`);
}
