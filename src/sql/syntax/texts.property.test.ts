import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completionsAt, type Catalogue } from './completions.ts';
import { highlightsOf } from './highlights.ts';
import { tokenize } from './lexer.ts';
import { parseStatements, prepareStatement } from './parse.ts';
import { SqlError } from './sqlError.ts';

const texts = [
  "CREATE OR REPLACE STREAM s (k INT KEY, v ARRAY<STRUCT<a INT>>, h BYTES HEADER('x')) WITH (kafka_topic = 't', partitions = 2);",
  'CREATE TABLE o AS SELECT a.id AS k, COUNT(*) c, n->* FROM a x LEFT JOIN b WITHIN (1 SECOND, 2 SECONDS) ON x.id = b.id WHERE NOT x.v IN (1, 2) GROUP BY (x.id, y) HAVING COUNT(*) > 1 EMIT FINAL;',
  'SELECT CASE WHEN a IS NOT NULL THEN CAST(b AS DECIMAL(4, 2)) ELSE -1.5 END, REDUCE(m, 0, (s, i) => s + i) FROM t WINDOW HOPPING (SIZE 1 DAY, ADVANCE BY 2 HOURS) GROUP BY x EMIT CHANGES LIMIT 3;',
  "INSERT INTO s (a, `b`) VALUES (MAP('k' := ARRAY[1, 2][1]), ${x}); ALTER STREAM s ADD COLUMN c INT; PRINT 'T' FROM BEGINNING LIMIT 2;",
  "ASSERT NOT EXISTS TOPIC t WITH (a = 1) TIMEOUT 5 SECONDS; DESCRIBE s EXTENDED; SHOW ALL TOPICS; EXPLAIN SELECT a LIKE '%' ESCAPE '!' FROM s;",
];

const words = texts.flatMap((text) => tokenize(text).map(({ start, end }) => text.slice(start, end)));

/** A text with some of its tokens left out, and others put in. */
const damaged = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(fc.tuple(fc.nat(200), fc.boolean(), fc.constantFrom(...words, '§', "'", '(')), { maxLength: 4 }),
  )
  .map(([text, changes]) => {
    const parts = tokenize(text).map(({ start, end }) => text.slice(start, end));
    for (const [place, removes, word] of changes) parts.splice(place % parts.length, removes ? 1 : 0, ...(removes ? [] : [word]));
    return parts.join(' ');
  });

const catalogue: Catalogue = {
  sources: [{ name: 'S', kind: 'STREAM', columns: [{ name: 'a b', type: 'STRUCT<X INTEGER>' }] }],
  functions: [{ name: 'ABS', detail: '' }],
  topics: ['t'],
  types: ['ADDRESS'],
};

const seed = 20261120;

describe('any text', () => {
  test(`[SQL-9] is read, or refused with a place in it (seed ${seed})`, () => {
    fc.assert(
      fc.property(damaged, (text) => {
        try {
          for (const statement of parseStatements(text)) prepareStatement(statement, new Map([['x', '1']]));
        } catch (error) {
          if (!(error instanceof SqlError)) throw error;
          const lines = text.split('\n');
          expect(error.at).not.toBeNull();
          expect(error.at!.column).toBeLessThanOrEqual(lines[error.at!.line - 1]!.length + 1);
        }
      }),
      { seed, numRuns: 1500 },
    );
  });

  test(`[SQL-13] is shown whole, in order and without overlap (seed ${seed})`, () => {
    fc.assert(
      fc.property(damaged, (text) => {
        let end = 0;
        for (const highlight of highlightsOf(text)) {
          expect(text.slice(end, highlight.start).trim()).toBe('');
          expect(highlight.start).toBeGreaterThanOrEqual(end);
          end = highlight.end;
        }
        expect(text.slice(end).trim()).toBe('');
      }),
      { seed, numRuns: 300 },
    );
  });
});

/** Whether a text can be read as far as it goes, be it that it does not end there. */
function isReadable(text: string): boolean {
  try {
    parseStatements(text);
    return true;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return error.mismatch?.found === '<EOF>';
  }
}

describe('completions', () => {
  test(`[SQL-14] with each of them, what stands before the place can be read (seed ${seed})`, () => {
    let offered = 0;
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(400), (text, place) => {
        const offset = place % text.length;
        const { from, items } = completionsAt(text, offset, catalogue);
        offered += items.length;
        for (const item of items)
          expect(isReadable(`${text.slice(0, from)}${item.text} `), `${text.slice(0, from)}«${item.text}»`).toBe(true);
      }),
      { seed, numRuns: 300 },
    );
    expect(offered).toBeGreaterThan(1000);
  });
});
