import { formatSeconds } from '../format/numbers.ts';

/** A lag in few letters, for badges and labels: seconds as everywhere, but `10.2 min` and `3.4 h` in one unit. NaN reads as a dash. */
export function formatLag(seconds: number): string {
  if (!(seconds >= 120)) return formatSeconds(seconds);
  if (seconds < 7_200) return `${(seconds / 60).toFixed(1)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}
