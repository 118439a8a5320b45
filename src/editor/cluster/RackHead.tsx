import { PlugZap, ZapOff } from 'lucide-react';
import type { BrokerView } from '../../workers/protocol.ts';
import { intervene } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';

/** A rack's name, and what can happen to all of it. */
export function RackHead({ rack, brokers }: { readonly rack: string; readonly brokers: readonly BrokerView[] }) {
  const readOnly = useDocument((state) => state.readOnly);
  const up = brokers.filter(({ processUp }) => processUp).length;
  return (
    <header className="lj-rack-head">
      <h3>Rack {rack}</h3>
      <span className="lj-muted lj-numeral">
        {up} of {brokers.length} up
      </span>
      <button
        type="button"
        className="lj-icon-button lj-icon-small"
        disabled={readOnly || up === 0}
        aria-label={`Lose rack ${rack}`}
        title={`Lose zone: every broker of rack ${rack} is gone at once`}
        onClick={() => void intervene({ action: 'zone.loss', rack })}
      >
        <ZapOff size={14} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="lj-icon-button lj-icon-small"
        disabled={readOnly || up === brokers.length}
        aria-label={`Bring rack ${rack} back`}
        title={`Bring back: every broker of rack ${rack} that is down starts`}
        onClick={() => void intervene({ action: 'zone.return', rack })}
      >
        <PlugZap size={14} aria-hidden="true" />
      </button>
    </header>
  );
}
