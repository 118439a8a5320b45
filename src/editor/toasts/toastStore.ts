/** Short messages that need no answer, and words for screen readers. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'neutral' | 'good' | 'bad';
  readonly action: { readonly label: string; readonly perform: () => void } | null;
}

interface ToastState {
  readonly toasts: readonly Toast[];
  readonly announcement: string;
}

export const toastStore = createStore<ToastState>(() => ({ toasts: [], announcement: '' }));

const shownMs = 6_000;
const mostShown = 4;
let nextId = 1;

/** Shows a message for some seconds; bad news and messages with an action stay longer. */
export function toast(text: string, options: { readonly tone?: Toast['tone']; readonly action?: Toast['action'] } = {}): void {
  const shown: Toast = { id: nextId++, text, tone: options.tone ?? 'neutral', action: options.action ?? null };
  toastStore.setState(({ toasts }) => ({ toasts: [...toasts.filter((other) => other.text !== text), shown].slice(-mostShown) }));
  const stays = shown.tone === 'bad' ? 3 * shownMs : shown.action === null ? shownMs : 1.5 * shownMs;
  setTimeout(() => dismiss(shown.id), stays);
}

/** Takes a message away. */
export function dismiss(id: number): void {
  toastStore.setState(({ toasts }) => ({ toasts: toasts.filter((shown) => shown.id !== id) }));
}

/** Says something to screen readers only. */
export function announce(text: string): void {
  toastStore.setState({ announcement: text });
}

/** A part of the messages. */
export function useToasts<T>(selector: (state: ToastState) => T): T {
  return useStore(toastStore, selector);
}
