import type { AliasTable } from './alias.ts';
import { aliasAt, createAliasTable } from './alias.ts';
import { furtherBase, fillPositions, positionAt, uniformAt } from './keyDraws.ts';
import type { KeyTable } from './keys.ts';
import { internKey, registerKeyRange } from './keys.ts';
import type { WorkloadSettings } from './settings.ts';
import { listSetting, numberSetting, textSetting } from './settings.ts';
import { zipfRankAt } from './zipf.ts';

/**
 * How keys are chosen, compiled. The key of record n follows from n and `base` alone, a hash instead of a stream, so it can be told again when a
 * record met later asks for the key its source gave it. `base` comes from `hashBase`.
 */
export type KeyChoice =
  | { readonly shape: 'none' }
  | { readonly shape: 'sequential'; readonly first: number; readonly count: number }
  | { readonly shape: 'uniform'; readonly first: number; readonly count: number; readonly base: number }
  | { readonly shape: 'zipf'; readonly first: number; readonly count: number; readonly exponent: number; readonly base: number }
  | { readonly shape: 'hot'; readonly first: number; readonly count: number; readonly share: number; readonly base: number }
  | { readonly shape: 'list'; readonly ids: Int32Array; readonly table: AliasTable; readonly base: number };

/** Text and weight of one line of `key.list`: `text*3` is three times as likely as `text`; a star without a positive number belongs to the text. */
export function parseListedKey(line: string): { text: string; weight: number } {
  const match = /^(.*)\*(\d+(?:\.\d+)?)$/s.exec(line);
  const weight = match === null ? 0 : Number(match[2]);
  return match !== null && weight > 0 && weight < Infinity ? { text: match[1], weight } : { text: line, weight: 1 };
}

/** Registers the keys of a producer and compiles how they are chosen. An empty list gives records without a key. */
export function compileKeyChoice(table: KeyTable, settings: WorkloadSettings, base: number): KeyChoice {
  const shape = textSetting(settings, 'key.shape');
  if (shape === 'none') return { shape };
  if (shape === 'list') {
    const keys = listSetting(settings, 'key.list').map(parseListedKey);
    if (keys.length === 0) return { shape: 'none' };
    const ids = Int32Array.from(keys, ({ text }) => internKey(table, text));
    return { shape, ids, table: createAliasTable(Float64Array.from(keys, ({ weight }) => weight)), base };
  }
  const count = numberSetting(settings, 'key.count');
  const first = registerKeyRange(table, textSetting(settings, 'key.prefix'), count);
  switch (shape) {
    case 'sequential':
      return { shape, first, count };
    case 'uniform':
      return { shape, first, count, base };
    case 'zipf':
      return { shape, first, count, exponent: numberSetting(settings, 'key.zipf.exponent'), base };
    case 'hot':
      return { shape, first, count, share: numberSetting(settings, 'key.hot.share'), base };
    default:
      throw new Error(`key.shape is "${shape}"; it must be none, sequential, uniform, zipf, hot or list.`);
  }
}

/** Id of the key of record `sequence`, -1 for a null key. */
export function keyAtSequence(choice: KeyChoice, sequence: number): number {
  switch (choice.shape) {
    case 'none':
      return -1;
    case 'sequential':
      return choice.first + (sequence % choice.count);
    case 'uniform':
      return choice.first + positionAt(choice.base, sequence, choice.count);
    case 'zipf':
      return choice.first + zipfRankAt(choice, sequence) - 1;
    case 'hot': {
      const { first, count, share, base } = choice;
      if (count === 1 || uniformAt(base, sequence) < share) return first;
      return first + 1 + positionAt(furtherBase(base, 2), sequence, count - 1);
    }
    case 'list':
      return choice.ids[aliasAt(choice.table, choice.base, sequence)];
  }
}

/** Fills `keys[0..n)` with the ids of the keys of the n records from `sequence` on, -1 for null keys. */
export function fillKeys(choice: KeyChoice, sequence: number, keys: Int32Array, n: number): void {
  switch (choice.shape) {
    case 'none':
      keys.fill(-1, 0, n);
      return;
    case 'uniform':
      fillPositions(choice.base, sequence, choice.first, choice.count, keys, n);
      return;
    default:
      for (let i = 0; i < n; i++) keys[i] = keyAtSequence(choice, sequence + i);
  }
}
