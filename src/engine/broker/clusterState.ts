/** What the cluster as a whole knows: the controller with its registrations, what clients can learn of leaders, links that are cut or slow. Plain data. */
import { type ControllerState, createController } from '../cluster/controller.ts';
import type { PartitionRegistration } from '../cluster/partitionRegistration.ts';
import { createStream, type RandomStream } from '../kernel/random.ts';

/** Settings of brokers and controller that decide when something happens; microseconds and bytes. */
export interface ClusterConfig {
  /** `replica.lag.time.max.ms` */
  readonly replicaLagMaxUs: number;
  /** `replica.fetch.wait.max.ms` */
  readonly replicaFetchWaitUs: number;
  /** `replica.fetch.max.bytes`, of one partition. */
  readonly replicaFetchMaxBytes: number;
  /** `replica.fetch.response.max.bytes`, of one answer. */
  readonly replicaFetchResponseMaxBytes: number;
  /** `replica.fetch.backoff.ms` */
  readonly replicaFetchBackoffUs: number;
  /** `broker.session.timeout.ms` */
  readonly sessionTimeoutUs: number;
  /** `broker.heartbeat.interval.ms` */
  readonly heartbeatIntervalUs: number;
  /** `auto.leader.rebalance.enable` */
  readonly leaderRebalance: boolean;
  /** `leader.imbalance.check.interval.seconds` */
  readonly imbalanceCheckUs: number;
  /** `controller.quorum.voters.count` */
  readonly quorumVoters: number;
  /** `controller.quorum.fetch.timeout.ms` */
  readonly quorumFetchTimeoutUs: number;
  /** `controller.quorum.election.timeout.ms` */
  readonly quorumElectionTimeoutUs: number;
  /** `broker.restart.ms`: from the start of the process to recovered logs. */
  readonly brokerRestartUs: number;
  /** `replica.selector.class` is Kafka's RackAwareReplicaSelector (KIP-392). */
  readonly rackAwareReads: boolean;
  /** `controlled.shutdown.enable` */
  readonly controlledShutdown: boolean;
}

/**
 * An end of a link: a broker by its index (>= 0), the controller quorum (`controllerEndpoint`), or all clients of a node of the document
 * (`nodeEndpoint(index)`).
 */
export type Endpoint = number;
export const controllerEndpoint: Endpoint = -1;
/** The clients of a node, by the node's index in the run. */
export const nodeEndpoint = (node: number): Endpoint => -2 - node;

/** What is special about the way between two endpoints; both directions alike. */
export interface LinkFault {
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly cut: boolean;
  /** Latency on top of the network's, one way: a fault's. */
  readonly addedUs: number;
  /** The same that is always there, because the ends stand in different racks. */
  readonly rackUs: number;
}

/** A message that stands before a cut link: its event, put off until the link is healed. */
export interface HeldMessage {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** A change of one registration, in the order of the metadata log. */
export interface MetadataEntry {
  readonly offset: number;
  readonly timeUs: number;
  /** Index into `controller.partitions`; -1: nothing of a partition, only the offset. */
  readonly partition: number;
  readonly registration: PartitionRegistration | null;
}

/** Something that goes onto the timeline. What a code does not use is -1 or empty. */
export interface ClusterNotice {
  readonly timeUs: number;
  readonly code: ClusterNoticeCode;
  readonly broker: number;
  /** Global partition index. */
  readonly partition: number;
  readonly leaderEpoch: number;
  /** Brokers: the ISR as it is now. */
  readonly isr: readonly number[];
  /** Records cut off. */
  readonly records: number;
  /** The clients' end of a connection; 0: none. */
  readonly client: Endpoint;
}

export type ClusterNoticeCode =
  | 'broker.killed'
  | 'broker.stopping'
  | 'broker.stopped'
  | 'broker.starting'
  | 'broker.started'
  | 'broker.fenced'
  | 'broker.unfenced'
  | 'leader.elected'
  | 'leader.unclean'
  | 'partition.offline'
  | 'coordinator.offline'
  | 'coordinator.online'
  | 'isr.shrunk'
  | 'isr.expanded'
  | 'isr.changed'
  | 'replica.truncated'
  | 'replicas.changed'
  | 'controller.lost'
  | 'controller.elected'
  | 'disk.failed'
  | 'client.throttled';

/** Adds a line for the timeline; what is not given is -1 or empty. */
export function noteCluster(
  ctx: { readonly events: { readonly nowUs: number }; readonly cluster: ClusterState },
  code: ClusterNoticeCode,
  about: Partial<Omit<ClusterNotice, 'timeUs' | 'code'>>,
): void {
  ctx.cluster.notices.push({
    timeUs: ctx.events.nowUs,
    code,
    broker: -1,
    partition: -1,
    leaderEpoch: -1,
    isr: [],
    records: 0,
    client: 0,
    ...about,
  });
}

/** A partition of one of Kafka's own topics, which has a registration and no log of its own: it says who coordinates. */
export interface InternalPartition {
  /** As `__consumer_offsets-12`. */
  readonly key: string;
  /** Index into `controller.partitions`. */
  readonly registration: number;
}

export interface QuorumState {
  /** Grows with every election of an active controller. */
  epoch: number;
  /** False while the quorum elects: nothing is decided then. */
  active: boolean;
  /** Since when the present controller is active. */
  activeSinceUs: number;
  /** Of `controller.quorum.voters.count`; a majority is needed to elect. */
  votersUp: number;
  /** Requests to the controller that wait for the next active one. */
  readonly waiting: WaitingRequest[];
}

/** An event put off until there is an active controller. */
export interface WaitingRequest {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** `leader.replication.throttled.rate` and its follower's like, set for a reassignment until it is done. */
export interface ReplicationThrottle {
  /** Global partition index. */
  readonly partition: number;
  readonly bytesPerUs: number;
}

export interface ClusterState {
  readonly config: ClusterConfig;
  /**
   * One registration for every partition by its global index, also for those with one replica and for the reserve of planned additions (with no replicas yet), then
   * the internal partitions in use.
   */
  readonly controller: ControllerState;
  readonly quorum: QuorumState;
  readonly internals: InternalPartition[];
  /** `controller.partitions` as the timeline and clients last heard of them. */
  readonly published: PartitionRegistration[];
  /** Partitions that are being moved with a limit. */
  readonly throttles: ReplicationThrottle[];
  /** Grows with each change of leaders that clients can learn of. */
  metadataVersion: number;
  /** Changes for the brokers, oldest first; the beginning is dropped once everybody has it. */
  readonly metadataLog: MetadataEntry[];
  /** Only links with something wrong, or between two racks, by the key of their ends (links.ts). */
  readonly links: Map<number, LinkFault>;
  readonly held: HeldMessage[];
  readonly notices: ClusterNotice[];
  /** Brokers that died in the event under way, for groups and others who had requests there; the run empties it. */
  readonly deaths: number[];
  /** Whether an ImbalanceCheck is scheduled. */
  imbalanceCheckDue: boolean;
  /** Placement and elections of the quorum draw from it. */
  readonly random: RandomStream;
}

/** Kafka's defaults. */
export const defaultClusterConfig: ClusterConfig = {
  replicaLagMaxUs: 30_000_000,
  replicaFetchWaitUs: 500_000,
  replicaFetchMaxBytes: 1_048_576,
  replicaFetchResponseMaxBytes: 10_485_760,
  replicaFetchBackoffUs: 1_000_000,
  sessionTimeoutUs: 9_000_000,
  heartbeatIntervalUs: 2_000_000,
  leaderRebalance: true,
  imbalanceCheckUs: 300_000_000,
  quorumVoters: 3,
  quorumFetchTimeoutUs: 2_000_000,
  quorumElectionTimeoutUs: 1_000_000,
  brokerRestartUs: 5_000_000,
  rackAwareReads: false,
  controlledShutdown: true,
};

/** A cluster without registrations; `run/cluster.ts` registers brokers and places partitions. */
export function createClusterState(seed: number, config: ClusterConfig = defaultClusterConfig): ClusterState {
  return {
    config,
    controller: createController(),
    quorum: { epoch: 1, active: true, activeSinceUs: 0, votersUp: config.quorumVoters, waiting: [] },
    internals: [],
    published: [],
    throttles: [],
    metadataVersion: 0,
    metadataLog: [],
    links: new Map(),
    held: [],
    notices: [],
    deaths: [],
    imbalanceCheckDue: false,
    random: createStream(seed, 'cluster'),
  };
}
