/** elkjs in a worker of its own, started when something is laid out for the first time. */
import ELK, { type ELK as Elk } from 'elkjs/lib/elk-api.js';
import elkWorkerUrl from 'elkjs/lib/elk-worker.min.js?url';

let elk: Elk | null = null;

/** Throws when the worker can't be started. */
export function layouter(): Elk {
  elk ??= new ELK({ workerFactory: () => new Worker(elkWorkerUrl) });
  return elk;
}
