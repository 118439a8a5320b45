/** Entry of the matrix worker. */
import { expose } from 'comlink';
import { makeMatrix } from './matrix/makeMatrix.ts';
import type { MatrixCommands } from './protocol.ts';

const commands: MatrixCommands = {
  make: async (request, onProgress) => makeMatrix(request, { nowMs: () => performance.now(), onProgress }),
};

expose(commands);
