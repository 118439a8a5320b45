/** The one menu of the canvas: quick-add, context menus and "Connect to…" differ only in what they list. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { NodeKind } from '../../../pipeline/kinds/index.ts';

export interface MenuItem {
  readonly label: string;
  /** Shown before the label; also decides its colour by role. */
  readonly kind?: NodeKind;
  /** Right of the label: a key, or one word more. */
  readonly hint?: string;
  readonly disabled?: boolean;
  readonly perform: () => void;
}

export interface MenuSection {
  readonly title?: string;
  readonly items: readonly MenuItem[];
}

export interface OpenMenu {
  /** Place on the screen. */
  readonly x: number;
  readonly y: number;
  /** What the menu is, for people who read with other means. */
  readonly label: string;
  /** A sentence above the items: why a wire was refused. */
  readonly note?: string;
  readonly sections: readonly MenuSection[];
}

export const menuStore = createStore<{ readonly menu: OpenMenu | null }>(() => ({ menu: null }));

/** Opens a menu, in place of the one that is open; nothing opens without an item or a note. */
export function openMenu(menu: OpenMenu): void {
  const sections = menu.sections.filter((section) => section.items.length > 0);
  menuStore.setState({ menu: sections.length > 0 || menu.note !== undefined ? { ...menu, sections } : null });
}

export function closeMenu(): void {
  menuStore.setState({ menu: null });
}

/** The menu that is open. */
export function useMenu(): OpenMenu | null {
  return useStore(menuStore, (state) => state.menu);
}
