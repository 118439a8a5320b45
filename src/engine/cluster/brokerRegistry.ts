/** The brokers as the controller knows them: registered, unfenced, shutting down, fenced (ClusterControlManager, BrokerHeartbeatManager). Changed in place. */

export interface RegisteredBroker {
  readonly id: number;
  readonly rack: string | null;
  fenced: boolean;
  /** It has said that it wants to stop; it leads nothing any more and joins no ISR. */
  inControlledShutdown: boolean;
  /** Metadata offset of its registration: another one for every life of the broker. */
  brokerEpoch: number;
  lastContactUs: number;
  /** How far it has read the metadata, by its last heartbeat. */
  metadataOffset: number;
  /** Metadata offset that all active brokers must have read before it may stop; -1 when it does not want to. */
  controlledShutdownOffset: number;
}

/** What a heartbeat says. `metadataOffset`: last metadata the broker has read. */
export interface BrokerHeartbeat {
  readonly broker: number;
  readonly brokerEpoch: number;
  readonly metadataOffset: number;
  readonly wantFence: boolean;
  readonly wantShutDown: boolean;
  readonly nowUs: number;
}

export type BrokerControl = 'FENCED' | 'UNFENCED' | 'CONTROLLED_SHUTDOWN' | 'SHUTDOWN_NOW';

/** A broker that has just registered: fenced until it has read the metadata up to its own registration. */
export function createRegistration(options: {
  readonly id: number;
  readonly rack: string | null;
  readonly brokerEpoch: number;
  readonly nowUs: number;
}): RegisteredBroker {
  const { id, rack, brokerEpoch, nowUs } = options;
  return {
    id,
    rack,
    fenced: true,
    inControlledShutdown: false,
    brokerEpoch,
    lastContactUs: nowUs,
    metadataOffset: -1,
    controlledShutdownOffset: -1,
  };
}

/** Unfenced and not about to stop. */
export function isActiveBroker(broker: RegisteredBroker | undefined): boolean {
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
}

/** Whether an unfenced broker was heard of within `broker.session.timeout.ms`. */
export function hasSession(
  broker: RegisteredBroker,
  { nowUs, sessionTimeoutUs }: { readonly nowUs: number; readonly sessionTimeoutUs: number },
): boolean {
  return !broker.fenced && broker.lastContactUs + sessionTimeoutUs >= nowUs;
}

/** The unfenced broker that was not heard of for longest, or undefined: its session ends first. */
export function longestSilent(brokers: readonly RegisteredBroker[]): RegisteredBroker | undefined {
  let silent: RegisteredBroker | undefined;
  for (const broker of brokers) {
    if (!broker.fenced && (silent === undefined || broker.lastContactUs < silent.lastContactUs)) silent = broker;
  }
  return silent;
}

/** What a broker is by its last heartbeat. */
export function controlOf(broker: RegisteredBroker): BrokerControl {
  if (broker.controlledShutdownOffset >= 0) return 'CONTROLLED_SHUTDOWN';
  return broker.fenced ? 'FENCED' : 'UNFENCED';
}

/** What becomes of a broker with a heartbeat (calculateNextBrokerState). Before it stops all leaders have moved, and every active broker knows of it. */
export function nextControl(
  broker: RegisteredBroker,
  { wantFence, wantShutDown, metadataOffset }: BrokerHeartbeat,
  { leads, lowestActiveOffset }: { readonly leads: boolean; readonly lowestActiveOffset: number },
): BrokerControl {
  switch (controlOf(broker)) {
    case 'FENCED':
      if (wantShutDown) return 'SHUTDOWN_NOW';
      return !wantFence && metadataOffset >= broker.brokerEpoch ? 'UNFENCED' : 'FENCED';
    case 'UNFENCED':
      if (wantFence) return wantShutDown ? 'SHUTDOWN_NOW' : 'FENCED';
      if (!wantShutDown) return 'UNFENCED';
      return leads ? 'CONTROLLED_SHUTDOWN' : 'SHUTDOWN_NOW';
    default:
      return !leads && broker.controlledShutdownOffset <= lowestActiveOffset ? 'SHUTDOWN_NOW' : 'CONTROLLED_SHUTDOWN';
  }
}

/** How far the slowest active broker has read the metadata; Infinity without one. */
export function lowestActiveOffset(brokers: readonly RegisteredBroker[]): number {
  return brokers.reduce((lowest, broker) => {
    const active = !broker.fenced && broker.controlledShutdownOffset < 0;
    return active ? Math.min(lowest, broker.metadataOffset) : lowest;
  }, Infinity);
}
