import { failure, type ParseFailure } from '../expressions/syntax.ts';

export interface ServiceTable {
  readonly ok: true;
  /** Milliseconds, one for each weight, in the order written. */
  readonly valuesMs: readonly number[];
  /** Not normalised; all at least 0, their sum above 0. */
  readonly weights: readonly number[];
}

const valueMsMax = 86_400_000;
const entriesMax = 1_000;
const numberPattern = /^(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?$/;

/** Parses `service.time.table`: `ms:weight` pairs separated by commas or line ends; a missing weight is 1. */
export function parseServiceTable(text: string): ServiceTable | ParseFailure {
  const valuesMs: number[] = [];
  const weights: number[] = [];
  let column = 1;
  for (const part of text.split(/[,\n]/)) {
    const start = column + (part.length - part.trimStart().length);
    column += part.length + 1;
    const entry = part.trim();
    if (entry === '') continue;
    const [value = '', weight = '1', ...more] = entry.split(':').map((side) => side.trim());
    if (more.length > 0 || !numberPattern.test(value) || !numberPattern.test(weight)) {
      return failure(start, `"${entry}" is not a pair of a time in ms and a weight.`, 'Write for example 1:0.9, 10:0.1.');
    }
    if (Number(value) > valueMsMax) return failure(start, `${value} ms is longer than a day.`, `Use at most ${valueMsMax} ms.`);
    if (Number(weight) > 1e12) return failure(start, `The weight ${weight} is too large.`, 'Use at most 1e12.');
    valuesMs.push(Number(value));
    weights.push(Number(weight));
    if (valuesMs.length > entriesMax)
      return failure(start, `The table has more than ${entriesMax} pairs.`, 'Group measured times into fewer pairs.');
  }
  if (valuesMs.length === 0) return failure(1, 'The table is empty.', 'Write for example 1:0.9, 10:0.1.');
  if (!weights.some((weight) => weight > 0)) return failure(1, 'All weights are 0.', 'Give at least one time a weight above 0.');
  return { ok: true, valuesMs, weights };
}
