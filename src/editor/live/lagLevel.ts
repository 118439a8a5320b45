/** How a reader stands: what its colour, its icon and its words derive from. */
export type LagLevel = 'calm' | 'rising' | 'breached';

/** Below this many seconds a reader keeps up, whatever the trend says. */
const calmBelowSeconds = 1;
/** From here on it is breached even when it catches up. */
const breachedFromSeconds = 30;
/** From here on it is breached while the lag still grows. */
const breachedWhenGrowingFromSeconds = 5;
/** Records a second; a smaller drift is noise. */
const trendNoisePerSecond = 0.5;

/** Level of a lag in seconds with its trend in records a second; NaN (no such number now) is calm. */
export function lagLevel(lagSeconds: number, lagTrendPerSecond: number): LagLevel {
  if (!(lagSeconds >= calmBelowSeconds)) return 'calm';
  if (lagSeconds >= breachedFromSeconds) return 'breached';
  return lagSeconds >= breachedWhenGrowingFromSeconds && lagTrendPerSecond > trendNoisePerSecond ? 'breached' : 'rising';
}

/** The mark that says the same as the colour: a tick when calm, else the direction in which the lag moves. */
export function lagMark(level: LagLevel, lagTrendPerSecond: number): '✓' | '▲' | '▼' | '→' {
  if (level === 'calm') return '✓';
  if (lagTrendPerSecond > trendNoisePerSecond) return '▲';
  return lagTrendPerSecond < -trendNoisePerSecond ? '▼' : '→';
}
