/** For tests and the soak: several watchers of one run. */
import type { RunWatcher } from '../../broker/watcher.ts';

/** A watcher that tells all of them, in their order. */
export function allTold(watchers: readonly RunWatcher[]): RunWatcher {
  const told: Record<string, (...facts: unknown[]) => void> = {};
  for (const name of new Set(watchers.flatMap((watcher) => Object.keys(watcher)))) {
    const listeners = watchers.flatMap((watcher) => {
      const listener = (watcher as Record<string, ((...facts: unknown[]) => void) | undefined>)[name];
      return listener === undefined ? [] : [listener.bind(watcher)];
    });
    told[name] = listeners.length === 1 ? listeners[0]! : (...facts) => listeners.forEach((listener) => listener(...facts));
  }
  return told;
}
