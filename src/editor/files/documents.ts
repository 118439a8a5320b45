/** Opening, storing and following documents: what stands between the document store and the database. */
import { newDocument, parseDocument, serializeDocument } from '../../pipeline/index.ts';
import type { PipelineDocument } from '../../pipeline/document.ts';
import {
  createAutosave,
  createDocumentRepository,
  holdWriterLock,
  type StoredHistory,
  type StoredVersion,
  type TabRole,
  type WriterLock,
} from '../../persistence/index.ts';
import { rememberedRun } from '../run/runMemory.ts';
import { forgetRun, letRunGo, openRun, saveRun } from '../run/session.ts';
import { speedToWatch } from '../run/speeds.ts';
import type { Speed } from '../../workers/protocol.ts';
import { canvasHandle } from '../stores/canvasHandle.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { toast } from '../toasts/toastStore.ts';
import { download, fileNameOf, pickTextFile } from './download.ts';
import type { Example } from './examples.ts';
import { openStore } from './openStore.ts';
import { savedStore } from './savedStore.ts';

const repository = createDocumentRepository();
const lastKeyName = 'logjam.document';
let lock: WriterLock | null = null;

const autosave = createAutosave({
  save: async (key, document) => {
    await repository.save(key, document, historyOf(key, document));
    lock?.tellSaved();
  },
  onState: (saved) => {
    const before = savedStore.getState().saved;
    savedStore.setState({ saved });
    if (saved.state !== 'failed' || before.state === 'failed') return;
    const why = saved.trouble === 'quota' ? 'The browser has no more room for this site' : 'The browser’s database is not available';
    toast(`${why}: the document is kept in this tab only.`, { tone: 'bad', action: { label: 'Save as file', perform: saveAsFile } });
  },
});

/** What can be undone of a document, if it is the open one as it stands. */
function historyOf(key: string, document: PipelineDocument): StoredHistory | undefined {
  const open = documentStore.getState();
  return open.key === key && open.document === document ? { past: open.past, future: open.future } : undefined;
}

/** The tab remembers its document over a reload, the browser remembers the last one for new tabs. */
function remember(key: string): void {
  try {
    sessionStorage.setItem(lastKeyName, key);
    localStorage.setItem(lastKeyName, key);
  } catch {
    // Without these a reload begins with the list of documents.
  }
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(lastKeyName) ?? localStorage.getItem(lastKeyName);
  } catch {
    return null;
  }
}

async function follow(key: string): Promise<void> {
  const stored = await repository.load(key).catch(() => undefined);
  const state = documentStore.getState();
  if (stored !== undefined && state.key === key && state.readOnly) state.open(stored.document, key);
}

/** A tab that begins to write begins with what the former writer saved last, the run included; the former one no longer stores its own. */
async function takeRole(key: string, role: TabRole): Promise<void> {
  const before = documentStore.getState().readOnly ? 'follower' : 'writer';
  if (role === 'writer' && before === 'follower') await follow(key);
  savedStore.setState({ role });
  documentStore.getState().setReadOnly(role === 'follower');
  if (role === before || documentStore.getState().key !== key) return;
  if (role === 'writer') await openRun({ resume: true, play: rememberedRun(key)?.playing === true });
  else letRunGo();
}

/** Asks for the right to write a document. Resolves when it is known whether this tab has it. */
function hold(key: string): Promise<void> {
  lock?.release();
  return new Promise((resolve) => {
    lock = holdWriterLock({
      key,
      onRole: (role) => void takeRole(key, role).finally(resolve),
      onSaved: () => void follow(key),
    });
  });
}

/** Makes this tab the one that writes. */
export function takeOver(): void {
  lock?.takeOver();
}

interface OpenOptions {
  readonly key: string;
  /** Go on with the run that is stored for this document. */
  readonly resume: boolean;
  readonly play: boolean;
  /** Without one, the speed this document's run had in this tab, else real time. */
  readonly speed?: Speed | undefined;
  readonly history?: StoredHistory | undefined;
}

async function show(document: PipelineDocument, options: OpenOptions): Promise<void> {
  await autosave.flush();
  await hold(options.key);
  viewStore.getState().select({});
  documentStore.getState().open(document, options.key, options.history);
  remember(options.key);
  requestAnimationFrame(() => {
    canvasHandle.current?.fit();
    // What was opened is what keys are about now: Space plays it, whatever button it was opened by.
    window.document.getElementById('canvas')?.focus({ preventScroll: true });
  });
  const speed = options.speed ?? rememberedRun(options.key)?.speed ?? 1;
  await openRun({ resume: options.resume, play: options.play && !documentStore.getState().readOnly, speed });
}

async function showAsNew(document: PipelineDocument, play: boolean, speed?: Speed): Promise<void> {
  const key = crypto.randomUUID();
  await show(document, { key, resume: false, play, speed });
  autosave.note(key, document);
}

/** Opens an empty document. */
export function openNew(): Promise<void> {
  return showAsNew(newDocument(), false);
}

/** How a document that is opened from text begins. */
interface Beginning {
  readonly play: boolean;
  /** Not at real time but at the speed at which its scenario takes about a minute. */
  readonly toWatch: boolean;
}

/** Opens a document from text. Errors leave the open one untouched and are shown; warnings are shown beside the opened one. */
export async function openText(text: string, file: string, beginning: Beginning = { play: false, toWatch: false }): Promise<boolean> {
  const { document, findings } = parseDocument(text, { file });
  openStore.setState({ attempt: { file, opened: document !== null, findings } });
  if (findings.length > 0) viewStore.getState().show('import-findings');
  if (document === null) return false;
  await showAsNew(document, beginning.play, beginning.toWatch ? speedToWatch(document.scenario.durationMs) : undefined);
  return true;
}

/** Opens an example as a document of its own, at a speed at which it can be watched to its end. */
export function openExample(example: Example, play: boolean): Promise<boolean> {
  return openText(example.text, `${example.id}.json`, { play, toWatch: true });
}

/** Opens a stored document, standing still unless it is to play; false when it is not there or cannot be read. */
export async function openStored(key: string, play = false): Promise<boolean> {
  const stored = await repository.load(key);
  if (stored === undefined) return false;
  // What is stored is checked like any file: another version of the designer may have written it.
  const { document, findings } = parseDocument(JSON.stringify(stored.document), { file: stored.name });
  if (document === null) {
    openStore.setState({ attempt: { file: stored.name, opened: false, findings } });
    viewStore.getState().show('import-findings');
    return false;
  }
  // A document that passes unchanged is opened as it was stored, to the order of its keys: the stored run is recognised by it.
  const same = stored.document.version === document.version && findings.length === 0;
  const history = same ? await repository.history(key) : undefined;
  await show(same ? stored.document : document, { key, resume: true, play, history });
  savedStore.setState({ saved: { state: 'saved' } });
  return true;
}

/** Opens the document this tab, or this browser, had open last; false when there is none. */
export async function openLast(): Promise<boolean> {
  const key = remembered();
  // A run that played when the page was reloaded goes on playing.
  const play = key !== null && rememberedRun(key)?.playing === true;
  try {
    return key !== null && (await openStored(key, play));
  } catch {
    savedStore.setState({ saved: { state: 'failed', trouble: 'gone', detail: 'The database could not be opened.' } });
    return false;
  }
}

/** Asks for a file and opens it. */
export async function openFromFile(): Promise<void> {
  const file = await pickTextFile('.json,application/json');
  if (file !== null) await openText(file.text, file.name);
}

/** Offers the document as a file. */
export function saveAsFile(): void {
  const { document } = documentStore.getState();
  download(`${fileNameOf(document.name)}.logjam.json`, serializeDocument(document));
  toast('Saved as a file.');
}

/** The documents of this browser, newest first. */
export function recentDocuments() {
  return repository.recent(12);
}

/** Removes a document and its run from this browser; a message offers it back. */
export async function removeDocument(key: string): Promise<void> {
  const stored = await repository.load(key);
  await repository.remove(key);
  forgetRun(key);
  if (stored === undefined) return;
  toast(`Removed “${stored.name}”.`, { action: { label: 'Undo', perform: () => void repository.save(key, stored.document) } });
}

/** Keeps the document as it is now under a name. */
export async function keepVersion(label: string): Promise<void> {
  const { key, document } = documentStore.getState();
  try {
    await repository.addVersion(key, document, label);
    toast(`Kept as “${label}”.`, { tone: 'good' });
  } catch {
    toast('This version could not be stored. Save the document as a file instead.', { tone: 'bad' });
  }
}

/** Versions of the open document, newest first. */
export function keptVersions(): Promise<readonly StoredVersion[]> {
  return repository.versions(documentStore.getState().key);
}

/** Brings a kept version back, as an edit that can be undone. */
export function restoreVersion(version: StoredVersion): void {
  documentStore
    .getState()
    .apply(
      { type: 'document.replace', document: version.document },
      `Restore “${version.label === '' ? new Date(version.savedAtMs).toLocaleString() : version.label}”`,
    );
}

const automaticVersionMs = 5 * 60_000;

/** Stores the document from now on after each edit. Returns the function that ends it. */
export function startAutosave(): () => void {
  let versionAt = Date.now();
  const unsubscribe = documentStore.subscribe((state, before) => {
    if (state.document === before.document || state.key !== before.key || state.readOnly || before.readOnly) return;
    autosave.note(state.key, state.document);
    if (Date.now() - versionAt < automaticVersionMs) return;
    versionAt = Date.now();
    void repository.addVersion(state.key, before.document, '').catch(() => undefined);
  });
  const leave = () => {
    if (document.visibilityState !== 'hidden') return;
    void autosave.flush();
    saveRun();
  };
  document.addEventListener('visibilitychange', leave);
  window.addEventListener('pagehide', leave);
  return () => {
    unsubscribe();
    document.removeEventListener('visibilitychange', leave);
    window.removeEventListener('pagehide', leave);
  };
}
