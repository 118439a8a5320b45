import {
  Contrast,
  Keyboard,
  LayoutGrid,
  Maximize,
  Minus,
  Moon,
  Network,
  PanelBottom,
  PanelLeft,
  PanelRight,
  Plus,
  Search,
  Spline,
  Sun,
  SunMoon,
  Users,
} from 'lucide-react';
import { canvasHandle } from '../stores/canvasHandle.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import type { ThemeChoice } from '../theme/theme.ts';
import type { Action } from './action.ts';

const view = () => viewStore.getState();
const zoomStep = 1.25;

function toggleTheme(): void {
  view().setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
}

function theme(choice: ThemeChoice, label: string, icon: Action['icon'] & object): Action {
  return { id: `view.theme.${choice}`, group: 'View', label, keywords: ['theme', 'colours'], icon, perform: () => view().setTheme(choice) };
}

/** What changes only what is seen. */
export const viewActions: readonly Action[] = [
  {
    id: 'view.palette',
    group: 'View',
    label: 'Find or do anything',
    keywords: ['commands', 'search'],
    icon: Search,
    shortcuts: ['Mod+K'],
    perform: () => view().show('palette'),
  },
  {
    id: 'view.fit',
    group: 'View',
    label: 'Fit everything in view',
    keywords: ['zoom'],
    icon: Maximize,
    shortcuts: ['F'],
    perform: () => canvasHandle.current?.fit(),
  },
  {
    id: 'view.fitSelection',
    group: 'View',
    label: 'Fit the selection in view',
    keywords: ['zoom'],
    icon: Maximize,
    shortcuts: ['Shift+F'],
    predicate: () => view().selection.nodes.length > 0,
    perform: () => canvasHandle.current?.fit(view().selection.nodes),
  },
  {
    id: 'view.zoomIn',
    group: 'View',
    label: 'Zoom in',
    icon: Plus,
    shortcuts: ['+', '='],
    perform: () => canvasHandle.current?.zoomBy(zoomStep),
  },
  {
    id: 'view.zoomOut',
    group: 'View',
    label: 'Zoom out',
    icon: Minus,
    shortcuts: ['-'],
    perform: () => canvasHandle.current?.zoomBy(1 / zoomStep),
  },
  {
    id: 'edit.tidy',
    group: 'Edit',
    label: 'Tidy the layout',
    keywords: ['arrange', 'align', 'order'],
    icon: LayoutGrid,
    shortcuts: ['Shift+T'],
    predicate: () => !documentStore.getState().readOnly && documentStore.getState().document.nodes.length > 1,
    perform: () => canvasHandle.current?.tidy(),
  },
  {
    id: 'edit.connect',
    group: 'Edit',
    label: 'Connect to …',
    keywords: ['wire', 'edge', 'link'],
    icon: Spline,
    shortcuts: ['C'],
    predicate: () => !documentStore.getState().readOnly && view().selection.nodes.length === 1,
    perform: () => canvasHandle.current?.connectFrom(view().selection.nodes[0]!),
  },
  {
    id: 'view.theme',
    group: 'View',
    label: 'Switch between light and dark',
    keywords: ['theme', 'night'],
    icon: SunMoon,
    shortcuts: ['Shift+D'],
    perform: toggleTheme,
  },
  theme('light', 'Light theme', Sun),
  theme('dark', 'Dark theme', Moon),
  theme('contrast', 'High contrast theme', Contrast),
  theme('system', 'Theme of the system', SunMoon),
  {
    id: 'view.shortcuts',
    group: 'View',
    label: 'Keyboard shortcuts',
    keywords: ['help', 'keys'],
    icon: Keyboard,
    shortcuts: ['?'],
    perform: () => view().show('shortcuts'),
  },
  {
    id: 'view.parts',
    group: 'View',
    label: 'Show or hide the palette',
    keywords: ['parts', 'panel'],
    icon: PanelLeft,
    perform: () => view().toggle('palette'),
  },
  {
    id: 'view.inspector',
    group: 'View',
    label: 'Show or hide the inspector',
    keywords: ['panel'],
    icon: PanelRight,
    perform: () => view().toggle('inspector'),
  },
  {
    id: 'view.cluster',
    group: 'View',
    label: 'Show the cluster',
    keywords: ['brokers', 'replicas', 'partitions', 'leaders', 'ISR', 'controller'],
    icon: Network,
    perform: () => view().setDockTab('cluster'),
  },
  {
    id: 'view.groups',
    group: 'View',
    label: 'Show the consumer groups',
    keywords: ['members', 'rebalance', 'assignment', 'offsets', 'share', 'coordinator'],
    icon: Users,
    perform: () => view().setDockTab('groups'),
  },
  {
    id: 'view.dock',
    group: 'View',
    label: 'Show or hide the dock',
    keywords: ['panel', 'charts'],
    icon: PanelBottom,
    perform: () => view().toggle('dock'),
  },
];
