/**
 * The client's `buffer.memory` as Kafka's `BufferPool` accounts for it. Kafka keeps standard buffers on a free list, but gives them up for any
 * other request, so a single number says what can be had. One application thread sends, so at most one request waits.
 */
export interface BufferPool {
  totalBytes: number;
  availableBytes: number;
}

export function createBufferPool(totalBytes: number): BufferPool {
  return { totalBytes, availableBytes: totalBytes };
}

/** Takes memory if there is enough; false takes nothing, and the caller waits or gives up. */
export function allocateBuffer(pool: BufferPool, sizeBytes: number): boolean {
  if (pool.availableBytes < sizeBytes) return false;
  pool.availableBytes -= sizeBytes;
  return true;
}

export function deallocateBuffer(pool: BufferPool, sizeBytes: number): void {
  pool.availableBytes += sizeBytes;
}

/** Changes `buffer.memory`; what is taken stays taken, so that less than nothing may be available for a while. */
export function resizeBufferPool(pool: BufferPool, totalBytes: number): void {
  pool.availableBytes += totalBytes - pool.totalBytes;
  pool.totalBytes = totalBytes;
}
