/** The published JSON Schema of the document, derived from the structural schema and the config rows of every kind. */
import { z } from 'zod';
import { clusterConfig } from './kinds/cluster.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { kindOf, nodeKindNames } from './kinds/index.ts';
import { limits } from './limits.ts';
import { documentShape, nodeSchema } from './schema.ts';

function valueSchema(row: ConfigDefinition): z.ZodType {
  switch (row.type) {
    case 'integer':
    case 'number': {
      let schema = z.number();
      if (row.type === 'integer') schema = schema.int();
      if (row.min !== undefined) schema = schema.min(row.min);
      return row.max === undefined ? schema : schema.max(row.max);
    }
    case 'boolean':
      return z.boolean();
    case 'string':
      return row.maxLength === undefined ? z.string() : z.string().max(row.maxLength);
    case 'enum':
      return z.enum((row.values ?? []) as [string, ...string[]]);
    case 'list':
      return row.maxLength === undefined ? z.array(z.string()) : z.array(z.string()).max(row.maxLength);
  }
}

function configSchema(rows: readonly ConfigDefinition[]): z.ZodType {
  const properties = rows.map((row) => {
    const unit = row.unit === undefined ? '' : ` Unit: ${row.unit}.`;
    return [
      row.name,
      valueSchema(row)
        .optional()
        .meta({ description: `${row.help}${unit}`, default: row.default }),
    ] as const;
  });
  return z.strictObject(Object.fromEntries(properties));
}

function publishedSchema(): z.ZodType {
  const nodes = nodeKindNames.map((kind) => {
    const definition = kindOf(kind);
    return nodeSchema
      .extend({ kind: z.literal(kind), config: configSchema(definition.config) })
      .meta({ title: definition.label, description: definition.summary });
  });
  return z.strictObject({
    ...documentShape,
    nodes: z.array(z.union(nodes)).max(limits.nodes),
    cluster: z.strictObject({ config: configSchema(clusterConfig) }),
  });
}

/** The JSON Schema (draft 2020-12) of version 1 documents. The same object on every call and every machine; plain JSON. */
export function jsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(publishedSchema(), { target: 'draft-2020-12', io: 'input' });
  return { ...schema, title: 'Logjam pipeline' };
}
