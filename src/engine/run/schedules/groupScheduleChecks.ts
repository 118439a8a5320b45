/** For tests and the soak: what must hold of a schedule of groups, at every moment and in the end. */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import { checkGroup } from '../../checks/checkGroup.ts';
import { checkHistory } from '../../checks/checkHistory.ts';
import type { Contract } from '../../checks/contract.ts';
import { anomalyKinds } from '../../checks/findings.ts';
import type { GroupContract } from '../../checks/groupHistory.ts';
import { settleAll } from '../../metrics/observe.ts';
import type { Run } from '../build.ts';
import { ofLedger, runWatched, unrepaired } from './clusterInvariants.ts';
import { drainedByMs } from './drainTime.ts';
import { mixedScheduleOf } from './groupScheduleMix.ts';
import { start, topologyOf } from '../harness.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { createLedgerBalance } from './ledgerBalance.ts';
import { ledgerViolations } from './ledgerViolations.ts';
import { allTold } from './allTold.ts';
import { copyOf, createRecorder, partitionNames, type Recorded } from './recorder.ts';
import { sourceOf } from '../../values/paths.ts';
import { createShareRecorder, shareGroupProblems, type ShareRecorder } from './shareRecorder.ts';
import { momentProblems } from './wholeDesignChecks.ts';

/** What does not hold, and which check found it. */
export interface Problem {
  readonly check: string;
  readonly sentence: string;
}

/** The ledger balances after every event; all of it, as it is told, is added up every so many events, and whatever else is counted. */
const eventsPerLedger = 50;
const ledgersPerCount = 10;

function ledgerProblems(run: Run): string[] {
  settleAll(run.ctx);
  return ledgerViolations(run.ctx).map((sentence) => `${ofLedger}${sentence}`);
}

function allowsUnclean({ nodes }: PipelineDocument): boolean {
  return nodes.some(({ config }) => config['unclean.leader.election.enable'] === true);
}

/** What the settings of a schedule promise. All of its producers, and all of its readers, agree. */
function contractOf(document: PipelineDocument): Contract {
  const { nodes } = document;
  const producing = nodes.filter(({ config }) => config['acks'] !== undefined);
  return {
    isolation: nodes.some(({ config }) => config['isolation.level'] === 'read_committed') ? 'read_committed' : 'read_uncommitted',
    idempotent: producing.every(({ config }) => config['enable.idempotence'] === true),
    durable: !allowsUnclean(document) && producing.every(({ config }) => config['acks'] === 'all'),
    clean: !allowsUnclean(document),
    rebalancesKnown: true,
    drained: true,
  };
}

/** By partition: offsets with a record that somebody has read, or was told is written where that lasts, ascending. */
function recordsOf({ history }: Recorded, { durable }: Contract): Map<string, number[]> {
  const known = new Map<string, Set<number>>();
  for (const operation of history) {
    if (operation.kind !== 'records' || operation.outcome !== 'ok') continue;
    for (const { partition, offset } of [...(durable ? operation.sends : []), ...operation.reads]) {
      if (offset < 0) continue;
      const offsets = known.get(partition);
      if (offsets === undefined) known.set(partition, new Set([offset]));
      else offsets.add(offset);
    }
  }
  return new Map([...known].map(([partition, offsets]) => [partition, [...offsets].sort((a, b) => a - b)]));
}

function groupProblems(run: Run, recorded: Recorded, shares: ShareRecorder, contract: Contract): Problem[] {
  const all = recordsOf(recorded, contract);
  const names = partitionNames(run.topology);
  return run.ctx.groups.flatMap(({ groupId }, group) => {
    const nodes = run.ctx.nodes.filter((node) => node.group === group);
    const topics = new Set(nodes.flatMap(({ inputs }) => inputs));
    const records = new Map([...all].filter(([partition]) => topics.has(run.state.partitions[names.indexOf(partition)]!.topic)));
    const { settings } = nodes[0]!;
    if (run.ctx.share.groups[group]) {
      const found = allowsUnclean(run.topology.document) ? [] : shareGroupProblems(run, group, { recorded, shares, records });
      return found.map((sentence) => ({ check: 'share group', sentence: `group ${groupId}: ${sentence}` }));
    }
    const groupContract: GroupContract = {
      delivery: settings['commit.mode'] === 'before-processing' ? 'at-most-once' : 'at-least-once',
      drained: contract.drained,
      reset: settings['auto.offset.reset'] as GroupContract['reset'],
      kept: !allowsUnclean(run.topology.document),
      rewinds: settings['processing.guarantee'] === 'exactly_once_v2',
      records,
    };
    const history = recorded.groupOperations
      .filter(({ member }) => run.state.members[member]!.group === group)
      .map(({ operation }) => operation);
    return checkGroup(history, groupContract).map(({ kind, operation, sentence }) => ({
      check: `group: ${kind}`,
      sentence: `group ${groupId}, operation ${operation}: ${sentence}`,
    }));
  });
}

function historyProblems(recorded: Recorded, contract: Contract): Problem[] {
  const { forbidden, anomalies } = checkHistory(recorded.history, contract);
  return anomalyKinds
    .filter((kind) => forbidden[kind] > 0)
    .map((kind) => {
      const first = anomalies.find((anomaly) => anomaly.kind === kind && anomaly.allowed === null)!;
      return { check: `history: ${kind}`, sentence: `${forbidden[kind]} times ${kind}, first: ${first.sentence}` };
    });
}

/** How often each record of a source was read by the witness, which reads everything once: by side of the processor. */
function copiesOf(run: Run, { history }: Recorded): { readonly in: Map<string, number>; readonly out: Map<string, number> } {
  const copies = { in: new Map<string, Set<string>>(), out: new Map<string, Set<string>>() };
  for (const operation of history) {
    if (operation.kind !== 'records' || operation.outcome !== 'ok') continue;
    for (const { partition, record, offset } of operation.reads) {
      const { path, sequence } = copyOf(String(record));
      const side = copies[partition.startsWith('in-') ? 'in' : 'out'];
      const name = `${sourceOf(run.ctx.paths, path)}/${sequence}`;
      const places = side.get(name);
      if (places === undefined) side.set(name, new Set([`${partition}/${offset}`]));
      else places.add(`${partition}/${offset}`);
    }
  }
  const counts = (side: Map<string, Set<string>>): Map<string, number> => new Map([...side].map(([name, places]) => [name, places.size]));
  return { in: counts(copies.in), out: counts(copies.out) };
}

/** Of every record that a processor has read there is an output, where it commits after processing and its writes are kept; in transactions, exactly as many as there are records. */
function chainProblems(run: Run, recorded: Recorded, { durable }: Contract): Problem[] {
  const work = run.ctx.nodes.find(({ id, role }) => id === 'work' && role === 'processor');
  const { 'commit.mode': mode, 'processing.guarantee': guarantee } = work?.settings ?? {};
  if (work === undefined || !durable || mode !== 'after-processing') return [];
  const made = copiesOf(run, recorded);
  const archived = [...(run.ctx.share.groups[work.group]?.partitions.values() ?? [])].reduce((sum, { limited }) => sum + limited, 0);
  const lost = [...made.in.keys()].filter((record) => !made.out.has(record));
  if (lost.length > archived) return [{ check: 'chain', sentence: `${lost.length} records of in have no output, first: ${lost[0]}` }];
  if (guarantee !== 'exactly_once_v2') return [];
  const others = [...made.out].filter(([record, copies]) => copies !== made.in.get(record));
  return others.map(([record, copies]) => ({
    check: 'exactly once',
    sentence: `record ${record} is ${made.in.get(record) ?? 0} times in the topic the processor reads and ${copies} times in the one it writes`,
  }));
}

/** Every record that was made has come to something, once everything is read: nothing is left to wait for. */
function underWayProblems(run: Run): string[] {
  const { paths, sends, routes } = ledgerOf(run.ctx);
  if ([...paths, ...sends].some(({ underWay }) => underWay > 0)) return [];
  return routes
    .filter(({ underWay }) => underWay > 0)
    .map(({ source, sink, made, underWay }) => `${source} to ${sink}: ${underWay} of ${made} records are under way in the end`);
}

/** A schedule that is not done in time goes on in such steps, to twice its time at most, or to what its numbers ask for. */
const stepMs = 10_000;
const timesMax = 2;

/** Records that somebody has still to make, to send, to read or to do; and how much of all that was done: a record that is done in one place may be new in the next, so what is left need not become less. */
function progressOf(run: Run): { readonly left: number; readonly done: number } {
  settleAll(run.ctx);
  const { paths, sends } = ledgerOf(run.ctx);
  const planned = new Map(run.topology.document.nodes.map(({ id, config }) => [id, Number(config['workload.records'] ?? 0)]));
  const toMake = sends.reduce((sum, { node, sent }) => sum + Math.max(0, planned.get(node)! - sent), 0);
  const underWay = [...paths, ...sends].reduce((sum, path) => sum + path.underWay, 0);
  const read = paths.reduce((sum, path) => sum + path.produced + path.markers - path.underWay, 0);
  return { left: toMake + underWay, done: read + sends.reduce((sum, { sent, underWay: waiting }) => sum + sent - waiting, 0) };
}

/**
 * For `AlsoChecked.longerMs`: a group that is slow, since its polls are small and each is a transaction over a slow network, is given the time it needs, as long as it gets on; so is a source
 * that waits for one transaction before it makes the next record. One that stands still is not, and what it has not done is found.
 */
function whileItGetsOn(document: PipelineDocument): (run: Run) => number {
  const { durationMs } = document.scenario;
  const latestMs = Math.max(durationMs * timesMax, drainedByMs(document, durationMs));
  let doneBefore = -1;
  return (run) => {
    const { left, done } = progressOf(run);
    const getsOn = left > 0 && done > doneBefore && run.state.events.nowUs / 1000 < latestMs;
    doneBefore = done;
    return getsOn ? stepMs : 0;
  };
}

/** What came of one schedule. */
export interface ScheduleOutcome {
  readonly problems: readonly Problem[];
  readonly events: number;
  readonly operations: number;
}

/** Runs a document of `groupSchedules.ts` to its end and judges it. */
export function judgeSchedule(document: PipelineDocument): ScheduleOutcome {
  const topology = topologyOf(document);
  let run: Run | null = null;
  const recorder = createRecorder(topology, (producer) => run!.ctx.producers[producer]!);
  const shares = createShareRecorder((member) => run!.ctx.members[member]!.group);
  const balance = createLedgerBalance(() => run!.ctx);
  run = start(document, { watcher: allTold([recorder.watcher, shares.watcher, balance.watcher]) });
  let looks = 0;
  const { violations, timeMs, events } = runWatched(run, document.scenario.durationMs, {
    every: eventsPerLedger,
    violations: (watched) =>
      ++looks % ledgersPerCount === 0 ? [...ledgerProblems(watched), ...momentProblems(watched)] : ledgerProblems(watched),
    committedMayGo: allowsUnclean(document),
    longerMs: whileItGetsOn(document),
    balance: balance.problems,
  });
  const broken = violations.map((sentence) => ({
    check: sentence.startsWith(ofLedger) ? 'ledger' : 'invariants',
    sentence: `at ${timeMs} ms: ${sentence}`,
  }));
  if (broken.length > 0) return { problems: broken, events, operations: 0 };
  const recorded = recorder.finish();
  const contract = contractOf(document);
  const problems = [
    ...[...ledgerProblems(run), ...underWayProblems(run)].map((sentence) => ({ check: 'ledger', sentence })),
    ...momentProblems(run).map((sentence) => ({ check: 'counts', sentence })),
    ...historyProblems(recorded, contract),
    ...groupProblems(run, recorded, shares, contract),
    ...recorded.uncommittedReads.map((sentence) => ({ check: 'high watermark', sentence })),
    ...shares.redelivered.map((sentence) => ({ check: 'share group', sentence })),
    ...chainProblems(run, recorded, contract),
    ...unrepaired(run).map((sentence) => ({ check: 'repair', sentence })),
  ];
  return { problems, events, operations: recorded.history.length + recorded.groupOperations.length };
}

/** The same for a seed; a run that breaks off is a problem, too. */
export function judgeSeed(seed: number): ScheduleOutcome {
  try {
    return judgeSchedule(mixedScheduleOf(seed));
  } catch (error) {
    return { problems: [{ check: 'exception', sentence: String(error) }], events: 0, operations: 0 };
  }
}
