import { exp, ln, pow } from '../kernel/mathematics.ts';
import type { AliasTable } from './alias.ts';
import { aliasAt, createAliasTable } from './alias.ts';
import { fineUniformAt, furtherBase } from './keyDraws.ts';

/** Up to this many keys a table is made; above, each draw computes. */
const tableLimit = 2 ** 20;
/** Tables are functions of count and exponent alone, so they stay outside of the run's state, the last few of them. */
const tables = new Map<string, AliasTable>();
const tablesKept = 8;

/** The table asked for last: most runs have one, and it is asked for with every record. */
const last: { count: number; exponent: number; table: AliasTable | null } = { count: 0, exponent: 0, table: null };

function tableFor(count: number, exponent: number): AliasTable {
  if (last.table !== null && last.count === count && last.exponent === exponent) return last.table;
  last.table = findTable(count, exponent);
  last.count = count;
  last.exponent = exponent;
  return last.table;
}

function findTable(count: number, exponent: number): AliasTable {
  const name = `${count} ${exponent}`;
  const known = tables.get(name);
  if (known !== undefined) return known;
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) weights[i] = pow(i + 1, -exponent);
  const table = createAliasTable(weights);
  if (tables.size >= tablesKept) {
    for (const oldest of tables.keys()) {
      tables.delete(oldest);
      break;
    }
  }
  tables.set(name, table);
  return table;
}

/** Rank from 1 to `count` for record `sequence`, where rank i has a probability in proportion to 1 / i^exponent. */
export function zipfRankAt(
  options: { readonly count: number; readonly exponent: number; readonly base: number },
  sequence: number,
): number {
  const { count, exponent, base } = options;
  if (count <= tableLimit) return aliasAt(tableFor(count, exponent), base, sequence) + 1;
  return rejectionInversion(count, exponent, base, sequence);
}

/** Hörmann and Derflinger's rejection-inversion: exact, and nothing to store. Each attempt has a number of its own. */
function rejectionInversion(count: number, exponent: number, base: number, sequence: number): number {
  const area = (x: number): number => (Math.abs(1 - exponent) < 1e-9 ? ln(x) : (pow(x, 1 - exponent) - 1) / (1 - exponent));
  const inverse = (y: number): number =>
    Math.abs(1 - exponent) < 1e-9 ? exp(y) : pow(Math.max(0, 1 + y * (1 - exponent)), 1 / (1 - exponent));
  const low = area(1.5) - 1;
  const high = area(count + 0.5);
  const shortcut = 2 - inverse(area(2.5) - pow(2, -exponent));
  for (let attempt = 0; ; attempt++) {
    const u = high + fineUniformAt(furtherBase(base, 2 * attempt), sequence) * (low - high);
    const x = inverse(u);
    const rank = Math.min(count, Math.max(1, Math.floor(x + 0.5)));
    if (rank - x <= shortcut || u >= area(rank + 0.5) - pow(rank, -exponent)) return rank;
  }
}
