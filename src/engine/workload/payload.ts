/** Bytes of a zigzag varint of a value that is not negative. */
export function varintBytes(value: number): number {
  return value < 0x40
    ? 1
    : value < 0x2000
      ? 2
      : value < 0x100000
        ? 3
        : value < 0x8000000
          ? 4
          : value < 0x400000000
            ? 5
            : longVarintBytes(value);
}

function longVarintBytes(value: number): number {
  let bytes = 5;
  for (let bound = 0x400000000; value >= bound && bytes < 10; bound *= 128) bytes++;
  return bytes;
}

/** Bytes that key, value and the empty header list of one record take in a batch of format v2, their lengths included; a size of -1 is null. */
export function payloadBytes(keySize: number, valueSize: number): number {
  const key = keySize < 0 ? 1 : varintBytes(keySize) + keySize;
  const value = valueSize < 0 ? 1 : varintBytes(valueSize) + valueSize;
  return key + value + 1;
}
