/** Objectives and faults taken out of the scenario, with a message that offers them back. */
import type { Change } from '../../pipeline/index.ts';
import { removeFault, removeObjective } from '../document/edits.ts';
import { documentStore } from '../stores/documentStore.ts';
import { toast } from '../toasts/toastStore.ts';

function offerBack(text: string, back: Change): void {
  const step = documentStore.getState().past.at(-1);
  const perform = () => {
    const { past, undo, apply } = documentStore.getState();
    // What was edited since then stays: the part is put back where it was.
    if (past.at(-1) === step) undo();
    else apply(back, 'Put it back');
  };
  toast(text, { action: { label: 'Undo', perform } });
}

/** Removes an objective. */
export function takeObjective(id: string): void {
  const { objectives } = documentStore.getState().document.scenario;
  const at = objectives.findIndex((candidate) => candidate.id === id);
  const objective = objectives[at];
  if (objective === undefined) return;
  removeObjective(id);
  offerBack(`Removed the objective “${objective.name}”.`, { type: 'objective.add', objective, at });
}

/** Removes a fault by its index. */
export function takeFault(at: number): void {
  const fault = documentStore.getState().document.scenario.faults[at];
  if (fault === undefined) return;
  removeFault(at);
  offerBack('Removed the fault.', { type: 'fault.add', fault, at });
}
