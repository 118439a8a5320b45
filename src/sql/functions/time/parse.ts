import { daysInMonth, daysOf, dayMs, isLeapYear, parseOffset } from '../../types/calendar.ts';
import { dayNames, monthNames, patternOf, type PatternPart } from './pattern.ts';
import { momentOf, zoneOf, type Zone } from './zones.ts';

/** What a text said of each field, by the letter that reads it: y (year), M, d, D, H, h, a, m, s, S (nanoseconds), A (milliseconds of the day). */
export interface Fields {
  readonly numbers: ReadonlyMap<string, number>;
  readonly zone: Zone | null;
}

interface State {
  at: number;
  readonly numbers: Map<string, number>;
  zone: Zone | null;
}

/** The field that a letter reads; letters that mean the same share one. */
const fieldOf: Readonly<Record<string, string>> = { u: 'y', Y: 'y', L: 'M', K: 'K', k: 'k', N: 'N', n: 'S' };

type Letter = Extract<PatternPart, { kind: 'letter' }>;

class Reader {
  private readonly text: string;
  private readonly lower: string;

  constructor(text: string) {
    this.text = text;
    this.lower = text.toLowerCase();
  }

  fail(at: number): never {
    throw new Error(`Text '${this.text}' could not be parsed at index ${at}`);
  }

  parts(parts: readonly PatternPart[], state: State): void {
    parts.forEach((part, i) => this.part(part, parts[i + 1], state));
  }

  private part(part: PatternPart, next: PatternPart | undefined, state: State): void {
    if (part.kind === 'text') return this.word(part.text, state);
    if (part.kind === 'optional') return this.optional(part.parts, state);
    this.letter(part, next, state);
  }

  private word(text: string, state: State): void {
    if (!this.lower.startsWith(text.toLowerCase(), state.at)) this.fail(state.at);
    state.at += text.length;
  }

  private optional(parts: readonly PatternPart[], state: State): void {
    const inner: State = { at: state.at, numbers: new Map(state.numbers), zone: state.zone };
    try {
      this.parts(parts, inner);
    } catch {
      return;
    }
    state.at = inner.at;
    state.zone = inner.zone;
    inner.numbers.forEach((value, field) => state.numbers.set(field, value));
  }

  private letter(part: Letter, next: PatternPart | undefined, state: State): void {
    const { letter, count } = part;
    if ('VvzOXxZ'.includes(letter)) return this.zone(letter, state);
    if (letter === 'a') return this.set(state, 'a', this.oneOf(['AM', 'PM'], state));
    if (letter === 'G') return void this.oneOf(['BC', 'AD'], state);
    if ('ML'.includes(letter) && count >= 3) return this.set(state, 'M', this.name(monthNames, count, state) + 1);
    if ('Ee'.includes(letter) && (letter === 'E' || count >= 3)) return void this.name(dayNames, count === 4 ? 4 : 3, state);
    const start = state.at;
    const value = this.number(letter, count, next?.kind === 'letter' && !'VvzOXxZaG'.includes(next.letter), state);
    this.set(
      state,
      fieldOf[letter] ?? letter,
      letter === 'S' ? value * Math.round(1e9 / Number(`1${'0'.repeat(state.at - start)}`)) : value,
    );
  }

  private set(state: State, field: string, value: number): void {
    const known = state.numbers.get(field);
    if (known !== undefined && known !== value) this.fail(state.at);
    state.numbers.set(field, value);
  }

  private oneOf(words: readonly string[], state: State): number {
    const found = words.findIndex((word) => this.lower.startsWith(word.toLowerCase(), state.at));
    if (found < 0) this.fail(state.at);
    state.at += words[found]!.length;
    return found;
  }

  private name(names: readonly string[], count: number, state: State): number {
    return this.oneOf(count === 4 ? names : names.map((name) => name.slice(0, 3)), state);
  }

  /** Digits of a field: exactly as many as letters, or up to 19 where one letter stands alone; a year may have a sign and more than four. */
  private number(letter: string, count: number, isAdjacent: boolean, state: State): number {
    const isYear = 'uyY'.includes(letter);
    const signed = isYear && count !== 2 ? /^[+-]/.exec(this.text.slice(state.at)) : null;
    if (signed !== null) state.at++;
    const isFixed = letter === 'S' || isAdjacent || (count > 1 && !isYear) || (isYear && count === 2);
    const most = count === 1 && !isAdjacent && letter !== 'S' ? 19 : isFixed ? count : 15;
    const digits = /^\d*/.exec(this.text.slice(state.at, state.at + most))![0];
    if (digits.length < count || (isYear && count >= 4 && digits.length > count && signed === null)) this.fail(state.at);
    state.at += digits.length;
    const value = Number(digits);
    if (isYear && count === 2) return 2000 + value;
    return signed?.[0] === '-' ? -value : value;
  }

  private zone(letter: string, state: State): void {
    const rest = this.text.slice(state.at);
    const pattern = 'XxZ'.includes(letter)
      ? /^(?:Z|z|GMT|[+-]\d{2}(?::?\d{2}){0,2})/
      : /^(?:(?:GMT|UTC|UT)?[+-]\d{1,2}(?::?\d{2}){0,2}|[A-Za-z][\w/+-]*)/;
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) this.fail(state.at);
    state.at += found.length;
    const offset = parseOffset(found);
    state.zone = offset === null ? zoneOf(found) : { id: found, offsetAt: () => offset };
  }
}

/** What a text says by a pattern, letters in any case. Throws where it does not say it. */
export function readByPattern(pattern: string, text: string): Fields {
  const { fields, at } = read(pattern, text);
  if (at !== text.length) throw new Error(`Text '${text}' could not be parsed, unparsed text found at index ${at}`);
  return fields;
}

/** What the beginning of a text says by a pattern; what comes after it is passed over (`FastDateFormat.parse`). */
export const readBeginning = (pattern: string, text: string): Fields => read(pattern, text).fields;

function read(pattern: string, text: string): { readonly fields: Fields; readonly at: number } {
  const state: State = { at: 0, numbers: new Map(), zone: null };
  new Reader(text).parts(patternOf(pattern), state);
  return { fields: state, at: state.at };
}

const within = (value: number, low: number, high: number, what: string): number => {
  if (value < low || value > high) throw new Error(`Invalid value for ${what} (valid values ${low} - ${high}): ${value}`);
  return value;
};

/** The hour of the day by whichever letters said it; null where none did. */
function hourOf({ numbers }: Fields): number | null {
  const [H, k, h, K, a] = ['H', 'k', 'h', 'K', 'a'].map((letter) => numbers.get(letter));
  if (H !== undefined) return within(H, 0, 23, 'HourOfDay');
  if (k !== undefined) return within(k, 1, 24, 'ClockHourOfDay') % 24;
  const half = h === undefined ? K : within(h, 1, 12, 'ClockHourOfAmPm') % 12;
  if (half === undefined || a === undefined) return null;
  return within(half, 0, 11, 'HourOfAmPm') + 12 * a;
}

/** Milliseconds of the day that fields say; parts that they do not say are 0, null where they say no hour and nothing finer. */
export function timeOf(fields: Fields): number | null {
  const { numbers } = fields;
  const whole = numbers.get('A') ?? (numbers.has('N') ? numbers.get('N')! / 1e6 : undefined);
  if (whole !== undefined) return Math.floor(within(whole, 0, dayMs - 1, 'MilliOfDay'));
  const hour = hourOf(fields);
  const [minute, second, nano] = [numbers.get('m'), numbers.get('s'), numbers.get('S')];
  if (hour === null && minute === undefined && second === undefined && nano === undefined) return null;
  return (
    (((hour ?? 0) * 60 + within(minute ?? 0, 0, 59, 'MinuteOfHour')) * 60 + within(second ?? 0, 0, 59, 'SecondOfMinute')) * 1000 +
    Math.floor((nano ?? 0) / 1e6)
  );
}

export const saysTime = (fields: Fields): boolean => hourOf(fields) !== null || fields.numbers.has('A') || fields.numbers.has('N');
export const saysDate = ({ numbers }: Fields): boolean => ['y', 'M', 'd', 'D', 'Q'].some((letter) => numbers.has(letter));

/** Days since 1970 that fields say, year, month and day that they do not say being those of 1970-01-01; `smart` holds a day within its month. */
export function dateOf({ numbers }: Fields, smart = true): number {
  const year = numbers.get('y') ?? 1970;
  const ordinal = numbers.get('D');
  if (ordinal !== undefined) {
    if (ordinal === 366 && !numbers.has('y')) throw new Error('Leap day cannot be parsed without supplying the year field');
    return daysOf(year, 1, 1) + within(ordinal, 1, isLeapYear(year) ? 366 : 365, 'DayOfYear') - 1;
  }
  const month = within(numbers.get('M') ?? 1, 1, 12, 'MonthOfYear');
  const day = within(numbers.get('d') ?? 1, 1, 31, 'DayOfMonth');
  const last = daysInMonth(year, month);
  if (day > last && !smart) throw new Error(`Invalid date '${month}/${day}'`);
  return daysOf(year, month, Math.min(day, last));
}

/** The moment that a text says by a pattern, in a zone where it names none (`StringToTimestampParser`). Throws where it does not say it. */
export function parseMoment(pattern: string, text: string, zone: Zone): number {
  const fields = readByPattern(pattern, text);
  return momentOf(dateOf(fields) * dayMs + (timeOf(fields) ?? 0), fields.zone ?? zone);
}
