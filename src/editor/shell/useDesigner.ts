/** Starts what lives as long as the page: run session, autosave, findings, keys, theme, files dropped or pasted. */
import { useEffect } from 'react';
import { isStreams, validateDocument, type PipelineDocument } from '../../pipeline/index.ts';
import { openText, startAutosave } from '../files/documents.ts';
import { startUp } from '../files/startUp.ts';
import { startSession } from '../run/session.ts';
import { watchFindings } from '../stores/findingsStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { applyTheme } from '../theme/theme.ts';
import { listenToClipboard } from './clipboardEvents.ts';
import { listenToKeys } from './keys.ts';
import { foldWhileNarrow } from './narrowScreen.ts';

let started = false;

function watchTheme(): () => void {
  applyTheme(viewStore.getState().theme);
  return viewStore.subscribe((view, before) => {
    if (view.theme !== before.theme) applyTheme(view.theme);
  });
}

/** A file dropped anywhere is opened; what is dragged inside the page is left to its own targets. */
function listenToFiles(): () => void {
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  const over = (event: DragEvent) => {
    if (hasFiles(event)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    const file = event.dataTransfer?.files[0];
    if (!hasFiles(event) || file === undefined) return;
    event.preventDefault();
    void file.text().then((text) => openText(text, file.name));
  };
  window.addEventListener('dragover', over);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('drop', drop);
  };
}

/** The check of stream processors, loaded for documents that have some. */
function streamsCheck({ nodes }: PipelineDocument) {
  return nodes.some(isStreams) ? import('../../streams/check.ts').then(({ checkDocument }) => checkDocument) : null;
}

/** Called once, by the main screen. */
export function useDesigner(): void {
  useEffect(() => {
    const stops = [
      watchTheme(),
      foldWhileNarrow(),
      watchFindings(validateDocument, streamsCheck),
      startAutosave(),
      listenToKeys(),
      listenToClipboard(),
      listenToFiles(),
    ];
    // In development React mounts twice; the document must be opened once.
    if (!started) {
      started = true;
      startSession();
      void startUp();
    }
    return () => stops.forEach((stop) => stop());
  }, []);
}
