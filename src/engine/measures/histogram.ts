/**
 * Durations in log-linear buckets, as HdrHistogram has them: 128 exact values, then 64 buckets for each doubling, so a percentile is off by
 * less than 0.8 %. The mean is exact. Plain typed arrays, since it belongs to a run's state.
 */
export interface Histogram {
  readonly counts: Uint32Array;
  total: number;
  sumUs: number;
  maxUs: number;
  /** Batch means for the confidence interval of the mean: sums of `batchSize` consecutive samples; pairs are joined when all are full. */
  readonly batchSums: Float64Array;
  batchSize: number;
  batchesFull: number;
  inBatch: number;
}

const linear = 128;
const subBuckets = 64;
/** Doublings above the linear part: up to 2^53 microseconds, 285 years. */
const doublings = 46;
const batchCapacity = 64;

export function createHistogram(): Histogram {
  return {
    counts: new Uint32Array(linear + doublings * subBuckets),
    total: 0,
    sumUs: 0,
    maxUs: 0,
    batchSums: new Float64Array(batchCapacity),
    batchSize: 16,
    batchesFull: 0,
    inBatch: 0,
  };
}

/** Bucket of a duration in whole microseconds, 0 and up. */
export function bucketOf(valueUs: number): number {
  if (valueUs < linear) return valueUs | 0;
  if (valueUs < 0x80000000) {
    const exponent = 31 - Math.clz32(valueUs);
    return linear + (exponent - 7) * subBuckets + ((valueUs >>> (exponent - 6)) - subBuckets);
  }
  // Beyond 32 bits: divide by 2^24 first; the exponent grows by as much.
  const high = Math.floor(valueUs / 0x1000000);
  const exponent = 31 - Math.clz32(high);
  const mantissa = exponent >= 6 ? high >>> (exponent - 6) : Math.floor(valueUs / 2 ** (exponent + 24 - 6));
  return linear + (exponent + 24 - 7) * subBuckets + (mantissa - subBuckets);
}

/** Middle of a bucket, microseconds. */
export function bucketMiddleUs(bucket: number): number {
  if (bucket < linear) return bucket;
  const doubling = Math.floor((bucket - linear) / subBuckets);
  const mantissa = ((bucket - linear) % subBuckets) + subBuckets;
  const width = 2 ** (doubling + 1);
  return mantissa * width + (width - 1) / 2;
}

export function recordDuration(histogram: Histogram, valueUs: number): void {
  histogram.counts[bucketOf(valueUs)]!++;
  histogram.total++;
  histogram.sumUs += valueUs;
  if (valueUs > histogram.maxUs) histogram.maxUs = valueUs;
  histogram.batchSums[histogram.batchesFull]! += valueUs;
  if (++histogram.inBatch === histogram.batchSize) closeBatch(histogram);
}

function closeBatch(histogram: Histogram): void {
  histogram.inBatch = 0;
  histogram.batchesFull++;
  if (histogram.batchesFull < batchCapacity) return;
  const sums = histogram.batchSums;
  for (let i = 0; i < batchCapacity / 2; i++) sums[i] = sums[2 * i]! + sums[2 * i + 1]!;
  sums.fill(0, batchCapacity / 2);
  histogram.batchesFull = batchCapacity / 2;
  histogram.batchSize *= 2;
}

/** Value below which `quantile` (0 to 1) of the samples lie, microseconds; NaN without samples. `since` subtracts an earlier copy of the counts. */
export function quantileUs(histogram: Histogram, quantile: number, since?: Uint32Array): number {
  const counts = histogram.counts;
  let total = histogram.total;
  if (since) {
    total = 0;
    for (let i = 0; i < counts.length; i++) total += counts[i]! - since[i]!;
  }
  if (total === 0) return NaN;
  const rank = Math.max(1, Math.ceil(quantile * total));
  let seen = 0;
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i]! - (since ? since[i]! : 0);
    if (seen >= rank) return Math.min(bucketMiddleUs(i), histogram.maxUs);
  }
  return histogram.maxUs;
}

/** Student's t at 97.5 % for 1 to 63 degrees of freedom, thinned out: enough for a half width. */
const studentT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09, 2.09];

/** Half width of the 95 % confidence interval of the mean by batch means, microseconds; null with fewer than 10 full batches. */
export function meanHalfWidthUs(histogram: Histogram): number | null {
  const count = histogram.batchesFull;
  if (count < 10) return null;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += histogram.batchSums[i]! / histogram.batchSize;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const difference = histogram.batchSums[i]! / histogram.batchSize - mean;
    squares += difference * difference;
  }
  const t = count - 1 <= studentT.length ? studentT[count - 2]! : 2.0;
  return t * Math.sqrt(squares / (count - 1) / count);
}
