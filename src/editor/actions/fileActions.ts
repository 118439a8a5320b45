import { Download, FilePlus, FolderOpen, History, Link2, Play } from 'lucide-react';
import { openExample, openFromFile, openNew, saveAsFile } from '../files/documents.ts';
import { examples } from '../files/examples.ts';
import { viewStore } from '../stores/viewStore.ts';
import type { Action } from './action.ts';

/** Documents. */
export const fileActions: readonly Action[] = [
  { id: 'file.new', group: 'File', label: 'New pipeline', keywords: ['empty', 'blank'], icon: FilePlus, perform: openNew },
  {
    id: 'file.open',
    group: 'File',
    label: 'Open …',
    keywords: ['recent', 'documents', 'templates'],
    icon: FolderOpen,
    perform: () => viewStore.getState().show('open'),
  },
  {
    id: 'file.openFile',
    group: 'File',
    label: 'Open a file …',
    keywords: ['import', 'json'],
    icon: FolderOpen,
    shortcuts: ['Mod+O'],
    perform: openFromFile,
  },
  {
    id: 'file.save',
    group: 'File',
    label: 'Save as a file',
    keywords: ['download', 'json'],
    icon: Download,
    shortcuts: ['Mod+S'],
    perform: saveAsFile,
  },
  {
    id: 'file.share',
    group: 'File',
    label: 'Share …',
    keywords: ['link', 'copy'],
    icon: Link2,
    perform: () => viewStore.getState().show('share'),
  },
  {
    id: 'file.history',
    group: 'File',
    label: 'Versions of this document …',
    keywords: ['history', 'checkpoint', 'restore'],
    icon: History,
    perform: () => viewStore.getState().show('history'),
  },
];

/** One command an example. */
export const exampleActions: readonly Action[] = examples.map((example) => ({
  id: `example.${example.id}`,
  group: 'Examples',
  label: `Example: ${example.title}`,
  keywords: ['template', 'start from', example.description],
  icon: Play,
  perform: async () => {
    await openExample(example, true);
  },
}));
