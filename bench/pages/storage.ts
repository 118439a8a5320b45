/** What the engine persists while it runs, and raw puts of the same bytes. */
import { newDocument } from '../../src/pipeline/index.ts';
import type { PipelineDocument } from '../../src/pipeline/document.ts';
import { createSimulationClient, type SimulationClient } from '../../src/workers/client.ts';
import type { RawPutsAnswer, RawPutsRequest } from './rawPuts.ts';

export interface StorageRates {
  readonly engineBytesPerSecond: number;
  readonly rawBytesPerSecond: number;
  readonly meanBlockBytes: number;
}

declare global {
  interface Window {
    /** One round: the engine for some seconds, then raw puts of the same blocks. */
    storageRound(seconds: number): Promise<StorageRates>;
  }
}

/** Two million records a second of virtual time into six partitions, read by a group of two. */
function pipelineOf(): PipelineDocument {
  const sink = { id: 's', kind: 'sink', name: 's', config: { instances: 2, 'service.time.ms': 0.0001, 'max.poll.records': 5000 } };
  return {
    ...newDocument(),
    nodes: [
      { id: 'p', kind: 'producer', name: 'p', config: { 'workload.rate': 2_000_000, 'linger.ms': 2, 'batch.size': 65_536 } },
      { id: 't', kind: 'topic', name: 'orders', config: { partitions: 6 } },
      sink,
    ],
    edges: [
      { id: 'e1', source: 'p', target: 't' },
      { id: 'e2', source: 't', target: 's' },
    ],
    cluster: { config: { 'network.bytes.per.second': 0, 'disk.bytes.per.second': 0, 'request.handler.ms': 0 } },
    scenario: { ...newDocument().scenario, durationMs: 36_000_000 },
  } as PipelineDocument;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

let storedBytes = 0;
let failure = '';

function startClient(): SimulationClient {
  const client: SimulationClient = createSimulationClient({
    onFrame: (buffer) => void client.release(buffer),
    onStatus: ({ storage, failure: failed }) => {
      storedBytes = storage.bytes;
      failure = failed ?? (storage.state === 'quota' || storage.state === 'unavailable' ? storage.detail : '');
    },
    onLayout: () => undefined,
    onEvents: () => undefined,
    onCrash: (reason) => void (failure = reason),
  });
  return client;
}

async function runEngine(seconds: number): Promise<number> {
  const client = startClient();
  const answer = await client.load({ runKey: 'bench', document: pipelineOf(), resume: false, keep: true });
  if (!answer.ok) throw new Error(answer.findings.map(({ message }) => message).join('\n'));
  await client.setSpeed('max');
  await client.play();
  await pause(1500);
  const before = storedBytes;
  const start = performance.now();
  await pause(seconds * 1000);
  const rate = (storedBytes - before) / ((performance.now() - start) / 1000);
  await client.pause();
  client.dispose();
  if (failure !== '') throw new Error(failure);
  return rate;
}

function openRuns(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open('logjam-runs');
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('The runs could not be opened.'));
  });
}

/** Up to `count` of the blocks the engine has stored. */
async function storedBlocks(count: number): Promise<ArrayBuffer[]> {
  const database = await openRuns();
  const images = await new Promise<ArrayBuffer[]>((done, failed) => {
    const request = database.transaction('blocks').objectStore('blocks').getAll(undefined, count);
    request.onsuccess = () => done(request.result as ArrayBuffer[]);
    request.onerror = () => failed(request.error ?? new Error('The blocks could not be read.'));
  });
  database.close();
  return images;
}

function rawPuts(request: RawPutsRequest): Promise<RawPutsAnswer> {
  const worker = new Worker(new URL('./rawPuts.ts', import.meta.url), { type: 'module' });
  return new Promise((done, failed) => {
    worker.onmessage = (event: MessageEvent<RawPutsAnswer>) => {
      worker.terminate();
      done(event.data);
    };
    worker.onerror = (event) => failed(new Error(event.message));
    worker.postMessage(request);
  });
}

window.storageRound = async (seconds) => {
  const engineBytesPerSecond = await runEngine(seconds);
  const images = await storedBlocks(24);
  const { bytes, seconds: took } = await rawPuts({ images, bytes: Math.max(256e6, engineBytesPerSecond * seconds) });
  const total = images.reduce((sum, image) => sum + image.byteLength, 0);
  return { engineBytesPerSecond, rawBytesPerSecond: bytes / took, meanBlockBytes: total / images.length };
};
