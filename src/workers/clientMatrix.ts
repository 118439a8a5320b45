/** The editor's side of the matrix worker. */
import { proxy, releaseProxy, type Remote, wrap } from 'comlink';
import type { MatrixAnswer, MatrixCommands, MatrixProgress, MatrixRequest } from './protocol.ts';

export interface MatrixInTheMaking {
  /** Never settles after `cancel`; rejects when the worker ends by an error. */
  readonly answer: Promise<MatrixAnswer>;
  cancel(): void;
}

/** Makes a guarantee matrix in a worker of its own, which ends with it. */
export function makeMatrixInWorker(request: MatrixRequest, onProgress: (progress: MatrixProgress) => void): MatrixInTheMaking {
  const worker = new Worker(new URL('./matrixWorker.ts', import.meta.url), { type: 'module', name: 'logjam-matrix' });
  const remote: Remote<MatrixCommands> = wrap<MatrixCommands>(worker);
  let ended = false;
  const cancel = () => {
    if (ended) return;
    ended = true;
    remote[releaseProxy]();
    worker.terminate();
  };
  const answer = new Promise<MatrixAnswer>((resolve, reject) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(new Error(event.message || 'it could not be started'));
    });
    remote.make(request, proxy(onProgress)).then(resolve, reject);
  });
  return { answer: answer.finally(cancel), cancel };
}
