/** Plain-data slots with a free list, so that events can name an object by a small integer. */
export interface SlotTable<T> {
  items: (T | null)[];
  free: number[];
}

export function createSlotTable<T>(): SlotTable<T> {
  return { items: [], free: [] };
}

/** Puts an item into a free slot and returns the slot. */
export function takeSlot<T>(table: SlotTable<T>, item: T): number {
  const slot = table.free.pop();
  if (slot === undefined) {
    table.items.push(item);
    return table.items.length - 1;
  }
  table.items[slot] = item;
  return slot;
}

export function freeSlot<T>(table: SlotTable<T>, slot: number): void {
  table.items[slot] = null;
  table.free.push(slot);
}
