/** Numbers as people read them: three figures, a unit always, a thin set of prefixes. NaN is "no such number now" and reads as a dash. */

const none = '–';

function figures(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return value.toFixed(0);
  return magnitude >= 10 ? trimmed(value.toFixed(1)) : trimmed(value.toFixed(magnitude >= 1 || magnitude === 0 ? 1 : 2));
}

function trimmed(text: string): string {
  return text.replace(/\.0+$/, '');
}

/** `1234` as `1.2 k`, `98` as `98`. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value)) return none;
  const magnitude = Math.abs(value);
  if (magnitude >= 999_500_000) return `${figures(value / 1e9)} G`;
  if (magnitude >= 999_500) return `${figures(value / 1e6)} M`;
  if (magnitude >= 999.5) return `${figures(value / 1e3)} k`;
  return figures(value);
}

/** Records a second: `1.2 k/s`. */
export function formatRate(perSecond: number): string {
  return Number.isFinite(perSecond) ? `${formatShort(perSecond)}/s` : none;
}

/** A whole number with thousands separated: `164,380`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? Math.round(count).toLocaleString('en-US') : none;
}

/** Seconds in the unit people would say: `214 ms`, `52.9 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return none;
  if (seconds < 0) return `−${formatSeconds(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (seconds < 0.001) return `${figures(seconds * 1e6)} µs`;
  if (seconds < 0.9995) return `${figures(seconds * 1e3)} ms`;
  if (seconds < 120) return `${trimmed(seconds.toFixed(1))} s`;
  if (seconds < 7200) return two(Math.floor(seconds / 60), 'min', Math.floor(seconds % 60), 's');
  if (seconds < 172_800) return two(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
  return two(Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3600), 'h');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Milliseconds, as `formatSeconds` says them. */
export function formatMilliseconds(milliseconds: number): string {
  return formatSeconds(milliseconds / 1000);
}

/** Bytes in binary units: `1.8 GiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return none;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${figures(value)} ${units[unit]}`;
}

/** Part of one as per cent: `58 %`. */
export function formatShare(share: number): string {
  return Number.isFinite(share) ? `${figures(share * 100)} %` : none;
}

/** Virtual time as a clock: `00:04:12.380`, days before it when there are any. */
export function formatClock(timeUs: number): string {
  if (!Number.isFinite(timeUs)) return '--:--:--.---';
  const milliseconds = Math.floor(timeUs / 1000);
  const pad = (value: number, width: number) => String(value).padStart(width, '0');
  const seconds = Math.floor(milliseconds / 1000);
  const hours = Math.floor(seconds / 3600);
  const days = Math.floor(hours / 24);
  const clock = `${pad(hours % 24, 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}.${pad(milliseconds % 1000, 3)}`;
  return days > 0 ? `${days} d ${clock}` : clock;
}

/** Virtual time to the millisecond, as short as it goes: `4:12.380`. */
export function formatInstant(timeUs: number): string {
  if (!Number.isFinite(timeUs)) return none;
  return `${formatMoment(timeUs)}.${String(Math.floor(timeUs / 1000) % 1000).padStart(3, '0')}`;
}

/** Virtual time on an axis or a label, without milliseconds it doesn't need: `4:12`, `1:04:12`. */
export function formatMoment(timeUs: number): string {
  if (!Number.isFinite(timeUs)) return none;
  const seconds = timeUs / 1e6;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = Math.floor(seconds % 60);
  const pad = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}
