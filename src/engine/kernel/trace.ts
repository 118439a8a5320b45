/** Skeleton. The fingerprint: a rolling hash over the trace, two 32-bit lanes, equal wherever the run is equal. */
export interface Trace {
  lanes: Uint32Array;
}
export function createTrace(): Trace {
  throw new Error('unimplemented');
}
/** Mixes four integers (each reduced to 32 bits; times are given as low and high parts by the implementation) into the fingerprint. */
export function mix(_trace: Trace, _timeUs: number, _kind: number, _a: number, _b: number): void {
  throw new Error('unimplemented');
}
/** 16 hexadecimal digits. */
export function fingerprintOf(_trace: Trace): string {
  throw new Error('unimplemented');
}
