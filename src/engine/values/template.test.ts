import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonTextBytes } from '../../pipeline/templates/json.ts';
import { parseTemplate } from '../../pipeline/templates/parseTemplate.ts';
import { compileTemplate, type ValueTemplate } from './compileTemplate.ts';

function template(text: string, seed = 1, name = 'orders'): ValueTemplate {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(`${parsed.line}:${parsed.column} ${parsed.message}`);
  return compileTemplate(parsed.template, { seed, name });
}

const order =
  '{"id": "{{uuid}}", "n": {{sequence}}, "at": "{{timestamp}}", "who": "{{key}}", "label": "order {{sequence}} of {{key}}: {{oneOf "é" "\\\\" 7 null}}", ' +
  '"amount": {{number -5 12.5 3}}, "count": "{{integer -3 1200}}", "status": "{{oneOf "ok" "ok" "failed"}}", "tags": [1, {{integer 0 4294967296}}, {}], "wide": {{integer 0 1e15}}}';

describe('compileTemplate', () => {
  test('[VAL-2] sizeBytes is the UTF-8 length of render, for any key (seed 6)', () => {
    const compiled = template(order);
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.option(fc.string({ unit: 'binary' })), fc.nat(2 ** 50), (sequence, key, timestampUs) => {
        const text = compiled.render(sequence, key, timestampUs);
        expect(compiled.sizeBytes(sequence, key === null ? -1 : jsonTextBytes(key), timestampUs)).toBe(
          new TextEncoder().encode(text).length,
        );
      }),
      { seed: 6, numRuns: 2000 },
    );
  });

  test('[VAL-2] render, at and field tell the same value', () => {
    const compiled = template(order);
    const whole = compiled.at([], () => 'ann');
    for (let sequence = 0; sequence < 200; sequence++) {
      const record = { sequence, timestampUs: 1_234_567 };
      const json = JSON.parse(compiled.render(sequence, 'ann', 1_234_567));
      expect(JSON.parse(JSON.stringify(whole(record)))).toEqual(json);
      expect(compiled.at(['tags', '1'], () => 'ann')(record)).toBe(json.tags[1]);
      expect(compiled.field(sequence, 0)).toBe(json.id);
      expect(json).toMatchObject({ n: sequence, at: 1234, who: 'ann' });
    }
    expect(compiled.at(['tags', 'length'], () => null)({ sequence: 0, timestampUs: 0 })).toBe(null);
    expect(compiled.at(['toString'], () => null)({ sequence: 0, timestampUs: 0 })).toBe(null);
  });

  test('[VAL-1] values follow from seed, name and sequence, and from nothing else', () => {
    const values = (compiled: ValueTemplate) => Array.from({ length: 20 }, (_, sequence) => compiled.render(sequence, null, 0));
    expect(values(template(order))).toEqual(values(template(order)));
    expect(values(template(order, 2))).not.toEqual(values(template(order)));
    expect(values(template(order, 1, 'payments'))).not.toEqual(values(template(order)));
    expect(template('"{{uuid}}"').render(0, null, 0)).toMatch(/^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/);
    expect(template('"{{uuid}} {{integer 1 1000000}}"').render(7, null, 0)).toMatchInlineSnapshot(
      `""197ac5a5-82d8-46ca-b3be-eecc71db42fa 820097""`,
    );
  });

  test('[VAL-3] draws are spread evenly over their range, and fields do not follow each other', () => {
    const compiled = template('[{{integer 1 10}}, {{integer 1 10}}, {{oneOf "a" "a" "b"}}]');
    const counts = new Map<unknown, number>();
    const records = 50_000;
    let both = 0;
    for (let sequence = 0; sequence < records; sequence++) {
      const [first, second, third] = [0, 1, 2].map((index) => compiled.field(sequence, index));
      for (const value of [first, third]) counts.set(value, (counts.get(value) ?? 0) + 1);
      if (first === second) both++;
    }
    // Six standard deviations of a binomial count.
    for (let value = 1; value <= 10; value++)
      expect(Math.abs(counts.get(value)! - records / 10)).toBeLessThan(6 * Math.sqrt(records * 0.09));
    expect(Math.abs(counts.get('a')! - (records * 2) / 3)).toBeLessThan(6 * Math.sqrt((records * 2) / 9));
    expect(Math.abs(both - records / 10)).toBeLessThan(6 * Math.sqrt(records * 0.09));
  });

  test('[VAL-3] numbers stay in their bounds with at most their decimals', () => {
    const compiled = template('[{{number 0 1}}, {{number 1.1 1.3 1}}, {{number 5 5 0}}, {{integer -2 2}}]');
    for (let sequence = 0; sequence < 2000; sequence++) {
      const [a, b, c, d] = JSON.parse(compiled.render(sequence, null, 0)) as [number, number, number, number];
      expect(
        a >= 0 &&
          a <= 1 &&
          Math.round(a * 1000) / 1000 === a &&
          [1.1, 1.2, 1.3].includes(b) &&
          c === 5 &&
          Number.isInteger(d) &&
          Math.abs(d) <= 2,
      ).toBe(true);
    }
  });
});
