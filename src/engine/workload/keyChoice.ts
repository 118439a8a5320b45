import type { RandomStream } from '../kernel/random.ts';
import { nextBelow, nextUniform } from '../kernel/random.ts';
import type { AliasTable } from './alias.ts';
import { createAliasTable, drawAlias } from './alias.ts';
import type { KeyTable } from './keys.ts';
import { internKey, registerKeyRange } from './keys.ts';
import { fillBelow } from './randomFill.ts';
import type { WorkloadSettings } from './settings.ts';
import { listSetting, numberSetting, textSetting } from './settings.ts';
import { drawZipf } from './zipf.ts';

/** How keys are chosen, compiled. */
export type KeyChoice =
  | { readonly shape: 'none' }
  | { readonly shape: 'sequential'; readonly first: number; readonly count: number; next: number }
  | { readonly shape: 'uniform'; readonly first: number; readonly count: number }
  | { readonly shape: 'zipf'; readonly first: number; readonly count: number; readonly exponent: number }
  | { readonly shape: 'hot'; readonly first: number; readonly count: number; readonly share: number }
  | { readonly shape: 'list'; readonly ids: Int32Array; readonly table: AliasTable };

/** Text and weight of one line of `key.list`: `text*3` is three times as likely as `text`; a star without a positive number belongs to the text. */
export function parseListedKey(line: string): { text: string; weight: number } {
  const match = /^(.*)\*(\d+(?:\.\d+)?)$/s.exec(line);
  const weight = match === null ? 0 : Number(match[2]);
  return match !== null && weight > 0 && weight < Infinity ? { text: match[1], weight } : { text: line, weight: 1 };
}

/** Registers the keys of a producer and compiles how they are chosen. An empty list gives records without a key. */
export function compileKeyChoice(table: KeyTable, settings: WorkloadSettings): KeyChoice {
  const shape = textSetting(settings, 'key.shape');
  if (shape === 'none') return { shape };
  if (shape === 'list') {
    const keys = listSetting(settings, 'key.list').map(parseListedKey);
    if (keys.length === 0) return { shape: 'none' };
    const ids = Int32Array.from(keys, ({ text }) => internKey(table, text));
    return { shape, ids, table: createAliasTable(Float64Array.from(keys, ({ weight }) => weight)) };
  }
  const count = numberSetting(settings, 'key.count');
  const first = registerKeyRange(table, textSetting(settings, 'key.prefix'), count);
  switch (shape) {
    case 'sequential':
      return { shape, first, count, next: 0 };
    case 'uniform':
      return { shape, first, count };
    case 'zipf':
      return { shape, first, count, exponent: numberSetting(settings, 'key.zipf.exponent') };
    case 'hot':
      return { shape, first, count, share: numberSetting(settings, 'key.hot.share') };
    default:
      throw new Error(`key.shape is "${shape}"; it must be none, sequential, uniform, zipf, hot or list.`);
  }
}

/** Fills `keys[0..n)` with the ids of the next n records' keys, -1 for null keys. */
export function drawKeys(choice: KeyChoice, stream: RandomStream, keys: Int32Array, n: number): void {
  switch (choice.shape) {
    case 'none':
      keys.fill(-1, 0, n);
      return;
    case 'sequential':
      for (let i = 0; i < n; i++) {
        keys[i] = choice.first + choice.next;
        choice.next = choice.next + 1 === choice.count ? 0 : choice.next + 1;
      }
      return;
    case 'uniform':
      fillBelow(stream, choice.first, choice.count, keys, n);
      return;
    case 'zipf':
      drawZipf(choice.first, choice.count, choice.exponent, stream, keys, n);
      return;
    case 'hot': {
      const { first, count, share } = choice;
      for (let i = 0; i < n; i++) {
        const hot = nextUniform(stream) < share || count === 1;
        keys[i] = hot ? first : first + 1 + nextBelow(stream, count - 1);
      }
      return;
    }
    case 'list':
      for (let i = 0; i < n; i++) keys[i] = choice.ids[drawAlias(choice.table, stream)];
  }
}
