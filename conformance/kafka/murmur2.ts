import { murmur2, partitionForKey, toPositive } from '../../src/engine/workload/murmur2.ts';
import { createKeyTable, internKey, keyHash, keySize } from '../../src/engine/workload/keys.ts';
import { encodeUtf8 } from '../../src/engine/workload/utf8.ts';
import type { ConformanceSuite } from '../suite.ts';

interface Row {
  readonly kind: string;
  readonly key: string | number | null;
  readonly hex: string;
  readonly murmur2: number;
  readonly positive: number;
  readonly p: readonly number[];
}

/** Kinds whose key is the text that was hashed. */
const textKinds = new Set(['UtilsTest', 'string', 'unicode', 'long', 'UUIDSerializer']);

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}

/** Hash, positive hash and partitions of every row; for text keys also our UTF-8 and the key table's way to the hash. */
export const murmur2Suite: ConformanceSuite = {
  file: 'kafka/murmur2.json',
  run(data, report) {
    const { partitionCounts, rows } = data as { partitionCounts: readonly number[]; rows: readonly Row[] };
    const table = createKeyTable();
    for (const row of rows) {
      const bytes = bytesOf(row.hex);
      const hash = murmur2(bytes);
      const found: Record<string, unknown> = {
        murmur2: hash,
        positive: toPositive(hash),
        p: partitionCounts.map((count) => partitionForKey(bytes, count)),
      };
      const wanted: Record<string, unknown> = { murmur2: row.murmur2, positive: row.positive, p: row.p };
      if (textKinds.has(row.kind) && typeof row.key === 'string') {
        const id = internKey(table, row.key);
        found.utf8 = [...encodeUtf8(row.key)];
        found.table = [keyHash(table, id), keySize(table, id)];
        wanted.utf8 = [...bytes];
        wanted.table = [row.positive, bytes.length];
      }
      report.check(`${row.kind} ${row.hex.slice(0, 40)}`, found, wanted);
    }
  },
};
