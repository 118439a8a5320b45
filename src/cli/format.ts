/** Numbers for people: units always, three significant digits where the last ones say nothing. */

/** Makes text from a document harmless in a terminal: control characters become visible escapes. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- Control characters are what this looks for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Whole numbers in groups of three: `1,234,567`. */
export function formatCount(value: number): string {
  const [whole = '', fraction] = String(Math.round(value * 100) / 100).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 record`, `2 records`. */
export function counted(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Three significant digits, no more than two behind the point, and none that are only zeros. */
function short(value: number): string {
  const amount = Math.abs(value);
  const decimals = amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  return String(Number(value.toFixed(decimals)));
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let amount = value;
  let unit = 0;
  // 999.6 would print as 1000: the next unit begins where rounding reaches it.
  while (unit < units.length - 1 && Math.abs(amount) >= base - 0.5) {
    amount /= base;
    unit++;
  }
  return `${short(amount)} ${units[unit]!}`;
}

/** Records a second: `12.4 k/s`. */
export function formatRate(perSecond: number): string {
  return scaled(perSecond, 1000, ['/s', 'k/s', 'M/s', 'G/s']);
}

/** `1.8 GiB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
}

const durations: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
];

/** `214 ms`, `3.2 s`, `12.5 h`; below a tenth of a millisecond in microseconds. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (Math.abs(ms) < 0.1) return `${short(ms * 1000)} µs`;
  const [size, unit] = durations.find(([candidate]) => Math.abs(ms) >= candidate) ?? [1, 'ms'];
  return `${short(ms / size)} ${unit}`;
}

/** `214 ms ± 6`: the half width in the same unit as the value. */
export function formatWithHalfWidth(ms: number, halfWidthMs: number | null): string {
  const text = formatDuration(ms);
  if (halfWidthMs === null) return text;
  const unit = text.slice(text.indexOf(' ') + 1);
  const size = unit === 'µs' ? 0.001 : (durations.find(([, name]) => name === unit)?.[0] ?? 1);
  return `${text} ± ${short(halfWidthMs / size)}`;
}

/** `61 %`. */
export function formatShare(share: number): string {
  return `${short(share * 100)} %`;
}
