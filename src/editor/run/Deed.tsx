import type { ReactNode } from 'react';
import { useDocument } from '../stores/documentStore.ts';
import { intervene, type Intervention } from './interventions.ts';

/** A small button that does something to the run; the scenario records it, so there is none for who may only read. */
export function Deed({ label, action, children }: { readonly label: string; readonly action: Intervention; readonly children: ReactNode }) {
  const readOnly = useDocument((state) => state.readOnly);
  return (
    <button
      type="button"
      className="lj-icon-button lj-icon-small"
      aria-label={label}
      title={label}
      disabled={readOnly}
      onClick={() => void intervene(action)}
    >
      {children}
    </button>
  );
}
