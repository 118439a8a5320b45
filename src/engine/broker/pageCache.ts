/**
 * What of its logs a broker's memory holds: Linux' page cache, in chunks of bytes of a partition's log that leave when they were used longest ago. It follows from
 * the requests alone, never from what the simulator itself keeps in memory. Plain data.
 */

/** Chunks are doubly linked in the order of their last use, in columns; a chunk's place in them is its slot. */
export interface PageCache {
  readonly capacityBytes: number;
  readonly chunkBytes: number;
  /** Bytes held now. */
  bytes: number;
  /** Slot by `partition * chunksMax + number of the chunk`. */
  readonly slots: Map<number, number>;
  key: Float64Array;
  /** The part of the chunk that is held, as positions in the log. */
  from: Float64Array;
  to: Float64Array;
  /** Where the chunk ends. */
  end: Float64Array;
  /** Neighbours in the order of use; -1 at the ends. Slots that are free are chained by `newer`. */
  older: Int32Array;
  newer: Int32Array;
  oldest: number;
  newest: number;
  free: number;
  /** By global partition index: slot of the chunk written last, -1 when it is gone. */
  readonly written: Int32Array;
}

/** So many chunks the whole cache has, at most; fewer where they would be smaller than 64 KiB. */
const chunkCount = 4096;
const chunkBytesMin = 65_536;
/** Chunks of one log: positions up to 2^32 chunks of 64 KiB. */
const chunksMax = 2 ** 32;

export function createPageCache(capacityBytes: number, partitions: number): PageCache {
  let chunkBytes = chunkBytesMin;
  while (chunkBytes * chunkCount < capacityBytes) chunkBytes *= 2;
  return {
    capacityBytes,
    chunkBytes,
    bytes: 0,
    slots: new Map(),
    key: new Float64Array(0),
    from: new Float64Array(0),
    to: new Float64Array(0),
    end: new Float64Array(0),
    older: new Int32Array(0),
    newer: new Int32Array(0),
    oldest: -1,
    newest: -1,
    free: -1,
    written: new Int32Array(partitions).fill(-1),
  };
}

/** `sizeBytes` were appended to a log, which then ends at `endPosition`: they are in memory. */
export function noteWritten(cache: PageCache, partition: number, endPosition: number, sizeBytes: number): void {
  const slot = cache.written[partition];
  // Nearly always the chunk written last grows, and is the one used last.
  if (slot >= 0 && cache.to[slot] === endPosition - sizeBytes && endPosition <= cache.end[slot]) {
    cache.to[slot] = endPosition;
    cache.bytes += sizeBytes;
    touch(cache, slot);
  } else {
    use(cache, partition, endPosition - sizeBytes, endPosition);
    cache.written[partition] = cache.newest;
  }
  if (cache.bytes > cache.capacityBytes) evict(cache);
}

/** [from, to) of a log is read: the number of those bytes that must come from the disk. All of them are in memory afterwards. */
export function noteRead(cache: PageCache, partition: number, from: number, to: number): number {
  const slot = cache.written[partition];
  if (slot >= 0 && cache.from[slot] <= from && to <= cache.to[slot]) {
    touch(cache, slot);
    return 0;
  }
  const missing = use(cache, partition, from, to);
  if (cache.bytes > cache.capacityBytes) evict(cache);
  return missing;
}

/** Takes [from, to) in, chunk by chunk, as what was used last. Gives the bytes that were not there. */
function use(cache: PageCache, partition: number, from: number, to: number): number {
  const { chunkBytes } = cache;
  let missing = 0;
  for (let at = from; at < to;) {
    const chunk = Math.floor(at / chunkBytes);
    const end = Math.min(to, (chunk + 1) * chunkBytes);
    missing += useChunk(cache, partition * chunksMax + chunk, at, end);
    at = end;
  }
  return missing;
}

/** The part of a chunk that is held is one piece: a hole between it and what is read now is read along. */
function useChunk(cache: PageCache, key: number, from: number, to: number): number {
  const known = cache.slots.get(key);
  if (known === undefined) {
    const slot = takeSlot(cache);
    cache.slots.set(key, slot);
    cache.key[slot] = key;
    cache.from[slot] = from;
    cache.to[slot] = to;
    cache.end[slot] = (Math.floor(from / cache.chunkBytes) + 1) * cache.chunkBytes;
    append(cache, slot);
    cache.bytes += to - from;
    return to - from;
  }
  const missing = Math.max(0, cache.from[known] - from) + Math.max(0, to - cache.to[known]);
  cache.from[known] = Math.min(cache.from[known], from);
  cache.to[known] = Math.max(cache.to[known], to);
  cache.bytes += missing;
  touch(cache, known);
  return missing;
}

/** Chunks that were used longest ago leave, whole, until the rest fits. The one used last stays. */
function evict(cache: PageCache): void {
  while (cache.bytes > cache.capacityBytes && cache.oldest !== cache.newest) {
    const slot = cache.oldest;
    const key = cache.key[slot];
    const partition = Math.floor(key / chunksMax);
    remove(cache, slot);
    cache.slots.delete(key);
    cache.bytes -= cache.to[slot] - cache.from[slot];
    if (cache.written[partition] === slot) cache.written[partition] = -1;
    cache.newer[slot] = cache.free;
    cache.free = slot;
  }
}

function touch(cache: PageCache, slot: number): void {
  if (cache.newest === slot) return;
  remove(cache, slot);
  append(cache, slot);
}

function append(cache: PageCache, slot: number): void {
  cache.older[slot] = cache.newest;
  cache.newer[slot] = -1;
  if (cache.newest >= 0) cache.newer[cache.newest] = slot;
  else cache.oldest = slot;
  cache.newest = slot;
}

function remove(cache: PageCache, slot: number): void {
  const older = cache.older[slot];
  const newer = cache.newer[slot];
  if (older >= 0) cache.newer[older] = newer;
  else cache.oldest = newer;
  if (newer >= 0) cache.older[newer] = older;
  else cache.newest = older;
}

function takeSlot(cache: PageCache): number {
  if (cache.free < 0) grow(cache);
  const slot = cache.free;
  cache.free = cache.newer[slot];
  return slot;
}

/** Doubles the columns; the new slots are free. */
function grow(cache: PageCache): void {
  const before = cache.key.length;
  const size = Math.max(64, before * 2);
  const wider = <T extends Float64Array | Int32Array>(column: T, made: T): T => {
    made.set(column);
    return made;
  };
  cache.key = wider(cache.key, new Float64Array(size));
  cache.from = wider(cache.from, new Float64Array(size));
  cache.to = wider(cache.to, new Float64Array(size));
  cache.end = wider(cache.end, new Float64Array(size));
  cache.older = wider(cache.older, new Int32Array(size));
  cache.newer = wider(cache.newer, new Int32Array(size));
  for (let slot = size - 1; slot >= before; slot--) {
    cache.newer[slot] = cache.free;
    cache.free = slot;
  }
}
