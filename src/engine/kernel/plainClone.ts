/**
 * A deep copy of plain data: primitives, arrays, plain objects, Maps, Sets, ArrayBuffers, typed arrays and DataViews. What is shared stays
 * shared (an object reached twice, two typed arrays over one buffer), cycles included. Throws for anything else (a function, a class
 * instance), naming its place: such a thing in the engine's state would be lost by a checkpoint. Objects in `keep` are not copied but shared
 * with the original: for parts that never change any more, such as the columns of sealed blocks.
 */
export function clonePlain<T>(value: T, keep?: ReadonlySet<object>): T {
  const seen = new Map<object, unknown>();
  if (keep !== undefined) for (const part of keep) seen.set(part, part);
  return cloneValue(value, seen, []) as T;
}

type Path = (string | number)[];

function cloneValue(value: unknown, seen: Map<object, unknown>, path: Path): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw notPlain(typeof value, path);
  if (typeof value !== 'object' || value === null) return value;
  const before = seen.get(value);
  if (before !== undefined) return before;
  if (Array.isArray(value)) return cloneArray(value, seen, path);
  if (ArrayBuffer.isView(value)) return cloneView(value, seen, path);
  if (value instanceof ArrayBuffer) return remember(seen, value, value.slice(0));
  if (value instanceof Map) return cloneMap(value, seen, path);
  if (value instanceof Set) {
    const copy = remember(seen, value, new Set<unknown>());
    for (const entry of value) copy.add(cloneValue(entry, seen, path));
    return copy;
  }
  return cloneObject(value, seen, path);
}

function cloneArray(value: readonly unknown[], seen: Map<object, unknown>, path: Path): unknown[] {
  const copy = remember(seen, value, new Array<unknown>(value.length));
  const depth = path.length;
  for (let i = 0; i < value.length; i++) {
    const entry = value[i];
    if (typeof entry === 'number') {
      copy[i] = entry;
      continue;
    }
    path[depth] = i;
    copy[i] = cloneValue(entry, seen, path);
  }
  path.length = depth;
  return copy;
}

function cloneMap(value: ReadonlyMap<unknown, unknown>, seen: Map<object, unknown>, path: Path): Map<unknown, unknown> {
  const copy = remember(seen, value, new Map<unknown, unknown>());
  const depth = path.length;
  for (const [key, entry] of value) {
    path[depth] = `[${String(key)}]`;
    copy.set(cloneValue(key, seen, path), cloneValue(entry, seen, path));
  }
  path.length = depth;
  return copy;
}

function cloneObject(value: object, seen: Map<object, unknown>, path: Path): object {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain objects of another realm (a worker message, a test's sandbox) have their own Object.prototype, whose parent is null.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    throw notPlain(`an instance of ${String((value.constructor as { name?: string } | undefined)?.name)}`, path);
  }
  const copy = remember(seen, value, (prototype === null ? Object.create(null) : {}) as Record<string, unknown>);
  const source = value as Record<string, unknown>;
  const depth = path.length;
  for (const key of Object.keys(source)) {
    const entry = source[key];
    if (typeof entry === 'number') {
      copy[key] = entry;
      continue;
    }
    path[depth] = key;
    copy[key] = cloneValue(entry, seen, path);
  }
  path.length = depth;
  return copy;
}

interface ViewConstructor {
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): ArrayBufferView;
}

function cloneView(value: ArrayBufferView, seen: Map<object, unknown>, path: Path): ArrayBufferView {
  const constructor = value.constructor as ViewConstructor;
  const buffer = cloneValue(value.buffer, seen, path) as ArrayBuffer;
  const length = value.byteLength / (constructor.BYTES_PER_ELEMENT ?? 1);
  return remember(seen, value, new constructor(buffer, value.byteOffset, length));
}

function remember<T>(seen: Map<object, unknown>, original: object, copy: T): T {
  seen.set(original, copy);
  return copy;
}

function notPlain(what: string, path: Path): Error {
  return new Error(`state is not plain data: ${what} at ${path.length === 0 ? 'the top' : path.join('.')}`);
}
