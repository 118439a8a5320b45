/** Skeleton. One named stream per component; state is four 32-bit words (xoshiro128**). */
export interface RandomStream {
  words: Uint32Array;
}
export function createStream(_seed: number, _name: string): RandomStream {
  throw new Error('unimplemented');
}
export function nextUint32(_stream: RandomStream): number {
  throw new Error('unimplemented');
}
/** In [0, 1), 32 or more random bits. */
export function nextUniform(_stream: RandomStream): number {
  throw new Error('unimplemented');
}
/** An integer in [0, bound), without modulo bias. */
export function nextBelow(_stream: RandomStream, _bound: number): number {
  throw new Error('unimplemented');
}
