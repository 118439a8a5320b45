import type { ProducerConnection } from './producerConnections.ts';

/** Costs of the machines and the network, all in microseconds or bytes per microsecond; 0 is switched off. */
export interface ClusterCosts {
  readonly networkLatencyUs: number;
  /** Bytes per microsecond; 0 = no limit. */
  readonly networkBytesPerUs: number;
  readonly diskBytesPerUs: number;
  readonly handlerUs: number;
  readonly handlers: number;
}

/** A broker's life, and its capacities as queues in order of arrival: when each server is free again. */
export interface BrokerState {
  readonly index: number;
  readonly rack: string | null;
  /** Its process runs and its logs are recovered: it follows and heartbeats. Clients are answered only while `accepting`. */
  alive: boolean;
  /** Its process recovers its logs. */
  starting: boolean;
  /** It takes requests: from its first unfencing until it is gone (Kafka opens its listeners then). Ask `isBrokerUp`. */
  accepting: boolean;
  /** By what their requests name: connections of producers on which something had to wait, since its process runs; null before the first. */
  connections: Map<number, ProducerConnection> | null;
  /** Grows with every start and every death; events of an earlier life are known by it. */
  incarnation: number;
  /** Of its present registration; -1 while it has none. */
  brokerEpoch: number;
  shuttingDown: boolean;
  /** It is to start again once its controlled shutdown is over. */
  startsAgain: boolean;
  /** The controller hears of it at every heartbeat interval. */
  inContact: boolean;
  /** Registrations refused, or heartbeats of its shutdown answered with wait. */
  attempts: number;
  /** Offset of the last metadata it has applied. */
  metadataOffset: number;
  /** Moment of one of its heartbeats; the others follow at the interval. They are no events: what they would have told is computed when it is asked for. */
  heartbeatPhaseUs: number;
  /** Grows with every session end that is scheduled; an earlier one is stale then. */
  sessionGeneration: number;
  /** How many times as long its disk takes; 1 as built. */
  diskFactor: number;
  /** Its disk is full; a write then takes its only log directory offline, and the broker with it. */
  diskFull: boolean;
  networkInFreeUs: number;
  networkOutFreeUs: number;
  diskFreeUs: number;
  handlerFreeUs: Float64Array;
  bytesIn: number;
  bytesOut: number;
  requests: number;
  handlerBusyUs: number;
  diskBytesWritten: number;
  diskBytesRead: number;
  /** With a disk of limited size: when so many bytes were written in all, it is looked at again. */
  diskCheckBytes: number;
}

export function createBroker(index: number, costs: ClusterCosts, rack: string | null = null): BrokerState {
  return {
    index,
    rack,
    alive: true,
    starting: false,
    accepting: true,
    connections: null,
    incarnation: 0,
    brokerEpoch: -1,
    shuttingDown: false,
    startsAgain: false,
    inContact: true,
    attempts: 0,
    metadataOffset: -1,
    heartbeatPhaseUs: 0,
    sessionGeneration: 0,
    diskFactor: 1,
    diskFull: false,
    networkInFreeUs: 0,
    networkOutFreeUs: 0,
    diskFreeUs: 0,
    handlerFreeUs: new Float64Array(costs.handlers),
    bytesIn: 0,
    bytesOut: 0,
    requests: 0,
    handlerBusyUs: 0,
    diskBytesWritten: 0,
    diskBytesRead: 0,
    diskCheckBytes: 0,
  };
}
