import { createStream, nextBelow, nextUniform, type RandomStream } from '../kernel/random.ts';
import type { Entry, Operation, Outcome, RecordsOperation } from './history.ts';

interface Transaction {
  state: 'open' | 'committed' | 'aborted';
}

/** What a log holds at an offset; a marker holds no record. */
interface LogEntry {
  readonly record: number | null;
  readonly transaction: Transaction | null;
}

interface Member {
  readonly process: string;
  readonly positions: Map<string, number>;
  readonly moved: Set<string>;
}

/** A Kafka without faults: logs, transactional producers, a group whose partitions move, a reader that seeks. */
interface Simulation {
  readonly random: RandomStream;
  readonly logs: Map<string, LogEntry[]>;
  readonly open: Map<string, { transaction: Transaction; sends: Entry[] }>;
  readonly members: Member[];
  readonly loner: Member;
  readonly history: Operation[];
  recordsCount: number;
}

export const partitions = ['orders-0', 'orders-1', 'bills-0'];

function pick<T>(random: RandomStream, items: readonly T[]): T {
  return items[nextBelow(random, items.length)];
}

function append(simulation: Simulation, partition: string, transaction: Transaction | null): Entry {
  const log = simulation.logs.get(partition) ?? [];
  const record = simulation.recordsCount++;
  log.push({ record, transaction });
  return { partition, record, offset: log.length - 1 };
}

function records(process: string, outcome: Outcome, sends: readonly Entry[], reads: readonly Entry[] = []): RecordsOperation {
  return { kind: 'records', process, outcome, sends, reads };
}

const unanswered = (entry: Entry): Entry => ({ ...entry, offset: -1 });

function sendPlain(simulation: Simulation): void {
  const { history, random } = simulation;
  const partition = pick(random, partitions);
  const chance = nextUniform(random);
  const process = `producer ${nextBelow(random, 2)}`;
  const refused = () => ({ partition, record: simulation.recordsCount++, offset: -1 });
  if (chance < 0.05) history.push(records(process, 'fail', [refused()]));
  else if (chance < 0.1) history.push(records(process, 'info', [refused()]));
  else {
    const sends = Array.from({ length: 1 + nextBelow(random, 3) }, () => append(simulation, partition, null));
    history.push(chance < 0.15 ? records(process, 'info', sends.map(unanswered)) : records(process, 'ok', sends));
  }
}

function endTransaction(simulation: Simulation, process: string): void {
  const { random, history, logs } = simulation;
  const open = simulation.open.get(process);
  if (open === undefined) return;
  simulation.open.delete(process);
  const chance = nextUniform(random);
  open.transaction.state = chance < 0.25 ? 'aborted' : 'committed';
  for (const partition of new Set(open.sends.map((entry) => entry.partition)))
    logs.get(partition)?.push({ record: null, transaction: null });
  if (chance < 0.2) history.push(records(process, 'fail', open.sends));
  else if (chance < 0.3) history.push(records(process, 'info', open.sends.map(unanswered)));
  else history.push(records(process, 'ok', open.sends));
}

function stepTransaction(simulation: Simulation): void {
  const { random } = simulation;
  const process = `transactional ${nextBelow(random, 2)}`;
  const open = simulation.open.get(process) ?? { transaction: { state: 'open' }, sends: [] };
  simulation.open.set(process, open);
  if (open.sends.length > 0 && nextUniform(random) < 0.3) endTransaction(simulation, process);
  else open.sends.push(append(simulation, pick(random, partitions), open.transaction));
}

/** Committed records from the position on, as far as no open transaction is in the way; moves the position. */
function fetch({ logs }: Simulation, member: Member, partition: string, countMax: number): Entry[] {
  const log = logs.get(partition) ?? [];
  const found: Entry[] = [];
  let offset = member.positions.get(partition) ?? 0;
  for (; offset < log.length && found.length < countMax; offset++) {
    const { record, transaction } = log[offset];
    if (transaction?.state === 'open') break;
    if (record !== null && transaction?.state !== 'aborted') found.push({ partition, record, offset });
  }
  member.positions.set(partition, offset);
  return found;
}

/** A poll, sometimes as part of a transaction that sends on what it read, sometimes one that fails and is read again. */
function poll(simulation: Simulation, member: Member): void {
  const { random, history } = simulation;
  const before = [...member.positions];
  const reads = before.flatMap(([partition]) => fetch(simulation, member, partition, 1 + nextBelow(random, 4)));
  const rebalanced = [...member.moved];
  member.moved.clear();
  const chance = nextUniform(random);
  const sends = chance < 0.2 && reads.length > 0 ? [append(simulation, 'bills-0', null)] : [];
  const outcome = chance > 0.9 ? pick(random, ['fail', 'info'] as const) : 'ok';
  if (outcome !== 'ok') for (const [partition, position] of before) member.positions.set(partition, position);
  history.push({ ...records(member.process, outcome, sends, reads), rebalanced });
}

/** A partition moves to the other member, which goes on from what was committed: here or earlier. */
function rebalance({ members, random }: Simulation): void {
  const [from, to] = nextBelow(random, 2) === 0 ? members : [...members].reverse();
  if (from.positions.size === 0) return;
  const [partition, position] = pick(random, [...from.positions]);
  from.positions.delete(partition);
  to.positions.set(partition, Math.max(0, position - nextBelow(random, 3)));
  to.moved.add(partition);
}

function seek({ history, random, loner }: Simulation): void {
  const partition = pick(random, partitions);
  loner.positions.set(partition, 0);
  history.push({ kind: 'seek', process: loner.process, outcome: 'ok', partitions: [partition] });
}

function step(simulation: Simulation): void {
  const { random, members, loner } = simulation;
  const chance = nextUniform(random);
  if (chance < 0.25) sendPlain(simulation);
  else if (chance < 0.55) stepTransaction(simulation);
  else if (chance < 0.8) poll(simulation, pick(random, members));
  else if (chance < 0.94) poll(simulation, loner);
  else if (chance < 0.97) rebalance(simulation);
  else seek(simulation);
}

/** History of clients of a Kafka without faults, fixed by the seed, ended and read to the end. */
export function correctHistory(seed: number, stepsCount: number): Operation[] {
  const everything = () => new Map(partitions.map((partition) => [partition, 0]));
  const simulation: Simulation = {
    random: createStream(seed, 'history'),
    logs: new Map(partitions.map((partition) => [partition, []])),
    open: new Map(),
    members: [
      { process: 'member 0', positions: everything(), moved: new Set() },
      { process: 'member 1', positions: new Map(), moved: new Set() },
    ],
    loner: { process: 'loner', positions: everything(), moved: new Set() },
    history: [
      { kind: 'subscribe', process: 'member 0', outcome: 'ok', partitions },
      { kind: 'subscribe', process: 'member 1', outcome: 'ok', partitions },
      { kind: 'assign', process: 'loner', outcome: 'ok', partitions },
    ],
    recordsCount: 0,
  };
  for (let count = 0; count < stepsCount; count++) step(simulation);
  for (const process of [...simulation.open.keys()]) endTransaction(simulation, process);
  const last = { process: 'last reader', positions: everything(), moved: new Set<string>() };
  const reads = partitions.flatMap((partition) => fetch(simulation, last, partition, Infinity));
  simulation.history.push(records(last.process, 'ok', [], reads));
  return simulation.history;
}
