import { describe, expect, test } from 'vitest';
import { highlightsOf } from './highlights.ts';

const shown = (text: string) => highlightsOf(text).map(({ kind, start, end }) => `${text.slice(start, end)}:${kind}`);

describe('highlights', () => {
  test('[SQL-13] words by what they are in their place', () => {
    expect(shown('select key, s.date, n->time, count(*) FROM `a b` WINDOW SESSION (5 SECONDS); -- x')).toEqual([
      'select:keyword',
      'key:keyword',
      ',:punctuation',
      's:name',
      '.:punctuation',
      'date:name',
      ',:punctuation',
      'n:name',
      '->:operator',
      'time:name',
      ',:punctuation',
      'count:function',
      '(:punctuation',
      '*:operator',
      '):punctuation',
      'FROM:keyword',
      '`a b`:name',
      'WINDOW:keyword',
      'SESSION:keyword',
      '(:punctuation',
      '5:number',
      'SECONDS:keyword',
      '):punctuation',
      ';:punctuation',
      '-- x:comment',
    ]);
  });

  test('[SQL-13] a text that cannot be read is shown too', () => {
    expect(shown("SELECT # ${x} 'open")).toEqual(['SELECT:keyword', '#:error', '${x}:variable', "'open:error"]);
  });
});
