/** Numbers and names in sentences about lag: units always. */

/** `1,234` */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 record`, `20 records` */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${Math.round(value) === 1 ? '' : 's'}`;

const short = (value: number): string => String(Number(value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)));

/** `412 records/s` */
export const perSecond = (value: number): string => `${Math.abs(value) >= 1_000 ? count(value) : short(value)} records/s`;

/** `340 ms`, `3.2 s`, `4.5 min`, `2 h` */
export function time(seconds: number): string {
  if (seconds < 1) return `${short(seconds * 1000)} ms`;
  if (seconds < 120) return `${short(seconds)} s`;
  return seconds < 7_200 ? `${short(seconds / 60)} min` : `${short(seconds / 3_600)} h`;
}

/** `81 %` */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `a`, `a and b`, `a, b and 3 more` */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  return shown.length < 2 ? (shown[0] ?? 'none') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`;
}

/** `is`, or `are` for anything but one. */
export const be = (value: number): string => (Math.round(value) === 1 ? 'is' : 'are');
