/** Copy, cut and paste of nodes as JSON text, and of whole documents. */
import { isTyping } from '../actions/shortcuts.ts';
import { copiedText, cutSelection, pasteText } from '../document/clipboard.ts';
import { openText } from '../files/documents.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';

/** Text that a person selected on the page is theirs to copy. */
const hasOwnSelection = () => (window.getSelection()?.toString() ?? '') !== '';

function copy(event: ClipboardEvent): void {
  if (isTyping(event.target) || hasOwnSelection() || viewStore.getState().selection.nodes.length === 0) return;
  event.preventDefault();
  event.clipboardData?.setData('text/plain', copiedText());
  if (event.type === 'cut' && !documentStore.getState().readOnly) cutSelection();
}

function paste(event: ClipboardEvent): void {
  if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
  const file = event.clipboardData?.files[0];
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (file !== undefined) void file.text().then((content) => openText(content, file.name));
  else if (text.includes('"logjam/fragment"')) pasteText(text);
  else if (text.trim() !== '') void openText(text, 'the clipboard');
  else return;
  event.preventDefault();
}

/** Listens until the returned function is called. */
export function listenToClipboard(): () => void {
  document.addEventListener('copy', copy);
  document.addEventListener('cut', copy);
  document.addEventListener('paste', paste);
  return () => {
    document.removeEventListener('copy', copy);
    document.removeEventListener('cut', copy);
    document.removeEventListener('paste', paste);
  };
}
