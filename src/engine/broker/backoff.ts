import type { RandomStream } from '../kernel/random.ts';
import { nextUniform } from '../kernel/random.ts';

/** `CommonClientConfigs.RETRY_BACKOFF_JITTER` and `RETRY_BACKOFF_EXP_BASE`. */
const jitter = 0.2;
const base = 2;

/** Kafka's `ExponentialBackoff` (KIP-580): how long to wait after `failures` + 1 failures in a row, give or take a fifth. */
export function backoffUs(
  stream: RandomStream,
  options: { readonly failures: number; readonly initialUs: number; readonly maxUs: number },
): number {
  const { failures, initialUs, maxUs } = options;
  if (maxUs <= initialUs || initialUs <= 0) return Math.max(0, Math.min(initialUs, maxUs));
  let termUs = initialUs;
  for (let i = 0; i < failures && termUs < maxUs; i++) termUs *= base;
  const factor = 1 - jitter + 2 * jitter * nextUniform(stream);
  return Math.min(Math.floor(factor * Math.min(termUs, maxUs)), maxUs);
}
