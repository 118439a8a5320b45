/** Copy and paste as JSON text, through the system's clipboard where it may be used, else within the tab. */
import { copyFragment, pasteFragment } from '../../pipeline/index.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { announce, toast } from '../toasts/toastStore.ts';
import { removeElements } from './edits.ts';

let held = '';
const pasteStep = 32;
let pastes = 0;

/** The selected nodes and the wires between them as text; also held for pasting within the tab. */
export function copiedText(): string {
  const { nodes } = viewStore.getState().selection;
  held = copyFragment(documentStore.getState().document, nodes);
  pastes = 0;
  announce(`Copied ${nodes.length} node${nodes.length === 1 ? '' : 's'}.`);
  return held;
}

/** Copies the selected nodes and the wires between them. */
export function copySelection(): void {
  // The system's clipboard may be forbidden; what is held here still pastes in this tab.
  void navigator.clipboard?.writeText(copiedText()).catch(() => undefined);
}

/** Copies, then deletes. */
export function cutSelection(): void {
  copySelection();
  removeElements(viewStore.getState().selection, 'Cut');
  viewStore.getState().select({});
}

/** Pastes a copied fragment; false when the text is none. */
export function pasteText(text: string): boolean {
  const { document, apply } = documentStore.getState();
  pastes += 1;
  const pasted = pasteFragment(document, text, { x: pasteStep * pastes, y: pasteStep * pastes });
  if (pasted.change === null) {
    const finding = pasted.findings[0];
    toast(`Nothing was pasted: ${finding?.message ?? 'the clipboard holds no pipeline.'}`, { tone: 'bad' });
    return false;
  }
  const count = pasted.nodeIds.length;
  apply(pasted.change, `Paste ${count} node${count === 1 ? '' : 's'}`);
  viewStore.getState().select({ nodes: pasted.nodeIds });
  announce(`Pasted ${count} node${count === 1 ? '' : 's'}.`);
  return true;
}

/** Pastes what was copied, here or in another tab. */
export async function pasteFromClipboard(): Promise<void> {
  const text = await navigator.clipboard?.readText().catch(() => held);
  pasteText(text === undefined || text === '' ? held : text);
}

/** Copies and pastes at once, leaving the clipboard alone. */
export function duplicateSelection(): void {
  pastes = 0;
  pasteText(copyFragment(documentStore.getState().document, viewStore.getState().selection.nodes));
}
