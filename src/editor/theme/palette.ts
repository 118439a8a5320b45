/** Partitions wear one of twelve colours, `--lj-partition-0` to `-11`; numbers and places always say the same, so colour is never alone. */
export const partitionColourCount = 12;

/** Index into the palette for a partition number. */
export function partitionColourIndex(partition: number): number {
  return partition % partitionColourCount;
}

/** The token as a CSS value, for DOM elements. */
export function partitionColour(partition: number): string {
  return `var(--lj-partition-${partitionColourIndex(partition)})`;
}
