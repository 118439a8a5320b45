import type { ReactElement } from 'react';
import type { Verdict } from './objectiveWords.ts';

const marks = { open: '–', holds: '✓', waits: '…', fails: '✗' } as const;
const words = { open: 'no number yet', holds: 'holds', waits: 'not yet', fails: 'fails' } as const;
const tones = { open: '', holds: 'lj-badge-calm', waits: '', fails: 'lj-badge-breached' } as const;

/** How an objective stands: a mark, and in full the word too. */
export function Standing({ verdict, inFull = false }: { readonly verdict: Verdict; readonly inFull?: boolean }): ReactElement {
  const { state } = verdict;
  return (
    <span className={`lj-badge ${tones[state]}`} title={words[state]}>
      <span aria-hidden="true">{marks[state]}</span> {inFull ? words[state] : <span className="lj-visually-hidden">{words[state]}: </span>}
    </span>
  );
}
