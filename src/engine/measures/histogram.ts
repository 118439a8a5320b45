/**
 * Durations in log-linear buckets, as HdrHistogram has them: 128 exact values, then 64 buckets for each doubling, so a percentile is off by
 * less than 0.8 %. The mean is exact. Plain typed arrays, since it belongs to a run's state.
 */
export interface Histogram {
  readonly counts: Uint32Array;
  total: number;
  sumUs: number;
  maxUs: number;
  /**
   * Batches for the confidence interval of the mean: sums and counts of what ended in each stretch of virtual time. By time and not by order of arrival,
   * because members are settled whenever somebody looks, so that the order in which their samples come says nothing.
   */
  readonly batchSums: Float64Array;
  readonly batchCounts: Float64Array;
  /** Batches per microsecond; a power of two, so that it is exact. Halved when the run outgrows the batches. */
  batchesPerUs: number;
}

const linear = 128;
const subBuckets = 64;
/** Doublings above the linear part: up to 2^53 microseconds, 285 years. */
const doublings = 46;
const batchCapacity = 64;
const firstBatchUs = 1024;

export function createHistogram(): Histogram {
  return {
    counts: new Uint32Array(linear + doublings * subBuckets),
    total: 0,
    sumUs: 0,
    maxUs: 0,
    batchSums: new Float64Array(batchCapacity),
    batchCounts: new Float64Array(batchCapacity),
    batchesPerUs: 1 / firstBatchUs,
  };
}

/** Bucket of a duration in whole microseconds, 0 and up. */
export function bucketOf(valueUs: number): number {
  if (valueUs < linear) return valueUs | 0;
  if (valueUs < 0x80000000) {
    const whole = valueUs | 0;
    const exponent = 31 - Math.clz32(whole);
    return linear + (exponent - 7) * subBuckets + ((whole >>> (exponent - 6)) - subBuckets);
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

/** Counts a duration of whole microseconds that ended at `atUs`. */
export function recordDuration(histogram: Histogram, valueUs: number, atUs: number): void {
  histogram.counts[bucketOf(valueUs)]!++;
  histogram.total++;
  histogram.sumUs += valueUs;
  if (valueUs > histogram.maxUs) histogram.maxUs = valueUs;
  const batch = batchAt(histogram, atUs);
  histogram.batchSums[batch]! += valueUs;
  histogram.batchCounts[batch]!++;
}

/**
 * Takes `count` records as columns: service ended at `endUs[endFrom…]`, sent and made at `sentUs[from…]` and `madeUs[from…]`. Counts end − sent of many records in one histogram and end − made in another: what `recordDuration` would twice for each of them. Where a record was
 * sent when it was made, as all are that come from a source, its bucket is looked for once; sums stay in locals (durations are whole, so
 * their sums are exact in any order). Written flat because it runs for every record.
 */
export function recordLatencies(
  sinceSent: Histogram,
  sinceMade: Histogram,
  endUs: Float64Array,
  endFrom: number,
  sentUs: Float64Array,
  madeUs: Float64Array,
  from: number,
  count: number,
): void {
  if (count === 0) return;
  const sentCounts = sinceSent.counts;
  const madeCounts = sinceMade.counts;
  let sentSumUs = 0;
  let madeSumUs = 0;
  let sentMaxUs = sinceSent.maxUs;
  let madeMaxUs = sinceMade.maxUs;
  let firstUs = Infinity;
  let lastUs = 0;
  for (let i = 0; i < count; i++) {
    const end = endUs[endFrom + i]!;
    const sent = sentUs[from + i]!;
    const made = madeUs[from + i]!;
    const value = end - sent;
    const bucket = bucketOf(value);
    sentCounts[bucket]!++;
    sentSumUs += value;
    if (value > sentMaxUs) sentMaxUs = value;
    const whole = end - made;
    madeCounts[made === sent ? bucket : bucketOf(whole)]!++;
    madeSumUs += whole;
    if (whole > madeMaxUs) madeMaxUs = whole;
    if (end < firstUs) firstUs = end;
    if (end > lastUs) lastUs = end;
  }
  sinceSent.total += count;
  sinceSent.sumUs += sentSumUs;
  sinceSent.maxUs = sentMaxUs;
  sinceMade.total += count;
  sinceMade.sumUs += madeSumUs;
  sinceMade.maxUs = madeMaxUs;
  const sentBatch = batchAt(sinceSent, lastUs);
  const madeBatch = batchAt(sinceMade, lastUs);
  if (firstUs === lastUs || (batchAt(sinceSent, firstUs) === sentBatch && batchAt(sinceMade, firstUs) === madeBatch)) {
    addToBatch(sinceSent, sentBatch, sentSumUs, count);
    addToBatch(sinceMade, madeBatch, madeSumUs, count);
    return;
  }
  for (let i = 0; i < count; i++) {
    const end = endUs[endFrom + i]!;
    addToBatch(sinceSent, batchAt(sinceSent, end), end - sentUs[from + i]!, 1);
    addToBatch(sinceMade, batchAt(sinceMade, end), end - madeUs[from + i]!, 1);
  }
}

/** The batch of what ends at `atUs`; batches are joined in pairs until there is one. */
function batchAt(histogram: Histogram, atUs: number): number {
  while (atUs * histogram.batchesPerUs >= batchCapacity) joinBatches(histogram);
  return Math.floor(atUs * histogram.batchesPerUs);
}

function addToBatch(histogram: Histogram, batch: number, sumUs: number, count: number): void {
  histogram.batchSums[batch]! += sumUs;
  histogram.batchCounts[batch]! += count;
}

function joinBatches(histogram: Histogram): void {
  for (const values of [histogram.batchSums, histogram.batchCounts]) {
    for (let i = 0; i < batchCapacity / 2; i++) values[i] = values[2 * i]! + values[2 * i + 1]!;
    values.fill(0, batchCapacity / 2);
  }
  histogram.batchesPerUs /= 2;
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

/**
 * Half width of the 95 % confidence interval of the mean, microseconds; null with fewer than 10 batches that have samples. Batches hold different numbers of
 * samples, so it is the interval of a ratio of two means (sums over counts).
 */
export function meanHalfWidthUs(histogram: Histogram): number | null {
  const { batchSums, batchCounts, total, sumUs } = histogram;
  const mean = sumUs / total;
  let batches = 0;
  let squares = 0;
  for (let i = 0; i < batchCapacity; i++) {
    const count = batchCounts[i]!;
    if (count === 0) continue;
    batches++;
    const difference = batchSums[i]! - mean * count;
    squares += difference * difference;
  }
  if (batches < 10) return null;
  const t = batches - 1 <= studentT.length ? studentT[batches - 2]! : 2.0;
  return (t * Math.sqrt((squares * batches) / (batches - 1))) / total;
}
