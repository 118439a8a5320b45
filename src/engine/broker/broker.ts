/** Costs of the machines and the network, all in microseconds or bytes per microsecond; 0 is switched off. */
export interface ClusterCosts {
  readonly networkLatencyUs: number;
  /** Bytes per microsecond; 0 = no limit. */
  readonly networkBytesPerUs: number;
  readonly diskBytesPerUs: number;
  readonly handlerUs: number;
  readonly handlers: number;
}

/** A broker's capacities as queues in order of arrival: when each server is free again. */
export interface BrokerState {
  readonly index: number;
  networkInFreeUs: number;
  networkOutFreeUs: number;
  diskFreeUs: number;
  handlerFreeUs: Float64Array;
  bytesIn: number;
  bytesOut: number;
  requests: number;
  handlerBusyUs: number;
}

export function createBroker(index: number, costs: ClusterCosts): BrokerState {
  return {
    index,
    networkInFreeUs: 0,
    networkOutFreeUs: 0,
    diskFreeUs: 0,
    handlerFreeUs: new Float64Array(costs.handlers),
    bytesIn: 0,
    bytesOut: 0,
    requests: 0,
    handlerBusyUs: 0,
  };
}
