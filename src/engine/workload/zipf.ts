import { exp, ln, pow } from '../kernel/mathematics.ts';
import type { RandomStream } from '../kernel/random.ts';
import { nextUniform } from '../kernel/random.ts';
import type { AliasTable } from './alias.ts';
import { createAliasTable, drawAlias } from './alias.ts';

/** Up to this many keys a table is made; above, each draw computes. */
const tableLimit = 2 ** 20;
/** Tables are functions of count and exponent alone, so they stay outside of the run's state, the last few of them. */
const tables = new Map<string, AliasTable>();
const tablesKept = 8;

function tableFor(count: number, exponent: number): AliasTable {
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

/** Fills `target[0..n)` with `first` + rank - 1, where rank i of `count` has a probability in proportion to 1 / i^exponent. */
export function drawZipf(first: number, count: number, exponent: number, stream: RandomStream, target: Int32Array, n: number): void {
  if (count <= tableLimit) {
    const table = tableFor(count, exponent);
    for (let i = 0; i < n; i++) target[i] = first + drawAlias(table, stream);
    return;
  }
  const area = (x: number): number => (Math.abs(1 - exponent) < 1e-9 ? ln(x) : (pow(x, 1 - exponent) - 1) / (1 - exponent));
  const inverse = (y: number): number =>
    Math.abs(1 - exponent) < 1e-9 ? exp(y) : pow(Math.max(0, 1 + y * (1 - exponent)), 1 / (1 - exponent));
  const low = area(1.5) - 1;
  const high = area(count + 0.5);
  const shortcut = 2 - inverse(area(2.5) - pow(2, -exponent));
  for (let i = 0; i < n; i++) target[i] = first + rejectionInversion() - 1;

  /** Hörmann and Derflinger's rejection-inversion: exact, and nothing to store. */
  function rejectionInversion(): number {
    for (;;) {
      const u = high + nextUniform(stream) * (low - high);
      const x = inverse(u);
      const rank = Math.min(count, Math.max(1, Math.floor(x + 0.5)));
      if (rank - x <= shortcut || u >= area(rank + 0.5) - pow(rank, -exponent)) return rank;
    }
  }
}
