/** Dates and times of the ISO calendar in UTC, as java.time has them: days since 1970-01-01, milliseconds of the day, milliseconds since then. */

export const dayMs = 86_400_000;

export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** The date of a number of days since 1970-01-01. */
export function civilOf(days: number): Civil {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 };
}

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;

export const padded = (value: number, width: number): string => String(value).padStart(width, '0');

export function yearText(year: number): string {
  if (year > 9999) return `+${year}`;
  return year < 0 ? `-${padded(-year, 4)}` : padded(year, 4);
}

/** `LocalDate.toString`. */
export function dateText(days: number): string {
  const { year, month, day } = civilOf(days);
  return `${yearText(year)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** `LocalTime.ofSecondOfDay(…).toString`: without seconds where there are none, never with a fraction (`SqlTimeTypes.formatTime`). */
export function timeText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const text = `${padded(Math.floor(seconds / 3600), 2)}:${padded(Math.floor(seconds / 60) % 60, 2)}`;
  return seconds % 60 === 0 ? text : `${text}:${padded(seconds % 60, 2)}`;
}

/** yyyy-MM-dd'T'HH:mm:ss.SSS in UTC (`SqlTimeTypes.formatTimestamp`). */
export function timestampText(ms: number): string {
  const days = Math.floor(ms / dayMs);
  const rest = ms - days * dayMs;
  const seconds = Math.floor(rest / 1000);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => padded(part, 2)).join(':');
  return `${dateText(days)}T${time}.${padded(rest % 1000, 3)}`;
}

const datePattern = /^([+-]\d{4,9}|\d{4})-(\d{2})-(\d{2})$/;

function checkedDays(text: string): number | null {
  const parts = datePattern.exec(text);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) ? null : daysOf(year, month, day);
}

/** A year or a month made a whole date by its first day (`PartialStringToTimestampParser.completeDate`). */
function completeDate(text: string): string {
  const parts = text.split('-').length;
  return parts === 1 ? `${text}-01-01` : parts === 2 ? `${text}-01` : text;
}

/** Days since 1970-01-01 of a date, a month or a year. Throws where the text is none. */
export function parseDate(text: string): number {
  const days = checkedDays(completeDate(text));
  if (days === null)
    throw new Error(
      `Failed to parse date '${text}': Text '${completeDate(text)}' could not be parsed\nRequired format is: "yyyy-MM-dd", for example '2020-05-26'. Partials are also supported, for example '2020-05'`,
    );
  return days;
}

const timePattern = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{0,9}))?)?$/;

function millisOfDay(text: string): number | null {
  const parts = timePattern.exec(text);
  if (parts === null) return null;
  const [hours, minutes, seconds] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number((parts[4] ?? '').padEnd(3, '0').slice(0, 3));
}

/** Milliseconds of the day of HH:mm[:ss[.SSS]]. Throws where the text is none. */
export function parseTime(text: string): number {
  const ms = millisOfDay(text);
  if (ms === null)
    throw new Error(
      `Failed to parse time '${text}': Text '${text}' could not be parsed\nRequired format is: "HH:mm:ss.SSS", for example: '01:34:20.123' or '01:34:20'. Partials are also supported, for example '01:34'`,
    );
  return ms;
}

const offsetPattern = /^([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/;

/** Milliseconds east of UTC that an offset says: Z, +H, +HH, +HHMM, +HH:MM, +HH:MM:SS; null where it says none. */
export function parseOffset(text: string): number | null {
  if (text === 'Z' || text === 'z') return 0;
  const parts = offsetPattern.exec(text);
  if (parts === null) return null;
  const ms = ((Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * 60 + Number(parts[4] ?? 0)) * 1000;
  return ms > 18 * 3_600_000 ? null : parts[1] === '-' ? -ms : ms;
}

const partialTime = 'HH:mm:ss.SSS';

/** Milliseconds since 1970 of a date with or without a time and an offset, parts left out at the end being zero (`PartialStringToTimestampParser`). */
export function parseTimestamp(text: string): number {
  const t = text.indexOf('T');
  const after = t < 0 ? '' : text.slice(t + 1);
  const sign = after.search(/[+-]/);
  const plus = after.indexOf('+');
  const zoneAt = plus >= 0 ? plus : sign;
  const zone = zoneAt < 0 ? '' : after.slice(zoneAt);
  const given = (zoneAt < 0 ? after : after.slice(0, zoneAt)).replace(/Z$/, '');
  const time = given.length >= partialTime.length ? given : given + partialTime.slice(given.length).replace(/[a-zA-Z]/g, '0');
  const days = checkedDays(t < 0 ? completeDate(text) : text.slice(0, t));
  // The end of a day may be its 24th hour (`ResolverStyle.SMART`).
  const ms = time === '24:00:00.000' ? dayMs : millisOfDay(time);
  const offset = zone.trim() === '' ? 0 : parseOffset(zone);
  if (days === null || ms === null || time.length !== partialTime.length || offset === null)
    throw new Error(
      `Failed to parse timestamp '${text}': Text '${text}' could not be parsed\nRequired format is: "yyyy-MM-dd'T'HH:mm:ss.SSS", with an optional numeric 4-digit timezone, for example: '2020-05-26T23:59:58.000' or with tz: '2020-05-26T23:59:58.000+0200'. A trailing 'Z' instead of tz indicates the zero UTC offset. Partials are also supported, for example "2020-05-26"`,
    );
  return days * dayMs + ms - offset;
}
