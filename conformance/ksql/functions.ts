import { builtInFunctions } from '../../src/sql/functions/builtIn.ts';
import { parseMoment } from '../../src/sql/functions/time/parse.ts';
import { utc } from '../../src/sql/functions/time/zones.ts';
import { bindFunctions } from '../../src/sql/plan/boundFunctions.ts';
import type { Functions } from '../../src/sql/plan/compile.ts';
import type { SqlType } from '../../src/sql/types/sqlType.ts';
import { withTestFunctions } from './testFunctions.ts';

export const library = withTestFunctions(builtInFunctions);

export const functions = (types: ReadonlyMap<string, SqlType>): Functions => bindFunctions(library, types);
export const parseTimestamp = (text: string, pattern: string): number => parseMoment(pattern, text, utc);
