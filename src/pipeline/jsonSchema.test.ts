import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { clusterConfig } from './kinds/cluster.ts';
import { kindOf, nodeKindNames } from './kinds/index.ts';
import { jsonSchema } from './jsonSchema.ts';
import './schema.ts';

interface NodeSchema {
  properties: { kind: { const: string }; config: { properties: Record<string, Record<string, unknown>>; additionalProperties: boolean } };
}

describe('jsonSchema', () => {
  const schema = jsonSchema() as unknown as {
    properties: { nodes: { items: { anyOf: NodeSchema[] } }; cluster: { properties: { config: { properties: object } } } };
  };

  test('is plain JSON, the same each time', () => {
    expect(JSON.parse(JSON.stringify(jsonSchema()))).toEqual(jsonSchema());
    expect(JSON.stringify(jsonSchema())).toBe(JSON.stringify(jsonSchema()));
  });

  test('has every kind and every config, and no other', () => {
    const kinds = schema.properties.nodes.items.anyOf;
    expect(kinds.map((kind) => kind.properties.kind.const)).toEqual(nodeKindNames);
    kinds.forEach((kind, index) => {
      const rows = kindOf(nodeKindNames[index]!).config;
      expect(Object.keys(kind.properties.config.properties)).toEqual(rows.map((row) => row.name));
      expect(kind.properties.config.additionalProperties).toBe(false);
    });
    expect(Object.keys(schema.properties.cluster.properties.config.properties)).toEqual(clusterConfig.map((row) => row.name));
  });

  test('carries types, ranges, defaults and help', () => {
    const topic = schema.properties.nodes.items.anyOf[1]!;
    expect(topic.properties.config.properties['partitions']).toMatchObject({ type: 'integer', minimum: 1, maximum: 10_000, default: 1 });
    expect(topic.properties.config.properties['cleanup.policy']).toMatchObject({ enum: ['delete', 'compact', 'compact,delete'] });
  });

  test('zod compiles nothing at run time', () => {
    expect(z.config().jitless).toBe(true);
  });
});
