import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { addFault } from '../document/edits.ts';
import { formatMoment } from '../format/numbers.ts';
import { documentStore, useDocument } from '../stores/documentStore.ts';
import { FaultForm } from './FaultForm.tsx';
import { newFault } from './faultChoices.ts';
import { faultDeed } from './faultWords.ts';
import { SentenceItem } from './SentenceItem.tsx';
import './scenario.css';

/** What happens to the system, planned or recorded from what people did: one sentence each in the order of time. */
export function FaultsEditor(): ReactElement {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  const [chosen, setChosen] = useState<number | null>(null);
  const { faults } = document.scenario;
  const inTime = faults.map((fault, index) => ({ fault, index })).sort((a, b) => a.fault.atMs - b.fault.atMs);
  const add = () => {
    const { document: present } = documentStore.getState();
    setChosen(addFault(newFault(present, Math.round(present.scenario.durationMs / 2))));
  };
  return (
    <>
      {faults.length === 0 && <p className="lj-muted">None planned. What you do to the running system is recorded here.</p>}
      <ul className="lj-sentences">
        {inTime.map(({ fault, index }) => (
          <SentenceItem
            key={index}
            isOpen={chosen === index}
            onToggle={() => setChosen(chosen === index ? null : index)}
            form={() => <FaultForm fault={fault} index={index} />}
          >
            <span>
              At <span className="lj-numeral">{formatMoment(fault.atMs * 1000)}</span> {faultDeed(document, fault)}
            </span>
          </SentenceItem>
        ))}
      </ul>
      <button type="button" className="lj-button" disabled={readOnly} onClick={add}>
        <Plus size={14} aria-hidden="true" /> Plan a fault
      </button>
    </>
  );
}
