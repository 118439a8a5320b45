/** What the editor asks of the run without changing it. Null before there is one. */
import type {
  FollowCommands,
  ClusterView,
  GroupView,
  LedgerReport,
  LogCommands,
  RecordPage,
  SeriesAnswer,
  SimulationCommands,
  StoreEntriesView,
  StreamsView,
} from '../../workers/protocol.ts';
import { asked } from './session.ts';

/** Which entries of which store. */
export type StoreRequest = Parameters<SimulationCommands['storeEntries']>[0];

/** What `report()` answers. */
export type RunReport = Awaited<ReturnType<SimulationCommands['report']>>;

/** Records of one partition from an offset. */
export async function readRecords(request: {
  readonly topicNode: string;
  readonly partition: number;
  readonly offset: number;
  readonly limit: number;
}): Promise<RecordPage | null> {
  return (await asked()?.readRecords(request)) ?? null;
}

/** Whom to ask about a partition's log; null before there is a run. */
export function askLog(): LogCommands | null {
  return asked();
}

/** Whom to ask to follow a record; null before there is a run. */
export function askFollow(): FollowCommands | null {
  return asked();
}

/** The cluster of the run as it stands. */
export async function readCluster(): Promise<ClusterView | null> {
  return (await asked()?.clusterView()) ?? null;
}

/** A group of the run as it stands. */
export async function readGroup(groupId: string): Promise<GroupView | null> {
  return (await asked()?.groupView(groupId)) ?? null;
}

/** What became of every record up to now. */
export async function readLedger(): Promise<LedgerReport | null> {
  return (await asked()?.ledger()) ?? null;
}

/** The report of the run as it stands. */
export async function readReport(): Promise<RunReport | null> {
  return (await asked()?.report()) ?? null;
}

/** The run's quantities over time. */
export async function readSeries(): Promise<SeriesAnswer | null> {
  return (await asked()?.series()) ?? null;
}

/** A stream processor of the run as it stands. */
export async function readStreams(node: string): Promise<StreamsView | null> {
  return (await asked()?.streamsView(node)) ?? null;
}

/** Entries of a state store of a stream processor. */
export async function readStore(request: StoreRequest): Promise<StoreEntriesView | null> {
  return (await asked()?.storeEntries(request)) ?? null;
}
