/** The guarantee matrix of the open document: being made, made, or why not. It is made beside the run on screen, which it never touches. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PipelineDocument } from '../../pipeline/document.ts';
import type { Finding } from '../../pipeline/finding.ts';
import { makeMatrixInWorker } from '../../workers/clientMatrix.ts';
import type { GuaranteeMatrix, MatrixAnswer, MatrixProgress } from '../../workers/protocol.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { announce, toast } from '../toasts/toastStore.ts';

interface MatrixState {
  readonly seedCount: number;
  /** While one is being made. */
  readonly progress: MatrixProgress | null;
  /** The last one, with the document and the key of the document that it is of. */
  readonly made: { readonly matrix: GuaranteeMatrix; readonly document: PipelineDocument; readonly key: string } | null;
  /** Why the document cannot run under one of the guarantees. */
  readonly refusals: readonly Finding[];
  readonly failure: string | null;
}

const matrixStore = createStore<MatrixState>(() => ({ seedCount: 1, progress: null, made: null, refusals: [], failure: null }));

/** A part of the matrix's state. */
export function useMatrix<T>(selector: (state: MatrixState) => T): T {
  return useStore(matrixStore, selector);
}

/** Ends what is being made; null while nothing is. */
let stop: (() => void) | null = null;

/** With how many seeds the next matrix is made. */
export function setSeedCount(seedCount: number): void {
  matrixStore.setState({ seedCount });
}

/** Gives up the matrix that is being made. The last one stays. */
export function cancelMatrix(): void {
  if (stop === null) return;
  end();
  announce('The guarantee matrix is cancelled.');
}

function end(): void {
  stop?.();
  stop = null;
  matrixStore.setState({ progress: null });
}

/** Makes the matrix of the open document; closing the dialog lets it go on, opening another document ends it. */
export function runMatrix(): void {
  end();
  const { document, key } = documentStore.getState();
  const { seedCount } = matrixStore.getState();
  matrixStore.setState({ progress: { share: 0, runsDone: 0, runs: 4 * seedCount }, refusals: [], failure: null });
  const making = makeMatrixInWorker({ document, seedCount }, (progress) => {
    if (stop === mine) matrixStore.setState({ progress });
  });
  const unsubscribe = documentStore.subscribe((state) => state.key !== key && cancelMatrix());
  const mine = () => {
    unsubscribe();
    making.cancel();
  };
  stop = mine;
  making.answer.then(
    (answer) => {
      if (stop !== mine) return;
      end();
      take(answer, document, key);
    },
    (error: unknown) => {
      if (stop !== mine) return;
      end();
      matrixStore.setState({ failure: error instanceof Error ? error.message : String(error) });
    },
  );
}

function take({ matrix, findings }: MatrixAnswer, document: PipelineDocument, key: string): void {
  if (matrix === null) return matrixStore.setState({ refusals: findings.filter(({ severity }) => severity === 'error') });
  matrixStore.setState({ made: { matrix, document, key } });
  announce('The guarantee matrix is done.');
  if (viewStore.getState().dialog !== 'matrix')
    toast('The guarantee matrix is done.', { tone: 'good', action: { label: 'Show', perform: () => viewStore.getState().show('matrix') } });
}
