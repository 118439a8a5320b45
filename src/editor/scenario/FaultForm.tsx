import { Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Fault } from '../../pipeline/index.ts';
import { setFault } from '../document/edits.ts';
import { useDocument } from '../stores/documentStore.ts';
import { actionGroups, nodesFor, withAction, withNode } from './faultChoices.ts';
import { FaultFields } from './FaultFields.tsx';
import { ChoiceRow, GroupedChoiceRow, numberProblem, TextRow } from './FormRow.tsx';
import { takeFault } from './removals.ts';

const timeProblem = (text: string) => numberProblem(text, 0, 'seconds');

/** The parts of one fault. Of a config that was set live only the time can be changed here. */
export function FaultForm({ fault, index }: { readonly fault: Fault; readonly index: number }): ReactElement {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  const keep = (next: Fault) => setFault(index, next);
  // A node that is gone or of another kind stays chosen until another one is.
  const nodes = document.nodes.filter((node) => node.id === fault.node || nodesFor(document, fault.action).includes(node));
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
        <GroupedChoiceRow
          label="What"
          value={fault.action}
          groups={actionGroups(document, fault.action).map(({ label, actions }) => ({ label, options: actions }))}
          readOnly={readOnly}
          onChoose={(action) => keep(withAction(document, fault, action))}
        />
      )}
      {fault.node !== undefined && fault.action !== 'config.set' && (
        <ChoiceRow
          label={'partition' in fault || 'count' in fault ? 'Topic' : 'Node'}
          value={fault.node}
          options={nodes.map(({ id, name }) => [id, name] as const)}
          readOnly={readOnly}
          onChoose={(node) => keep(withNode(document, fault, node))}
        />
      )}
      <FaultFields document={document} fault={fault} readOnly={readOnly} onKeep={keep} />
      <button type="button" className="lj-button" disabled={readOnly} onClick={() => takeFault(index)}>
        <Trash2 size={14} aria-hidden="true" /> Remove fault
      </button>
    </>
  );
}
