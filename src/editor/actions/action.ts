/** One command of the designer. Menus, the command palette, shortcuts and tests derive from the list in `index.ts`. */
import type { LucideIcon } from 'lucide-react';

export type ActionGroup = 'Run' | 'Cluster' | 'Edit' | 'View' | 'File' | 'Add' | 'Examples' | 'Export';

export interface Action {
  /** Stable, dotted: `run.toggle`. */
  readonly id: string;
  readonly group: ActionGroup;
  /** What people read; may depend on the state. */
  readonly label: string | (() => string);
  /** Further words the palette finds it by. */
  readonly keywords?: readonly string[];
  readonly icon?: LucideIcon;
  /** `Mod+Z`, `Shift+T`, `Space`; `Mod` is Ctrl, on a Mac Command. The first is the one shown. */
  readonly shortcuts?: readonly string[];
  /** Whether it can be done now; absent means always. */
  readonly predicate?: () => boolean;
  readonly perform: () => void | Promise<void>;
}

/** The label as it reads now. */
export function labelOf(action: Action): string {
  return typeof action.label === 'string' ? action.label : action.label();
}

/** Whether the action can be done now. */
export function isPossible(action: Action): boolean {
  return action.predicate?.() ?? true;
}
