import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Migration } from './migrations.ts';
import { checkChain, currentVersion, migrate, migrations } from './migrations.ts';

const synthetic: readonly Migration[] = [
  { from: 1, summary: 'names become titles', migrate: ({ name, ...rest }) => ({ ...rest, title: name }) },
  { from: 2, summary: 'a note is added', migrate: (document) => ({ ...document, note: '' }) },
];

describe('migrations', () => {
  test('the chain has no gaps, and every version has a fixture', () => {
    expect(() => checkChain(migrations, currentVersion)).not.toThrow();
    const fixtures = readdirSync(new URL('./fixtures/', import.meta.url));
    for (let version = currentVersion - migrations.length; version <= currentVersion; version += 1)
      expect(fixtures).toContain(`version${version}.json`);
  });

  test('steps run in order from the document’s own version', () => {
    expect(migrate({ version: 1, name: 'a' }, 1, synthetic, 3)?.document).toEqual({ version: 3, title: 'a', note: '' });
    expect(migrate({ version: 2, title: 'a' }, 2, synthetic, 3)?.applied.map((step) => step.from)).toEqual([2]);
    expect(migrate({ version: 3 }, 3, synthetic, 3)?.applied).toEqual([]);
  });

  test('a version before the chain is not reached', () => {
    expect(migrate({ version: 0 }, 0, synthetic, 3)).toBeNull();
  });

  test('the argument stays as it was', () => {
    const document = Object.freeze({ version: 1, name: 'a' });
    migrate(document, 1, synthetic, 3);
    expect(document).toEqual({ version: 1, name: 'a' });
  });

  test('a gap in the chain is a bug', () => {
    expect(() => migrate({}, 1, [synthetic[0]!, { ...synthetic[1]!, from: 3 }], 3)).toThrow('its turn');
    expect(() => checkChain(synthetic, 4)).toThrow('its turn');
  });
});
