import { describe, expect, test } from 'vitest';
import { tokenize } from './lexer.ts';

const kinds = (text: string) => tokenize(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

describe('tokens', () => {
  test('[SQL-1] the longest match wins, and of two equally long ones the number', () => {
    expect(kinds('12 1. .5 1.5 1E3 1e-3 1E 1_000 12ab').slice(0, -1)).toEqual([
      ['integer', '12'],
      ['decimal', '1.'],
      ['decimal', '.5'],
      ['decimal', '1.5'],
      ['float', '1E3'],
      ['float', '1e-3'],
      ['digitIdentifier', '1E'],
      ['digitIdentifier', '1_000'],
      ['digitIdentifier', '12ab'],
    ]);
    expect(
      kinds('a->b=>c:=d<>e!=f||g')
        .filter(([kind]) => kind === 'symbol')
        .map(([, text]) => text),
    ).toEqual(['->', '=>', ':=', '<>', '!=', '||']);
  });

  test('[SQL-1] keywords know no case; comments and directives are tokens with places, white space is none', () => {
    const text = "select -- one\n /* two\n three */ '--' --@ four\r\nFROM";
    expect(tokenize(text).map(({ kind, line, column }) => [kind, line, column])).toEqual([
      ['keyword', 1, 1],
      ['comment', 1, 8],
      ['comment', 2, 2],
      ['string', 3, 11],
      ['directive', 3, 16],
      ['keyword', 4, 1],
      ['end', 4, 5],
    ]);
  });

  test('[SQL-1] an empty line comment ends with its line', () => {
    expect(kinds('--\nSELECT')).toEqual([
      ['comment', '--'],
      ['keyword', 'SELECT'],
      ['end', ''],
    ]);
  });

  test('[SQL-1] doubled quotes are within the quotes; what is never closed, and characters that begin nothing, are told', () => {
    expect(kinds('\'it\'\'s\' "a""b" `c``d` ${x1}').map(([kind]) => kind)).toEqual([
      'string',
      'quotedIdentifier',
      'backquotedIdentifier',
      'variable',
      'end',
    ]);
    expect(kinds("# 'open")).toEqual([
      ['unrecognized', '#'],
      ['unrecognized', "'open"],
      ['end', ''],
    ]);
    expect(kinds('/* open')).toEqual([
      ['unrecognized', '/* open'],
      ['end', ''],
    ]);
    expect(kinds('😀$')).toEqual([
      ['unrecognized', '😀'],
      ['unrecognized', '$'],
      ['end', ''],
    ]);
  });

  test('[SQL-1] all that is not white space is in some token', () => {
    const text = 'SELECT a.`b c`, \'x\' || "y" FROM s WHERE n->f[1] >= -1.5E2 AND ${v} != 3; -- done\n§';
    const covered = new Set(tokenize(text).flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)));
    const missing = [...text].map((_, i) => i).filter((i) => !covered.has(i) && !/\s/.test(text[i]!));
    expect(missing).toEqual([]);
  });
});
