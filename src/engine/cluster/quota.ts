/**
 * How fast a client, or replication, has been of late, and how long it is throttled: Kafka's sampled Rate (SampledStat, WindowedSum), QuotaUtils and the quota
 * managers. Times are the broker's milliseconds; state is changed in place.
 */

/** `quota.window.num` samples of `quota.window.size.seconds` each. */
export interface QuotaConfig {
  readonly bytesPerSecond: number;
  /** At least 2; Kafka's default is 11. */
  readonly samples: number;
  /** Milliseconds a sample lasts; Kafka's default is 1,000. */
  readonly sampleMs: number;
}

/** A ring of up to `samples` + 1 samples: what began before the window and reaches into it is kept. */
export interface SampledRate {
  /** Index of the sample that is being filled. */
  current: number;
  readonly samples: RateSample[];
}

interface RateSample {
  startMs: number;
  /** When something was last recorded; a sample is forgotten a whole window after that. */
  lastEventMs: number;
  sum: number;
}

export function createSampledRate(): SampledRate {
  return { current: 0, samples: [] };
}

/** Adds a value at a moment, never before the last one (SampledStat.record). */
export function recordValue(rate: SampledRate, config: QuotaConfig, value: number, nowMs: number): void {
  const { samples } = rate;
  if (samples.length === 0) samples.push(emptySample(nowMs));
  if (nowMs - samples[rate.current].startMs >= config.sampleMs) {
    rate.current = (rate.current + 1) % (config.samples + 1);
    samples[rate.current] = emptySample(nowMs);
  }
  const sample = samples[rate.current];
  sample.sum += value;
  sample.lastEventMs = nowMs;
}

function emptySample(nowMs: number): RateSample {
  return { startMs: nowMs, lastEventMs: nowMs, sum: 0 };
}

/** Forgets what lies a whole window back; gives when the oldest sample left began. */
function forgetOld({ samples }: SampledRate, config: QuotaConfig, nowMs: number): number {
  if (samples.length === 0) samples.push(emptySample(nowMs));
  let oldestMs = nowMs;
  for (let i = 0; i < samples.length; i++) {
    if (nowMs - samples[i].lastEventMs >= config.samples * config.sampleMs) samples[i] = emptySample(nowMs);
    oldestMs = Math.min(oldestMs, samples[i].startMs);
  }
  return oldestMs;
}

function sumOf({ samples }: SampledRate): number {
  let sum = 0;
  for (const sample of samples) sum += sample.sum;
  return sum;
}

/**
 * Milliseconds the rate is taken over (Rate.windowSize): what has passed since the oldest sample began, or all samples but one and what has passed of the current
 * one when that is more. So what an idle client sends first is spread over ten seconds.
 */
function windowMs(rate: SampledRate, config: QuotaConfig, nowMs: number): number {
  const elapsedMs = nowMs - forgetOld(rate, config, nowMs);
  const missing = config.samples - 1 - Math.floor(elapsedMs / config.sampleMs);
  return Math.max(1, elapsedMs + Math.max(0, missing) * config.sampleMs);
}

/** Bytes per second at a moment. */
export function rateAt(rate: SampledRate, config: QuotaConfig, nowMs: number): number {
  const window = windowMs(rate, config, nowMs);
  return sumOf(rate) / (window / 1000);
}

/**
 * Records what a client sent or is about to be sent, and gives for how many milliseconds it is to be throttled so that its rate comes down to the quota; 0 while it
 * keeps it (ClientQuotaManager.recordAndGetThrottleTimeMs, QuotaUtils.throttleTime).
 */
export function recordAndThrottleMs(rate: SampledRate, config: QuotaConfig, bytes: number, nowMs: number): number {
  recordValue(rate, config, bytes, nowMs);
  const window = windowMs(rate, config, nowMs);
  const over = sumOf(rate) / (window / 1000) - config.bytesPerSecond;
  return over > 0 ? Math.round((over / config.bytesPerSecond) * window) : 0;
}

/** Takes back what `recordAndThrottleMs` recorded: a fetch that is throttled is answered without records (unrecordQuotaSensor). */
export function unrecordValue(rate: SampledRate, config: QuotaConfig, bytes: number, nowMs: number): void {
  recordValue(rate, config, -bytes, nowMs);
}

/** The most bytes one fetch may ask for: more would be throttled even after a long pause (getMaxValueInQuotaWindow). */
export function fetchBytesMax(config: QuotaConfig): number {
  return config.bytesPerSecond * (config.samples - 1) * (config.sampleMs / 1000);
}

/**
 * Whether replication has used up its quota (`leader.` and `follower.replication.throttled.rate`, ReplicationQuotaManager.isQuotaExceeded): throttled replicas are then left
 * out of fetches. Its rate (SimpleRate) is taken over what has passed since the oldest sample began, at least one sample.
 */
export function isReplicationQuotaExceeded(rate: SampledRate, config: QuotaConfig, nowMs: number): boolean {
  const window = Math.max(nowMs - forgetOld(rate, config, nowMs), config.sampleMs);
  return sumOf(rate) / (window / 1000) > config.bytesPerSecond;
}
