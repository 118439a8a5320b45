import { sampleInto } from '../kernel/distributions.ts';
import type { RandomStream } from '../kernel/random.ts';
import type { ProfileCursor, RateProfile } from './rateProfile.ts';
import { burstProfile, constantProfile, countUntil, rampProfile, sineProfile, timeOfCount } from './rateProfile.ts';
import type { WorkloadSettings } from './settings.ts';
import { numberSetting, textSetting } from './settings.ts';

/** When records arrive: the expected count at each arrival, turned into a time by inverting the rate profile. Plain data. */
export interface ArrivalTimes {
  profile: RateProfile;
  cursor: ProfileCursor;
  /** Start of the profile in virtual time. */
  startUs: number;
  /** Expected records × 10^6 at the first arrival from here, and between two arrivals. */
  originCount: number;
  stepCount: number;
  /** Arrivals since the origin. */
  arrivals: number;
  /** At random: steps are exponential with mean `stepCount`, and `originCount` is the count at the last arrival. */
  poisson: boolean;
  groupSize: number;
  /** Records still to come of the last arrival. */
  groupLeft: number;
  /** Time of the last arrival; Infinity when there is none any more. */
  lastUs: number;
}

function profileOfSettings(settings: WorkloadSettings): RateProfile {
  const number = (name: string) => numberSetting(settings, `workload.${name}`);
  const us = (name: string) => Math.round(number(name) * 1000);
  const shape = textSetting(settings, 'workload.shape');
  const rate = number('rate');
  switch (shape) {
    case 'constant':
    case 'poisson':
      return constantProfile(rate);
    case 'ramp':
      return rampProfile(rate, number('ramp.rate'), us('ramp.ms'));
    case 'sine':
      return sineProfile(rate, number('sine.amplitude'), us('sine.period.ms'));
    case 'bursts':
      return burstProfile(rate, number('burst.rate'), us('burst.ms'), us('burst.every.ms'));
    default:
      throw new Error(`workload.shape is "${shape}"; it must be constant, poisson, ramp, sine, bursts or replay.`);
  }
}

/** Arrivals of a workload (any shape but replay) from its start. */
export function compileArrivalTimes(settings: WorkloadSettings): ArrivalTimes {
  const shape = textSetting(settings, 'workload.shape');
  const poisson = shape === 'poisson' || (shape !== 'constant' && textSetting(settings, 'workload.arrivals') === 'poisson');
  const groupSize = numberSetting(settings, 'workload.group.size');
  return {
    profile: profileOfSettings(settings),
    cursor: { cycle: 0, piece: 0 },
    startUs: Math.round(numberSetting(settings, 'workload.start.ms') * 1000),
    originCount: 0,
    stepCount: groupSize * 1e6,
    arrivals: 0,
    poisson,
    groupSize,
    groupLeft: 0,
    lastUs: 0,
  };
}

/**
 * Moves new settings' arrivals to `nowUs`: the shape's clock runs on from the workload's start as if it had always been this one, and the part of
 * the way to the next arrival that lay behind under the old settings still counts. `before` is null when nothing arrived yet.
 */
export function continueArrivals(times: ArrivalTimes, nowUs: number, before: { times: ArrivalTimes; lastArrivalUs: number } | null): void {
  if (nowUs < times.startUs || (nowUs === times.startUs && before === null)) return;
  const here = countUntil(times.profile, nowUs - times.startUs);
  let gone = 0;
  if (before !== null && before.times.startUs <= nowUs) {
    const old = before.times;
    const fromUs = Math.max(0, before.lastArrivalUs - old.startUs);
    gone = Math.min(1, (countUntil(old.profile, nowUs - old.startUs) - countUntil(old.profile, fromUs)) / old.stepCount);
  }
  times.originCount = times.poisson ? here : here + (1 - gone) * times.stepCount;
  times.lastUs = nowUs;
}

const steps = new Float64Array(1024);

/**
 * Fills `target[0..n)` with the times of the next n records, whole microseconds that never decrease; a record that never comes has the time
 * Infinity. Even arrival number n under a constant rate is at start + round(n × 10^6 / rate), without drift.
 */
export function drawTimes(times: ArrivalTimes, stream: RandomStream, target: Float64Array, n: number): void {
  let filled = 0;
  while (filled < n && times.groupLeft > 0) {
    target[filled++] = times.lastUs;
    times.groupLeft--;
  }
  const { groupSize } = times;
  if (groupSize === 1) {
    drawArrivals(times, stream, target, filled, n);
    return;
  }
  while (filled < n) {
    const arrivals = Math.min(steps.length, Math.ceil((n - filled) / groupSize));
    drawArrivals(times, stream, steps, 0, arrivals);
    for (let i = 0; i < arrivals; i++) {
      const records = Math.min(groupSize, n - filled);
      target.fill(steps[i], filled, filled + records);
      filled += records;
      times.groupLeft = groupSize - records;
    }
  }
}

/** Fills `target[from..to)` with the times of the next arrivals. */
function drawArrivals(times: ArrivalTimes, stream: RandomStream, target: Float64Array, from: number, to: number): void {
  const { profile, cursor, startUs, stepCount } = times;
  const firstArrival = times.arrivals - from;
  let last = times.lastUs;
  if (times.poisson) {
    sampleInto({ kind: 'exponential', mean: stepCount }, stream, target, from, to);
    let count = times.originCount;
    for (let i = from; i < to; i++) {
      count += target[i];
      const timeUs = startUs + Math.round(timeOfCount(profile, cursor, count));
      target[i] = last = timeUs > last ? timeUs : last;
    }
    times.originCount = count;
  } else if (profile.rates.length === 1 && profile.rates[0] > 0) {
    const rate = profile.rates[0];
    const { originCount } = times;
    for (let i = from; i < to; i++) target[i] = startUs + Math.round((originCount + (firstArrival + i) * stepCount) / rate);
    if (to > from) last = target[to - 1];
  } else {
    for (let i = from; i < to; i++) {
      const count = times.originCount + (firstArrival + i) * stepCount;
      const timeUs = startUs + Math.round(timeOfCount(profile, cursor, count));
      target[i] = last = timeUs > last ? timeUs : last;
    }
  }
  times.arrivals += to - from;
  times.lastUs = last;
}
