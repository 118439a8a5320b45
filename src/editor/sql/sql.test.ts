import { expect, test } from 'vitest';
import { pipeline } from '../../streams/handMade.ts';
import { formatSql } from './formatSql.ts';
import { offsetOf, problemAt } from './places.ts';
import { chainHighlights, operatorsLanguage } from './operatorsLanguage.ts';
import { catalogueOf, readableStatements, sqlLanguage, withText } from './sqlLanguage.ts';

const shop = pipeline(
  {
    shop: ['producer', { 'value.template': '{"customer": "{{key}}", "amount": {{number 1 500 2}}}' }],
    orders: ['topic'],
    'query-1': ['sql', { sql: '' }],
    large: ['topic'],
  },
  'shop > orders',
  'orders > query-1',
  'query-1 > large',
);
const language = sqlLanguage(shop, 'query-1');
const marked = (text: string) => language.problems(text).map(({ from, to, line, column }) => `${line}:${column} ${text.slice(from, to)}`);
const offered = (text: string) => language.completions(text, text.length).items.map(({ text: item, detail }) => `${item} ${detail}`.trim());

test('[SQLE-1] what is wrong stands at its place, with words and a remedy', () => {
  const unknown = 'CREATE STREAM big AS\n  SELECT * FROM ordes;';
  expect(marked(unknown)).toEqual([expect.stringMatching(/^\d:\d+ \w+/)]);
  const [problem] = language.problems(unknown);
  expect(problem).toMatchObject({ severity: 'error' });
  expect(problem!.message).toMatch(/^ORDES /);
  expect(problem!.remedy).toContain('ORDERS');
  expect(marked('CREATE STREAM big AS SELECT * FORM orders;')).toEqual([expect.stringContaining('FORM')]);
  expect(language.problems('CREATE STREAM big AS SELECT * FROM orders WHERE amount > 10;')).toEqual([]);
});

test('[SQLE-1] a fault at the end of a text marks the last character before it, one in an empty text nothing', () => {
  const said = { severity: 'error', message: 'm', remedy: '' } as const;
  const text = 'SELECT\n  ';
  expect(problemAt(text, { line: 2, column: 3 }, said)).toMatchObject({ from: 5, to: 6 });
  expect(problemAt('', { line: 1, column: 1 }, said)).toMatchObject({ from: 0, to: 0 });
  expect(offsetOf('ab\ncd', 1, 99)).toBe(2);
  expect(offsetOf('ab\ncd', 9, 1)).toBe(5);
});

test('[SQLE-2] streams, columns with their types, topics and functions of the pipeline are offered where they can stand', () => {
  expect(offered('CREATE STREAM big AS SELECT * FROM or')).toEqual(['ORDERS STREAM']);
  // Before FROM is written, columns of all sources.
  expect(offered('CREATE STREAM big AS SELECT am')).toEqual(['AMOUNT DOUBLE']);
  const text = 'CREATE STREAM big AS SELECT am FROM orders;';
  expect(language.completions(text, text.indexOf('am ') + 2).items).toContainEqual({ kind: 'column', text: 'AMOUNT', detail: 'DOUBLE' });
  expect(offered('PRINT ')).toContain("'orders'");
  expect(offered('CREATE STREAM big AS SELECT uca')).toEqual([expect.stringMatching(/^UCASE \(/)]);
});

test('[SQLE-2] a statement that is being written does not hide what the ones before it declare', () => {
  const text = "CREATE STREAM o (who STRING) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON');\nCREATE STREAM big AS SELECT * FROM ";
  expect(readableStatements(text)).toBe(text.split('\n')[0]);
  expect(catalogueOf(shop, 'query-1', text).sources.map(({ name }) => name)).toContain('O');
  expect(offered(text)).toContain('O STREAM');
});

test('[SQLE-3] Format writes statements as ksqlDB does, and leaves what it would lose', () => {
  const formatted = formatSql('create stream big as select * from orders where amount>10 ;\n\n-- keep me\n');
  expect(formatted).toBe('CREATE STREAM BIG AS SELECT *\nFROM ORDERS ORDERS\nWHERE (AMOUNT > 10)\nEMIT CHANGES;\n\n-- keep me\n');
  expect(formatSql(formatted)).toBe(formatted);
  const commented = 'create stream big as /* all */ select * from orders;';
  expect(formatSql(commented)).toBe(commented);
  expect(formatSql('create stream')).toBe('create stream');
});

test('[SQLE-1] a text that is the document’s own is not planned again', () => {
  expect(withText(shop, 'query-1', 'sql', '')).toBe(shop);
});

test('[SQLE-5] a chain of operators has its own words where a line begins, and faults at their places', () => {
  const chained = {
    ...shop,
    nodes: shop.nodes.map((node) => (node.id === 'query-1' ? { ...node, kind: 'operators' as const, config: {} } : node)),
  };
  const chain = operatorsLanguage(chained, 'query-1');
  const text = 'stream orders\nfilter amuont > 100\nto large';
  expect(chain.problems(text).map(({ line, column, message }) => [line, column, message])).toEqual([
    [2, 8, expect.stringMatching(/AMUONT/)],
  ]);
  expect(chain.problems(text.replace('amuont', 'amount'))).toEqual([]);
  const at = (written: string) => chain.completions(written, written.length).items.map(({ text: item }) => item);
  expect(at('stream orders\nfilt')).toEqual(['filter', 'filterNot']);
  expect(at('stream ord')).toEqual(['orders']);
  expect(at('stream orders\nfilter am')).toEqual(['AMOUNT']);
  expect(
    chainHighlights('filter amount > 1 # all')
      .map(({ kind, start, end }) => `${kind} ${'filter amount > 1 # all'.slice(start, end)}`)
      .slice(0, 4),
  ).toEqual(['keyword filter', 'name amount', 'operator >', 'number 1']);
});
