import type { SlotTable } from './context.ts';

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
