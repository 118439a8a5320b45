/** The editor's side of the simulation worker. */
import { releaseProxy, type Remote, transfer, wrap } from 'comlink';
import type { FollowAnswer, FrameLayout, SimulationCommands, StatusUpdate, WorkerMessage } from './protocol.ts';

export interface SimulationHandlers {
  /** A frame's buffer; give it back with `release`. */
  readonly onFrame: (buffer: ArrayBuffer) => void;
  readonly onStatus: (status: StatusUpdate) => void;
  readonly onLayout: (layout: FrameLayout) => void;
  /** There are `total` events now. */
  readonly onEvents: (total: number) => void;
  /** The worker ended by an error of its own and answers no more: dispose of the client and make a new one. */
  readonly onCrash: (reason: string) => void;
}

export type SimulationClient = SimulationCommands & { dispose(): void };

/** Starts a simulation worker. Commands that a crash leaves without an answer reject with its reason. */
export function createSimulationClient(handlers: SimulationHandlers): SimulationClient {
  const unanswered = new Set<(error: Error) => void>();
  const crash = (reason: string) => {
    for (const reject of unanswered) reject(new Error(reason));
    handlers.onCrash(reason);
  };
  const answered = <T>(answer: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      unanswered.add(reject);
      void answer.then(resolve, reject).finally(() => unanswered.delete(reject));
    });
  const worker = new Worker(new URL('./simulationWorker.ts', import.meta.url), { type: 'module', name: 'logjam-simulation' });
  worker.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isWorkerMessage(event.data)) handle(event.data, handlers);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    crash(event.message || 'it could not be started');
  });
  worker.addEventListener('messageerror', () => crash('one of its messages could not be read'));
  const remote: Remote<SimulationCommands> = wrap<SimulationCommands>(worker);
  return {
    load: (request) => answered(remote.load(request)),
    play: () => answered(remote.play()),
    pause: () => answered(remote.pause()),
    step: () => answered(remote.step()),
    runUntil: (timeUs) => answered(remote.runUntil(timeUs)),
    setSpeed: (speed) => answered(remote.setSpeed(speed)),
    setObjectives: (objectives) => answered(remote.setObjectives(objectives)),
    reset: () => answered(remote.reset()),
    rebuild: () => answered(remote.rebuild()),
    intervene: (action) => answered(remote.intervene(action)),
    readRecords: (request) => answered(remote.readRecords(request)),
    clusterView: () => answered(remote.clusterView()),
    groupView: (groupId) => answered(remote.groupView(groupId)),
    streamsView: (node) => answered(remote.streamsView(node)),
    storeEntries: (request) => answered(remote.storeEntries(request)),
    segments: (request) => answered(remote.segments(request)),
    batches: (request) => answered(remote.batches(request)),
    segmentIndexes: (request) => answered(remote.segmentIndexes(request)),
    batchBytes: (request) => answered(remote.batchBytes(request)),
    partitionFiles: (request) => answered(remote.partitionFiles(request)),
    ledger: () => answered(remote.ledger()),
    follow: (request) => answered<FollowAnswer>(remote.follow(request)),
    followProgress: () => answered(remote.followProgress()),
    stopFollowing: () => answered(remote.stopFollowing()),
    report: () => answered(remote.report()),
    series: () => answered(remote.series()),
    events: (from) => answered(remote.events(from)),
    letGo: () => answered(remote.letGo()),
    save: () => answered(remote.save()),
    release: (buffer) => remote.release(transfer(buffer, [buffer])),
    forget: (runKey) => answered(remote.forget(runKey)),
    dispose: () => {
      remote[releaseProxy]();
      worker.terminate();
    },
  };
}

function handle(message: WorkerMessage, handlers: SimulationHandlers): void {
  switch (message.type) {
    case 'frame':
      return handlers.onFrame(message.buffer);
    case 'status':
      return handlers.onStatus(message.status);
    case 'layout':
      return handlers.onLayout(message.layout);
    case 'events':
      return handlers.onEvents(message.total);
  }
}

const types: readonly string[] = ['frame', 'status', 'layout', 'events'];

/** Comlink's own answers come over the same channel; ours carry one of our types. */
function isWorkerMessage(data: unknown): data is WorkerMessage {
  return typeof data === 'object' && data !== null && 'type' in data && types.includes(data.type as string);
}
