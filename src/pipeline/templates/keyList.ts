import { failure, type ParseFailure } from '../expressions/syntax.ts';

export interface WeightedKey {
  readonly text: string;
  readonly weight: number;
}

const weightMax = 1e9;

/**
 * Parses `key.list`: one key a line, `text*3` for three times the weight. Blank lines are skipped; a key that itself ends in `*3` is written
 * `text*3*1`. The list may not be empty.
 */
export function parseKeyList(lines: readonly string[]): { readonly ok: true; readonly keys: readonly WeightedKey[] } | ParseFailure {
  const keys: WeightedKey[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const match = /^(.*)\*\s*(-?\d+(?:\.\d+)?)\s*$/s.exec(line);
    const text = (match ? match[1]! : line).trim();
    const weight = match ? Number(match[2]) : 1;
    if (text === '') return failure(1, `"${line.trim()}" has a weight and no key.`, 'Write the key before the *.', index + 1);
    if (!(weight > 0 && weight <= weightMax)) {
      return failure(
        line.lastIndexOf('*') + 2,
        `The weight of "${text}" is ${match![2]}.`,
        'Use a weight above 0 and at most 1000000000, or remove the line.',
        index + 1,
      );
    }
    keys.push({ text, weight });
  }
  if (keys.length === 0) return failure(1, 'The list of keys is empty.', 'Write one key a line, or choose another key shape.');
  return { ok: true, keys };
}
