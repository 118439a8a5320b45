import { builtInFunctions } from '../../src/sql/functions/builtIn.ts';
import { bindFunctions } from '../../src/sql/plan/boundFunctions.ts';
import type { Functions } from '../../src/sql/plan/compile.ts';
import type { SqlType } from '../../src/sql/types/sqlType.ts';

export const functions = (types: ReadonlyMap<string, SqlType>): Functions => bindFunctions(builtInFunctions, types);
export const parseTimestamp = (text: string): number => {
  throw new Error(`no ${text}`);
};
