/** Keys to commands. Shortcuts never fire while a person types. */
import { isPossible, type Action } from './action.ts';

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Whether a key press is this shortcut. For signs (`?`, `[`) Shift is whatever the keyboard needs to type them. */
export function matches(press: KeyPress, shortcut: string, mac = isMac): boolean {
  const parts = shortcut.split('+').filter((part) => part !== '');
  const key = parts.at(-1) ?? '+';
  const wantsMod = parts.includes('Mod');
  const mod = mac ? press.metaKey : press.ctrlKey;
  if (wantsMod !== mod || press.altKey || (mac ? press.ctrlKey : press.metaKey)) return false;
  const pressed = press.key === ' ' ? 'Space' : press.key;
  const isLetter = /^[a-z]$/i.test(key);
  const isSign = key.length === 1 && !isLetter;
  if (!isSign && parts.includes('Shift') !== press.shiftKey) return false;
  return isLetter ? pressed.toLowerCase() === key.toLowerCase() : pressed === key;
}

/** The command a key press asks for, if it can be done now. */
export function actionFor(press: KeyPress, actions: readonly Action[]): Action | null {
  return actions.find((action) => action.shortcuts?.some((shortcut) => matches(press, shortcut)) === true && isPossible(action)) ?? null;
}

/** Whether keys belong to what has the focus: text fields, and whatever says so itself. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input:not([type=checkbox]):not([type=range]):not([type=radio]), textarea, select, [data-own-keys]') !== null
  );
}

/** Space and Enter belong to a focused button, not to the run. */
export function isPressing(target: EventTarget | null, key: string): boolean {
  return (
    (key === ' ' || key === 'Enter') &&
    target instanceof HTMLElement &&
    target.closest('button, a, summary, [role=tab], [role=option], [role=menuitem]') !== null
  );
}

/** A shortcut as people read it: `Ctrl+Shift+Z`, on a Mac `⌘⇧Z`. */
export function shortcutWords(shortcut: string, mac = isMac): string {
  const words = shortcut.split('+').map((part) => {
    if (part === '') return '+';
    if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
    if (part === 'Shift') return mac ? '⇧' : 'Shift';
    return part;
  });
  return [...new Set(words)].join(mac ? '' : '+');
}
