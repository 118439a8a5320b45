import { dayMs } from '../../types/calendar.ts';
import { bound, lenient, strict, type ScalarFunction } from '../library.ts';
import { formatByPattern, zoned } from './format.ts';
import { dateOf, parseMoment, readBeginning, readByPattern, saysDate, saysTime, timeOf } from './parse.ts';
import { utc, zoneOf } from './zones.ts';

/** Functions of dates, times and timestamps (`udf.datetime`). The zone of the machine is UTC. */

const unitMs: Readonly<Record<string, number>> = {
  DAYS: dayMs,
  HOURS: 3_600_000,
  MINUTES: 60_000,
  SECONDS: 1000,
  MILLISECONDS: 1,
};

/** Milliseconds of so many units (`TimeUnit.toMillis`). */
function milliseconds(unit: string, interval: number): number {
  const each = unitMs[unit];
  if (each === undefined) throw new Error(`'${unit}' is no unit of time. Write DAYS, HOURS, MINUTES, SECONDS or MILLISECONDS.`);
  return interval * each;
}

const wrapped = (ms: number): number => ((ms % dayMs) + dayMs) % dayMs;

function shifts(name: string, sign: 1 | -1, type: string, shifted: (value: number, ms: number) => number): ScalarFunction {
  return strict(name, `INTERVAL unit, INT interval, ${type} value`, type, (unit: string, interval: number, value: number) =>
    shifted(value, sign * milliseconds(unit, interval)),
  );
}

/** A failure said with what failed, as ksqlDB does. */
function explained<T>(what: string, text: string | number, pattern: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw new Error(`Failed to ${what} '${text}' with formatter '${pattern}': ${(error as Error).message}`, { cause: error });
  }
}

const dateOnly = (days: number) => ({ days, ms: null, zone: null, offset: 0 });
const timeOnly = (ms: number) => ({ days: null, ms, zone: null, offset: 0 });

function parseDate(text: string, pattern: string): number {
  return explained('parse date', text, pattern, () => {
    const fields = readBeginning(pattern, text);
    if ((timeOf(fields) ?? 0) !== 0) throw new Error('Date format contains time field.');
    return dateOf(fields);
  });
}

function parseTime(text: string, pattern: string): number {
  return explained('parse time', text, pattern, () => {
    const fields = readByPattern(pattern, text);
    if (saysDate(fields)) throw new Error('Time format contains date field.');
    if (!saysTime(fields)) throw new Error(`Unable to obtain LocalTime from '${text}'`);
    return timeOf(fields)!;
  });
}

const parseTimestamp = (text: string, pattern: string, zone = 'GMT'): number =>
  explained('parse timestamp', text, pattern, () => parseMoment(pattern, text, zoneOf(zone)));

const formatTimestamp = (ms: number, pattern: string, zone = 'GMT'): string =>
  explained('format timestamp', ms, pattern, () => formatByPattern(pattern, zoned(ms, zoneOf(zone))));

function convertTz(ms: number, from: string, to: string): number {
  return ms + zoneOf(to).offsetAt(ms) - zoneOf(from).offsetAt(ms);
}

/** Functions from before there were types of time: days and milliseconds as numbers. */
const older: readonly ScalarFunction[] = [
  strict('datetostring', 'INT epochDays, VARCHAR formatPattern', 'VARCHAR', (days: number, pattern: string) =>
    explained('format date', days, pattern, () => formatByPattern(pattern, dateOnly(days))),
  ),
  strict('stringtodate', 'VARCHAR formattedDate, VARCHAR formatPattern', 'INT', (text: string, pattern: string) =>
    explained('parse date', text, pattern, () => {
      const fields = readByPattern(pattern, text);
      if (!fields.numbers.has('y')) throw new Error(`Unable to obtain LocalDate from '${text}'`);
      return dateOf(fields);
    }),
  ),
  ...['VARCHAR formattedTimestamp, VARCHAR formatPattern', 'VARCHAR formattedTimestamp, VARCHAR formatPattern, VARCHAR timeZone'].map(
    (parameters) =>
      lenient('stringtotimestamp', parameters, 'BIGINT', (text: string | null, pattern: string | null, zone?: string | null) => {
        if (text === null || pattern === null || zone === null) throw new Error('STRINGTOTIMESTAMP needs a text, a pattern and a zone.');
        return BigInt(parseTimestamp(text, pattern, zone ?? 'Z'));
      }),
  ),
  ...['BIGINT epochMilli, VARCHAR formatPattern', 'BIGINT epochMilli, VARCHAR formatPattern, VARCHAR timeZone'].map((parameters) =>
    strict('timestamptostring', parameters, 'VARCHAR', (ms: bigint, pattern: string, zone = 'Z') =>
      formatTimestamp(Number(ms), pattern, zone),
    ),
  ),
];

const withZone = (parameters: string): readonly string[] => [parameters, `${parameters}, VARCHAR timeZone`];

export const timeFunctions: readonly ScalarFunction[] = [
  strict('convert_tz', 'TIMESTAMP timestamp, VARCHAR fromTimeZone, VARCHAR toTimeZone', 'TIMESTAMP', convertTz),
  shifts('dateadd', 1, 'DATE', (days, ms) => Math.trunc((days * dayMs + ms) / dayMs)),
  shifts('datesub', -1, 'DATE', (days, ms) => Math.trunc((days * dayMs + ms) / dayMs)),
  shifts('timeadd', 1, 'TIME', (time, ms) => wrapped(time + ms)),
  shifts('timesub', -1, 'TIME', (time, ms) => wrapped(time + ms)),
  shifts('timestampadd', 1, 'TIMESTAMP', (moment, ms) => moment + ms),
  shifts('timestampsub', -1, 'TIMESTAMP', (moment, ms) => moment + ms),
  strict('format_date', 'DATE date, VARCHAR formatPattern', 'VARCHAR', (days: number, pattern: string) =>
    explained('format date', days, pattern, () => formatByPattern(pattern, dateOnly(days))),
  ),
  strict('format_time', 'TIME time, VARCHAR formatPattern', 'VARCHAR', (ms: number, pattern: string) =>
    explained('format time', ms, pattern, () => formatByPattern(pattern, timeOnly(ms))),
  ),
  ...withZone('TIMESTAMP timestamp, VARCHAR formatPattern').map((parameters) =>
    strict('format_timestamp', parameters, 'VARCHAR', formatTimestamp),
  ),
  strict('from_days', 'INT days', 'DATE', (days: number) => days),
  strict('from_unixtime', 'BIGINT epochMilli', 'TIMESTAMP', (ms: bigint) => Number(ms)),
  strict('parse_date', 'VARCHAR formattedDate, VARCHAR formatPattern', 'DATE', parseDate),
  strict('parse_time', 'VARCHAR formattedTime, VARCHAR formatPattern', 'TIME', parseTime),
  ...withZone('VARCHAR formattedTimestamp, VARCHAR formatPattern').map((parameters) =>
    strict('parse_timestamp', parameters, 'TIMESTAMP', parseTimestamp),
  ),
  bound('unix_date', '', 'INT', () => (_, context) => Math.floor((context.now() + utc.offsetAt(0)) / dayMs)),
  strict('unix_date', 'DATE date', 'INT', (days: number) => days),
  bound('unix_timestamp', '', 'BIGINT', () => (_, context) => BigInt(context.now())),
  strict('unix_timestamp', 'TIMESTAMP timestamp', 'BIGINT', (ms: number) => BigInt(ms)),
  ...older,
];
