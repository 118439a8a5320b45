/** The last minute of one rate, a sample a virtual second, for sparklines. A ring, so that recording allocates nothing. */
export const historySeconds = 60;

export interface RateHistory {
  readonly samples: Float64Array;
  /** Index of the newest sample. */
  head: number;
  /** Samples held, up to `historySeconds`. */
  count: number;
  /** Virtual second of the newest sample, -1 before the first. */
  second: number;
}

/** An empty history. */
export function newRateHistory(): RateHistory {
  return { samples: new Float64Array(historySeconds), head: 0, count: 0, second: -1 };
}

/** Takes the rate at a virtual time. Seconds that passed unseen (a fast run) hold the new rate; a step back (a reset) starts anew. */
export function recordRate(history: RateHistory, timeUs: number, rate: number): void {
  const second = Math.floor(timeUs / 1_000_000);
  if (second === history.second || !Number.isFinite(rate)) return;
  if (second < history.second) {
    history.count = 0;
    history.second = -1;
  }
  const passed = history.second < 0 ? 1 : Math.min(historySeconds, second - history.second);
  for (let step = 0; step < passed; step += 1) {
    history.head = (history.head + 1) % historySeconds;
    history.samples[history.head] = rate;
  }
  history.count = Math.min(historySeconds, history.count + passed);
  history.second = second;
}

/** The sample `back` seconds before the newest. */
export function rateAgo(history: RateHistory, back: number): number {
  return history.samples[(history.head - back + 2 * historySeconds) % historySeconds]!;
}
