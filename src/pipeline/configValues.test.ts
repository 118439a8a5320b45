import { describe, expect, test } from 'vitest';
import { checkConfigValue, configValueFromText, sameConfigValue } from './configValues.ts';
import { groupIdOf, effectiveConfig } from './effectiveConfig.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { clusterConfig } from './kinds/cluster.ts';
import { configDefinition, kindOf, nodeKindNames } from './kinds/index.ts';

const row = (kind: Parameters<typeof configDefinition>[0], name: string): ConfigDefinition => configDefinition(kind, name)!;

describe('config rows', () => {
  const all = [...clusterConfig, ...nodeKindNames.flatMap((kind) => kindOf(kind).config)];

  test('every default is a value its own row accepts', () => {
    expect(all.filter((definition) => checkConfigValue(definition, definition.default) !== null)).toEqual([]);
  });

  test('no kind has a name twice, and every "when" names a config of the kind', () => {
    for (const kind of nodeKindNames) {
      const rows = kindOf(kind).config;
      expect(new Set(rows.map((definition) => definition.name)).size).toBe(rows.length);
      for (const { when } of rows) {
        if (when === undefined) continue;
        const condition = configDefinition(kind, when.name)!;
        expect(when.is.filter((value) => checkConfigValue(condition, value) !== null)).toEqual([]);
      }
    }
  });
});

describe('config values', () => {
  test.each<readonly [ConfigDefinition, string, unknown]>([
    [row('topic', 'partitions'), ' 6 ', 6],
    [row('producer', 'linger.ms'), '.5', 0.5],
    [row('sink', 'prefetch'), 'false', false],
    [row('producer', 'acks'), '1', '1'],
    [row('filter', 'condition'), ' a ', ' a '],
    [row('producer', 'key.list'), '', []],
    [row('producer', 'key.list'), '[a', ['[a']],
  ])('$name from %j', (definition, text, value) => {
    expect(configValueFromText(definition, text)).toEqual({ ok: true, value });
  });

  test('problems name the value and the remedy', () => {
    expect(checkConfigValue(row('sink', 'prefetch'), 'true')).toMatchObject({
      code: 'config.type',
      remedy: 'Write true without the quotes.',
    });
    expect(checkConfigValue(row('topic', 'retention.ms'), -2)).toMatchObject({
      code: 'config.out-of-range',
      message: 'retention.ms is -2 ms, outside its range.',
    });
    expect(checkConfigValue(row('producer', 'key.prefix'), 'x'.repeat(201))).toMatchObject({ code: 'config.too-long' });
    expect(checkConfigValue(row('producer', 'key.list'), ['x'.repeat(5_000)])).toMatchObject({ code: 'config.too-long' });
    expect(checkConfigValue(row('producer', 'linger.ms'), Number.POSITIVE_INFINITY)).toMatchObject({ code: 'config.type' });
  });

  test('lists are equal by their items', () => {
    expect(sameConfigValue(['a'], ['a'])).toBe(true);
    expect(sameConfigValue(['a'], 'a')).toBe(false);
  });
});

describe('effective configs', () => {
  const sink = { id: 's', kind: 'sink', name: 'mail', config: { instances: 3 } } as const;

  test('defaults are filled in, on an object without a prototype', () => {
    const effective = effectiveConfig(sink);
    expect(effective['instances']).toBe(3);
    expect(effective['max.poll.records']).toBe(500);
    expect(effective['constructor']).toBeUndefined();
  });

  test('the group is the node’s own unless group.id says otherwise', () => {
    expect(groupIdOf(sink)).toBe('mail');
    expect(groupIdOf({ ...sink, config: { 'group.id': 'g' } })).toBe('g');
    expect(groupIdOf({ ...sink, kind: 'topic', config: {} })).toBeNull();
  });
});
