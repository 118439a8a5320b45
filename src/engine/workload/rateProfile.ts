import { sin } from '../kernel/mathematics.ts';

/**
 * A rate over time as straight pieces: constant, ramp, sine (1,024 chords a swing) and bursts are all of this form, so that arrivals under any of
 * them come from one exact inversion. Times are microseconds from the profile's start, rates records a second, slopes rate per microsecond, counts
 * expected records × 10^6 (which keeps whole rates and times whole numbers).
 */
export interface RateProfile {
  startsUs: Float64Array;
  rates: Float64Array;
  slopes: Float64Array;
  /** Expected records × 10^6 up to the start of each piece; the last entry is the total. */
  counts: Float64Array;
  /** The pieces begin again after this time; Infinity when the last piece goes on for ever. */
  periodUs: number;
}

const chords = 1024;

/** Pieces as [duration in µs, rate at the beginning, rate at the end]; the last of a profile that does not repeat has the duration Infinity. */
function profileOf(pieces: readonly (readonly [number, number, number])[], repeats: boolean): RateProfile {
  const profile: RateProfile = {
    startsUs: new Float64Array(pieces.length),
    rates: new Float64Array(pieces.length),
    slopes: new Float64Array(pieces.length),
    counts: new Float64Array(pieces.length + 1),
    periodUs: Infinity,
  };
  let startUs = 0;
  pieces.forEach(([durationUs, from, to], i) => {
    profile.startsUs[i] = startUs;
    profile.rates[i] = from;
    profile.slopes[i] = durationUs === Infinity || from === to ? 0 : (to - from) / durationUs;
    const mean = (from + to) / 2;
    profile.counts[i + 1] = profile.counts[i] + (mean === 0 ? 0 : mean * durationUs);
    startUs += durationUs;
  });
  if (repeats) profile.periodUs = startUs;
  return profile;
}

export function constantProfile(rate: number): RateProfile {
  return profileOf([[Infinity, rate, rate]], false);
}

/** From one rate to another in `durationUs`, and on at the second. */
export function rampProfile(from: number, to: number, durationUs: number): RateProfile {
  return profileOf(
    [
      [durationUs, from, to],
      [Infinity, to, to],
    ],
    false,
  );
}

/** `burstRate` for the first `burstUs` of every `everyUs`, else `rate`. A burst as long as its period is a constant rate. */
export function burstProfile(rate: number, burstRate: number, burstUs: number, everyUs: number): RateProfile {
  if (burstUs >= everyUs) return constantProfile(burstRate);
  return profileOf(
    [
      [burstUs, burstRate, burstRate],
      [everyUs - burstUs, rate, rate],
    ],
    true,
  );
}

/** `middle + amplitude × sin`, never below 0, beginning at the middle and rising. */
export function sineProfile(middle: number, amplitude: number, periodUs: number): RateProfile {
  const rateAt = (i: number) => Math.max(0, middle + amplitude * sin((2 * Math.PI * (i % chords)) / chords));
  const pieces = Array.from({ length: chords }, (_, i) => [periodUs / chords, rateAt(i), rateAt(i + 1)] as const);
  return profileOf(pieces, true);
}

/** Expected records × 10^6 from the profile's start until `timeUs`. */
export function countUntil(profile: RateProfile, timeUs: number): number {
  const cycles = profile.periodUs === Infinity ? 0 : Math.floor(timeUs / profile.periodUs);
  const withinUs = cycles === 0 ? timeUs : timeUs - cycles * profile.periodUs;
  let piece = profile.startsUs.length - 1;
  while (piece > 0 && profile.startsUs[piece] > withinUs) piece--;
  const sinceUs = withinUs - profile.startsUs[piece];
  const inPiece = sinceUs * (profile.rates[piece] + (profile.slopes[piece] * sinceUs) / 2);
  const whole = cycles === 0 ? 0 : cycles * profile.counts[profile.counts.length - 1];
  return whole + profile.counts[piece] + inPiece;
}

/** Where the last inversion ended: the next one, never earlier, looks on from there. */
export interface ProfileCursor {
  cycle: number;
  piece: number;
}

/** Time at which the expected count reaches `count`: the inverse of `countUntil`. Infinity when it never does. Counts must not decrease from call to call. */
export function timeOfCount(profile: RateProfile, cursor: ProfileCursor, count: number): number {
  const { counts, startsUs } = profile;
  const last = startsUs.length - 1;
  const total = counts[last + 1];
  let within = count;
  if (profile.periodUs !== Infinity) {
    if (total === 0) return Infinity;
    within = count - cursor.cycle * total;
    if (within >= total) {
      cursor.cycle = Math.floor(count / total);
      // The division rounds: step back or on when it landed on the wrong side of a whole number.
      if (count - cursor.cycle * total < 0) cursor.cycle--;
      else if (count - cursor.cycle * total >= total) cursor.cycle++;
      within = count - cursor.cycle * total;
      cursor.piece = 0;
    }
  } else if (within >= total) {
    return Infinity;
  }
  let piece = cursor.piece;
  while (piece < last && counts[piece + 1] <= within) piece++;
  cursor.piece = piece;
  const rest = within - counts[piece];
  const rate = profile.rates[piece];
  const slope = profile.slopes[piece];
  const base = startsUs[piece] + (cursor.cycle === 0 ? 0 : cursor.cycle * profile.periodUs);
  if (rest === 0) return base;
  if (slope === 0) return base + rest / rate;
  // The root of slope/2 t² + rate t = rest in the form that loses no digits when the slope is small.
  return base + (2 * rest) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * rest)));
}
