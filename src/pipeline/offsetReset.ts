/** Where a group begins that has no offset to go on from: `auto.offset.reset` and `share.auto.offset.reset`, with durations as java.time.Duration reads them (KIP-1106). */
export interface OffsetReset {
  readonly strategy: 'earliest' | 'latest' | 'none' | 'by_duration';
  /** Counts with `by_duration` alone. */
  readonly durationUs: number;
}

const strategies = ['earliest', 'latest', 'none'] as const;
const durationPattern = /^by_duration:P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?$/i;

/** Kafka's AutoOffsetResetStrategy.fromString; null for what it refuses, and for durations beyond what the run's clock can tell. */
export function parseOffsetReset(text: string): OffsetReset | null {
  const strategy = strategies.find((name) => name === text);
  if (strategy !== undefined) return { strategy, durationUs: 0 };
  const match = text.startsWith('by_duration:') ? durationPattern.exec(text) : null;
  if (match === null) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const durationUs = Math.round((((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1e6);
  return Number.isSafeInteger(durationUs) ? { strategy: 'by_duration', durationUs } : null;
}
