import { describe, expect, test } from 'vitest';
import { parseStatements, prepareStatement } from './parse.ts';

describe('variables', () => {
  const prepared = (text: string, variables: Record<string, string>) =>
    prepareStatement(parseStatements(text)[0]!, new Map(Object.entries(variables)));

  test('[SQL-10] a variable stands for a name, a literal or a part of a string', () => {
    expect(
      prepared("CREATE STREAM ${name} (${c} INT) WITH (kafka_topic = ${t}, partitions = ${n}, key_format = 'a_${name}_${other}');", {
        name: 'orders',
        c: '`id`',
        t: "'top'ic'",
        n: '4',
      }),
    ).toMatchObject({
      name: 'ORDERS',
      elements: [{ name: 'id' }],
      properties: [{ value: { value: "top'ic" } }, { value: { value: 4 } }, { value: { value: 'a_orders_${other}' } }],
    });
    expect(prepared("SET 'a' = '$${x} ${y:-z} ${deep}';", { deep: '<${x}>', x: "it's" })).toMatchObject({ value: "${x} z <it's>" });
    expect(prepared('INSERT INTO ${s} VALUES (${a}, ${b});', { s: '"s1"', a: 'true', b: "'q'" })).toMatchObject({
      target: 's1',
      values: [{ value: true }, { value: 'q' }],
    });
  });

  test('[SQL-10] a value that is more than a name or a literal is refused, and so is one that is not defined', () => {
    expect(() => prepared('SELECT * FROM ${x};', { x: 's WHERE a = 1' })).toThrow(
      "Illegal argument at Line: 1, Col: 15. Identifier names cannot start with '@'",
    );
    expect(() => prepared('SELECT * FROM s WHERE a = ${x};', { x: '1 OR b = 2' })).toThrow(
      "Illegal argument at Line: 1, Col: 27. Got: '1 OR b = 2'",
    );
    expect(() => prepared('SELECT * FROM s WHERE a = ${x};', { x: 'b' })).toThrow("Got: 'b'");
    expect(() => prepared('SELECT * FROM ${x};', {})).toThrow("Got: '${x}'");
    expect(() => prepared("SET 'a' = '${x}';", { x: '${y}', y: '${x}' })).toThrow('Infinite loop in property interpolation of x: x->y->x');
  });
});
