import { describe, expect, test } from 'vitest';
import { completionsAt, type Catalogue } from './completions.ts';

const catalogue: Catalogue = {
  sources: [
    {
      name: 'ORDERS',
      kind: 'STREAM',
      columns: [
        { name: 'ID', type: 'BIGINT' },
        { name: 'customer', type: 'STRING' },
        { name: 'ITEM', type: 'STRUCT<NAME STRING, `size` STRUCT<W INTEGER, H INTEGER>>' },
      ],
    },
    {
      name: 'CUSTOMERS',
      kind: 'TABLE',
      columns: [
        { name: 'ID', type: 'BIGINT' },
        { name: 'CITY', type: 'STRING' },
      ],
    },
  ],
  functions: [
    { name: 'SUM', detail: 'SUM(number)' },
    { name: 'SUBSTRING', detail: 'SUBSTRING(string, from, length)' },
  ],
  topics: ['raw.orders'],
  types: ['ADDRESS'],
};

/** Completions where the bar stands. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const { from, to, items } = completionsAt(text, offset, catalogue);
  return { replaced: text.slice(from, to), items, texts: items.map((item) => item.text) };
}

describe('completions', () => {
  test('[SQL-14] a statement begins with the words that statements begin with', () => {
    expect(at('|').texts).toEqual(expect.arrayContaining(['SELECT', 'CREATE', 'INSERT', 'SHOW']));
    expect(at('DROP STREAM a; -- done\n S|').texts).toEqual(['SELECT', 'SET', 'SHOW']);
  });

  test('[SQL-14] only what the grammar takes is offered', () => {
    expect(at('CREATE |').texts).toEqual(['OR', 'SINK', 'SOURCE', 'STREAM', 'TABLE', 'TYPE']);
    expect(at('CREATE SINK |').texts).toEqual(['CONNECTOR']);
    expect(at('CREATE SOURCE |').texts).toEqual(['CONNECTOR', 'STREAM', 'TABLE']);
    expect(at('SELECT * FROM orders WINDOW |').texts).toEqual(['HOPPING', 'SESSION', 'TUMBLING']);
    expect(at('SELECT * FROM orders WINDOW TUMBLING (SIZE 5 |').texts).toContain('SECONDS');
    expect(at('SELECT * FROM orders EMIT |').texts).toEqual(['CHANGES', 'FINAL']);
    expect(at('SELECT * FROM orders |').texts).toEqual(
      expect.arrayContaining(['AS', 'EMIT', 'GROUP', 'LEFT', 'WHERE', 'WINDOW', 'PARTITION']),
    );
    expect(at('SELECT * FROM orders |').texts).not.toContain('SELECT');
    expect(at('CREATE STREAM s (a |').texts).toEqual(expect.arrayContaining(['ADDRESS', 'BIGINT', 'STRUCT']));
    expect(at('CREATE STREAM s (a INT) WITH (k|').texts).toEqual(expect.arrayContaining(['KAFKA_TOPIC', 'KEY_FORMAT']));
    expect(at("CREATE STREAM s (a INT) WITH (kafka_topic = 't' |").texts).toEqual([]);
  });

  test('[SQL-14] sources, and columns of the sources that the statement names, behind the place too', () => {
    expect(at('SELECT * FROM o|').items).toEqual([{ kind: 'source', text: 'ORDERS', detail: 'STREAM' }]);
    expect(at('SELECT c| FROM orders EMIT CHANGES;').items).toEqual(
      expect.arrayContaining([{ kind: 'column', text: '`customer`', detail: 'STRING' }]),
    );
    expect(at('SELECT c| FROM customers;').texts).toEqual(['CITY', 'CASE', 'CAST']);
    expect(at('SELECT ci| FROM orders o JOIN customers c ON o.id = c.id;').texts).toEqual(['C.CITY']);
    expect(at('INSERT INTO customers (i|').texts).toEqual(['ID']);
    expect(at('SELECT su| FROM orders').items.map(({ kind, text }) => `${kind} ${text}`)).toEqual(['function SUM', 'function SUBSTRING']);
    expect(at('SELECT row| FROM orders').texts).toEqual(['ROWTIME', 'ROWPARTITION', 'ROWOFFSET']);
  });

  test('[SQL-14] behind a point the columns of what is named, behind an arrow the fields', () => {
    expect(at('SELECT c.| FROM orders o JOIN customers c ON o.id = c.id').texts.slice(0, 2)).toEqual(['ID', 'CITY']);
    expect(at('SELECT item->| FROM orders').items).toEqual([
      { kind: 'field', text: 'NAME', detail: 'STRING' },
      { kind: 'field', text: '`size`', detail: 'STRUCT<W INTEGER, H INTEGER>' },
    ]);
    expect(at('SELECT o.item->`size`->h| FROM orders o').texts).toEqual(['H']);
    expect(at('SELECT id->| FROM orders').texts).toEqual([]);
  });

  test('[SQL-14] parameters of a lambda within its body', () => {
    expect(at('SELECT sum(a, (total, x) => t|').texts).toEqual(['TOTAL', 'TRUE']);
  });

  test('[SQL-14] the whole word under the cursor is replaced', () => {
    expect(at('SELECT * FROM or|ders WHERE id = 1;')).toMatchObject({ replaced: 'orders', texts: ['ORDERS'] });
  });

  test('[SQL-14] nothing within strings and comments, and behind what cannot be read', () => {
    for (const text of ["SELECT 'a|' FROM orders", '-- SEL|', '/* | */', "SELECT 'a|", 'SELECT FROM |'])
      expect(at(text).texts, text).toEqual([]);
  });
});
