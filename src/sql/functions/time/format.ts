import { civilOf, dayMs, padded, yearText } from '../../types/calendar.ts';
import { dayNames, monthNames, patternOf, type PatternPart } from './pattern.ts';
import { dayOfYear, weekdayOf, type Zone } from './zones.ts';

/** What is printed: a day, a time of the day, a moment in a zone. Absent parts cannot be printed. */
export interface Printable {
  readonly days: number | null;
  readonly ms: number | null;
  readonly zone: Zone | null;
  readonly offset: number;
}

/** A moment in a zone. */
export function zoned(utcMs: number, zone: Zone): Printable {
  const offset = zone.offsetAt(utcMs);
  const days = Math.floor((utcMs + offset) / dayMs);
  return { days, ms: utcMs + offset - days * dayMs, zone, offset };
}

type Printer = (value: Printable, count: number) => string;

const dayOf = ({ days }: Printable): number => {
  if (days === null) throw new Error('Unsupported field: a time of the day has no date');
  return days;
};

const msOf = ({ ms }: Printable): number => {
  if (ms === null) throw new Error('Unsupported field: a date has no time of the day');
  return ms;
};

const hourOf = (value: Printable): number => Math.floor(msOf(value) / 3_600_000);

function named(names: readonly string[], index: number, count: number): string {
  const name = names[index]!;
  return count === 4 ? name : count === 5 ? name.slice(0, 1) : name.slice(0, 3);
}

const number = (value: number, count: number): string => (value < 0 ? `-${padded(-value, count)}` : padded(value, count));

function year(value: Printable, count: number): string {
  const { year: y } = civilOf(dayOf(value));
  if (count === 2) return padded(((y % 100) + 100) % 100, 2);
  return count === 4 ? yearText(y) : number(y, count);
}

const month: Printer = (value, count) => {
  const { month: m } = civilOf(dayOf(value));
  return count < 3 ? padded(m, count) : named(monthNames, m - 1, count);
};

const weekday: Printer = (value, count) => named(dayNames, weekdayOf(dayOf(value)) - 1, count < 4 ? 3 : count);

function offsetText(offset: number, count: number, zero: string): string {
  if (offset === 0 && zero !== '') return zero;
  const seconds = Math.abs(offset) / 1000;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const colon = count === 3 || count === 5 ? ':' : '';
  const sign = offset < 0 ? '-' : '+';
  const base = `${sign}${padded(hours, 2)}${count === 1 && minutes === 0 ? '' : `${colon}${padded(minutes, 2)}`}`;
  return count > 3 && rest !== 0 ? `${base}${colon}${padded(rest, 2)}` : base;
}

function zoneName(value: Printable, count: number): string {
  const { zone } = value;
  if (zone === null) throw new Error('Unable to extract ZoneId from temporal');
  if (/^(Z|UTC|GMT|UT)$/.test(zone.id)) return zone.id === 'Z' ? 'Z' : zone.id;
  if (/^[+-]/.test(zone.id)) return offsetText(value.offset, 3, 'Z');
  const style = count < 4 ? 'short' : 'long';
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone.id, timeZoneName: style });
  const moment = dayOf(value) * dayMs + msOf(value) - value.offset;
  return format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? zone.id;
}

const printers: Readonly<Record<string, Printer>> = {
  G: (value) => (civilOf(dayOf(value)).year > 0 ? 'AD' : 'BC'),
  u: year,
  y: (value, count) => {
    const { year: y } = civilOf(dayOf(value));
    return y > 0 ? year(value, count) : number(1 - y, count);
  },
  M: month,
  L: month,
  d: (value, count) => padded(civilOf(dayOf(value)).day, count),
  D: (value, count) => padded(dayOfYear(dayOf(value)), count),
  Q: (value, count) => padded(Math.ceil(civilOf(dayOf(value)).month / 3), count),
  E: weekday,
  e: (value, count) => (count < 3 ? padded((weekdayOf(dayOf(value)) % 7) + 1, count) : weekday(value, count)),
  F: (value, count) => padded(Math.ceil(civilOf(dayOf(value)).day / 7), count),
  a: (value) => (hourOf(value) < 12 ? 'AM' : 'PM'),
  h: (value, count) => padded(((hourOf(value) + 11) % 12) + 1, count),
  K: (value, count) => padded(hourOf(value) % 12, count),
  k: (value, count) => padded(hourOf(value) || 24, count),
  H: (value, count) => padded(hourOf(value), count),
  m: (value, count) => padded(Math.floor(msOf(value) / 60_000) % 60, count),
  s: (value, count) => padded(Math.floor(msOf(value) / 1000) % 60, count),
  S: (value, count) => `${padded(msOf(value) % 1000, 3)}000000`.slice(0, count),
  A: (value, count) => padded(msOf(value), count),
  n: (value, count) => padded((msOf(value) % 1000) * 1_000_000, count),
  N: (value, count) => padded(msOf(value) * 1_000_000, count),
  V: (value) => {
    if (value.zone === null) throw new Error('Unable to extract ZoneId from temporal');
    return value.zone.id;
  },
  z: zoneName,
  O: ({ offset }, count) => {
    if (offset === 0) return 'GMT';
    const text = offsetText(offset, 3, '');
    return `GMT${count === 4 ? text : text.replace(/([+-])0/, '$1').replace(/:00$/, '')}`;
  },
  X: ({ offset }, count) => offsetText(offset, count, 'Z'),
  x: ({ offset }, count) => offsetText(offset, count, ''),
  Z: ({ offset }, count) => {
    if (count < 4) return offsetText(offset, 2, '');
    return count === 4 ? (offset === 0 ? 'GMT' : `GMT${offsetText(offset, 3, '')}`) : offsetText(offset, 5, 'Z');
  },
};

function partText(part: PatternPart, value: Printable): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'letter') {
    const print = printers[part.letter];
    if (print === undefined) throw new Error(`Letter '${part.letter}' of date and time patterns is not supported.`);
    return print(value, part.count);
  }
  try {
    return part.parts.map((inner) => partText(inner, value)).join('');
  } catch {
    // An optional section that cannot be printed is left out.
    return '';
  }
}

/** A date, time or moment by a pattern. Throws where the pattern asks for what there is not. */
export const formatByPattern = (pattern: string, value: Printable): string =>
  patternOf(pattern)
    .map((part) => partText(part, value))
    .join('');
