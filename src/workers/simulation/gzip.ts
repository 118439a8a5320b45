import { gzipSync } from 'fflate';

/** What compressed batches are measured with: fflate, as every host of the engine does, since two compressors hardly ever agree to the byte. */
export const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { mtime: 0 });
