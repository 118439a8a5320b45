import { Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { kindOf } from '../../pipeline/kinds/index.ts';
import type { Fault } from '../../pipeline/index.ts';
import { setFault } from '../document/edits.ts';
import { useDocument } from '../stores/documentStore.ts';
import { faultActions, withAction } from './faultWords.ts';
import { ChoiceRow, numberProblem, TextRow } from './FormRow.tsx';
import { takeFault } from './removals.ts';

function memberProblem(text: string): string | null {
  const number = Number(text);
  return text.trim() !== '' && Number.isInteger(number) && number >= 0 ? null : 'Members are numbered 0, 1, 2 and so on.';
}

const timeProblem = (text: string) => numberProblem(text, 0, 'seconds');
const factorProblem = (text: string) => numberProblem(text, 0, 'times');

/** The parts of one fault. Of a config that was set live only the time can be changed here. */
export function FaultForm({ fault, index }: { readonly fault: Fault; readonly index: number }): ReactElement {
  const nodes = useDocument((state) => state.document.nodes);
  const readOnly = useDocument((state) => state.readOnly);
  const keep = (next: Fault) => setFault(index, next);
  const consumers = nodes.filter(({ id, kind }) => id === fault.node || ['processor', 'sink'].includes(kindOf(kind).role));
  return (
    <>
      <TextRow
        label="Time"
        unit="s"
        value={String(fault.atMs / 1000)}
        readOnly={readOnly}
        problemOf={timeProblem}
        onKeep={(text) => keep({ ...fault, atMs: Math.round(Number(text) * 1000) })}
      />
      {fault.action !== 'config.set' && (
        <>
          <ChoiceRow
            label="Node"
            value={fault.node}
            options={consumers.map(({ id, name }) => [id, name] as const)}
            readOnly={readOnly}
            onChoose={(node) => keep({ ...fault, node })}
          />
          <ChoiceRow
            label="What"
            value={fault.action}
            options={faultActions}
            readOnly={readOnly}
            onChoose={(action) => keep(withAction(fault, action))}
          />
        </>
      )}
      {'member' in fault && (
        <TextRow
          label="Member"
          unit="of the node"
          value={String(fault.member)}
          readOnly={readOnly}
          problemOf={memberProblem}
          onKeep={(text) => keep({ ...fault, member: Number(text) })}
        />
      )}
      {fault.action === 'slow' && (
        <TextRow
          label="Factor"
          unit="times as long"
          value={String(fault.factor)}
          readOnly={readOnly}
          problemOf={factorProblem}
          onKeep={(text) => keep({ ...fault, factor: Number(text) })}
        />
      )}
      <button type="button" className="lj-button" disabled={readOnly} onClick={() => takeFault(index)}>
        <Trash2 size={14} aria-hidden="true" /> Remove fault
      </button>
    </>
  );
}
