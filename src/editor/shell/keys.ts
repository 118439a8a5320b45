/** Keys to commands, for the whole page. */
import { spaceWasUsedToPan } from '../canvas/canvasApi.ts';
import { actions } from '../actions/index.ts';
import { actionFor, isPressing, isTyping } from '../actions/shortcuts.ts';
import { viewStore } from '../stores/viewStore.ts';

/** Copy, cut and paste come as clipboard events, which need no permission. */
const byClipboardEvent = new Set(['edit.copy', 'edit.cut', 'edit.paste']);
const keyed = actions.filter((action) => !byClipboardEvent.has(action.id));

/** Commands that go through even while a person types, because the browser's own answer would be wrong there. */
const evenWhileTyping = new Set(['file.save', 'file.openFile', 'view.palette']);

function down(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.repeat) return;
  if (document.querySelector('dialog[open]') !== null) return;
  const action = actionFor(event, keyed);
  if (action === null || (isTyping(event.target) && !evenWhileTyping.has(action.id)) || isPressing(event.target, event.key)) return;
  // Space may begin a pan with the pointer; it plays when it is let go.
  if (event.key === ' ') {
    if (!(event.target instanceof HTMLElement && event.target.closest('#canvas') !== null)) event.preventDefault();
    return;
  }
  event.preventDefault();
  void action.perform();
}

function up(event: KeyboardEvent): void {
  if (event.key !== ' ' || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
  if (isTyping(event.target) || isPressing(event.target, ' ') || spaceWasUsedToPan()) return;
  void actionFor(event, keyed)?.perform();
}

/** Listens until the returned function is called. */
export function listenToKeys(): () => void {
  const blur = () => viewStore.getState().rename(null);
  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
  window.addEventListener('blur', blur);
  return () => {
    window.removeEventListener('keydown', down);
    window.removeEventListener('keyup', up);
    window.removeEventListener('blur', blur);
  };
}
