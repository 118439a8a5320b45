/** The one list of commands. */
import { addActions } from './addActions.ts';
import { editActions } from './editActions.ts';
import { exportActions } from './exportActions.ts';
import { exampleActions, fileActions } from './fileActions.ts';
import { runActions } from './runActions.ts';
import { viewActions } from './viewActions.ts';
import { isPossible, type Action } from './action.ts';

export { isPossible, labelOf, type Action } from './action.ts';
export { clusterActions } from './clusterActions.ts';
export { shortcutWords } from './shortcuts.ts';

/** Every command, in the order menus show them. */
export const actions: readonly Action[] = [
  ...runActions,
  ...editActions,
  ...viewActions,
  ...fileActions,
  ...addActions,
  ...exampleActions,
  ...exportActions,
];

const byId = new Map(actions.map((action) => [action.id, action]));

/** The command of an id; asking for one that is not there is a bug. */
export function actionOf(id: string): Action {
  const action = byId.get(id);
  if (action === undefined) throw new Error(`There is no action ${id}.`);
  return action;
}

/** Does a command if it can be done now. */
export function performAction(id: string): void {
  const action = actionOf(id);
  if (isPossible(action)) void action.perform();
}
