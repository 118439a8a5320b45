import { civilOf, dayMs, daysOf, parseOffset } from '../../types/calendar.ts';

/** Zones of time by their names: fixed offsets, and those of the time zone database (`ZoneId.of`). */

export interface Zone {
  readonly id: string;
  /** Milliseconds east of UTC at a moment. */
  readonly offsetAt: (utcMs: number) => number;
}

const fixed = (id: string, offset: number): Zone => ({ id, offsetAt: () => offset });

/** What the database says of a zone's local time, through the host's calendar. */
function named(id: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: id,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch {
    throw new Error(`Unknown time-zone ID: ${id}. Write an offset such as +02:00 or a name such as Europe/London.`);
  }
  return {
    id,
    offsetAt: (utcMs) => {
      const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
      const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
      const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
      const local =
        daysOf(year, number('month'), number('day')) * dayMs + ((number('hour') * 60 + number('minute')) * 60 + number('second')) * 1000;
      return local - Math.floor(utcMs / 1000) * 1000;
    },
  };
}

const zones = new Map<string, Zone>();

function found(id: string): Zone {
  const prefixed = /^(UTC|GMT|UT)(.*)$/.exec(id);
  const offset = parseOffset(prefixed === null ? id : prefixed[2] === '' ? 'Z' : prefixed[2]!);
  return offset === null ? named(id) : fixed(id, offset);
}

/** The zone of a name or an offset. Throws where there is none. */
export function zoneOf(id: string): Zone {
  const known = zones.get(id) ?? found(id);
  zones.set(id, known);
  return known;
}

export const utc = fixed('Z', 0);

/** The moment of a local time in a zone; in a gap the time after it, where clocks are set back the earlier one (`ZonedDateTime.ofLocal`). */
export function momentOf(localMs: number, { offsetAt }: Zone): number {
  const before = offsetAt(localMs - dayMs);
  const after = offsetAt(localMs + dayMs);
  if (offsetAt(localMs - before) === before) return localMs - before;
  if (offsetAt(localMs - after) === after) return localMs - after;
  return localMs - before;
}

/** The day of the week of a day, 1 for Monday. */
export const weekdayOf = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

export const dayOfYear = (days: number): number => days - daysOf(civilOf(days).year, 1, 1) + 1;
