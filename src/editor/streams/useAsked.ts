import { useCallback, useEffect, useState } from 'react';
import { useSession } from '../run/sessionStore.ts';

export type Asked<T> =
  { readonly kind: 'loading' } | { readonly kind: 'there'; readonly answer: T } | { readonly kind: 'failed'; readonly reason: string };

/** Asks the run once, and again when another run was begun or somebody wants it. `ask` must be the same function as long as the question is. */
export function useAsked<T>(ask: () => Promise<T>): { readonly asked: Asked<T>; readonly again: () => void } {
  const [asked, setAsked] = useState<Asked<T>>({ kind: 'loading' });
  const [turn, setTurn] = useState(0);
  const run = useSession((state) => state.runNumber);
  useEffect(() => {
    let current = true;
    ask()
      .then((answer) => current && setAsked({ kind: 'there', answer }))
      .catch((error: unknown) => current && setAsked({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }));
    return () => {
      current = false;
    };
  }, [ask, run, turn]);
  return { asked, again: useCallback(() => setTurn((before) => before + 1), []) };
}
