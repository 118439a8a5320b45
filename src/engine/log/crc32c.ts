/** CRC-32C (Castagnoli, RFC 3720), the checksum of Kafka's record batches: sixteen bytes a step through sixteen tables. */

const slices = 16;
const tables = buildTables();
const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** `tables[256 * k + byte]`: the byte's remainder followed by k zero bytes, for the reflected polynomial 0x82f63b78. */
function buildTables(): Int32Array {
  const table = new Int32Array(256 * slices);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
    table[byte] = remainder;
  }
  for (let i = 256; i < 256 * slices; i++) table[i] = (table[i - 256] >>> 8) ^ table[table[i - 256] & 255];
  return table;
}

/** Checksum of `bytes[from..to)` as an unsigned integer. `before` is the checksum of what stands before these bytes, 0 for nothing. */
export function crc32c(bytes: Uint8Array, from = 0, to: number = bytes.length, before = 0): number {
  let crc = ~before;
  let at = from;
  if (littleEndian && to - from >= 64) {
    while (((bytes.byteOffset + at) & 3) !== 0) crc = tables[(crc ^ bytes[at++]) & 255] ^ (crc >>> 8);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 2);
    crc = overWords(crc, words);
    at += (words.length & ~3) << 2;
  }
  while (at < to) crc = tables[(crc ^ bytes[at++]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Sixteen bytes a step over all whole groups of four words. */
function overWords(before: number, words: Int32Array): number {
  const t = tables;
  let crc = before;
  const end = words.length & ~3;
  for (let i = 0; i < end; i += 4) {
    const a = words[i] ^ crc;
    const b = words[i + 1];
    const c = words[i + 2];
    const d = words[i + 3];
    crc =
      t[3840 + (a & 255)] ^
      t[3584 + ((a >>> 8) & 255)] ^
      t[3328 + ((a >>> 16) & 255)] ^
      t[3072 + (a >>> 24)] ^
      t[2816 + (b & 255)] ^
      t[2560 + ((b >>> 8) & 255)] ^
      t[2304 + ((b >>> 16) & 255)] ^
      t[2048 + (b >>> 24)] ^
      t[1792 + (c & 255)] ^
      t[1536 + ((c >>> 8) & 255)] ^
      t[1280 + ((c >>> 16) & 255)] ^
      t[1024 + (c >>> 24)] ^
      t[768 + (d & 255)] ^
      t[512 + ((d >>> 8) & 255)] ^
      t[256 + ((d >>> 16) & 255)] ^
      t[d >>> 24];
  }
  return crc;
}
