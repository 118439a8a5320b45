import { Gauge, Pause, Play, RotateCcw, StepForward, Table2, Zap } from 'lucide-react';
import { changeSpeed, nudgeSpeed, resetRun, restartWorker, stepOnce, togglePlay } from '../run/session.ts';
import { sessionStore } from '../run/sessionStore.ts';
import { documentStore } from '../stores/documentStore.ts';
import { statusStore } from '../stores/liveStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import type { Action } from './action.ts';

const running = () => statusStore.getState().phase === 'running';

/** Time and speed. */
export const runActions: readonly Action[] = [
  {
    id: 'run.toggle',
    group: 'Run',
    label: () => (running() ? 'Pause' : 'Play'),
    keywords: ['run', 'start', 'stop'],
    icon: Play,
    shortcuts: ['Space'],
    perform: togglePlay,
  },
  { id: 'run.step', group: 'Run', label: 'Step one event', keywords: ['single'], icon: StepForward, shortcuts: ['.'], perform: stepOnce },
  {
    id: 'run.reset',
    group: 'Run',
    label: 'Reset to time 0',
    keywords: ['rewind', 'restart'],
    icon: RotateCcw,
    shortcuts: ['Home'],
    perform: resetRun,
  },
  { id: 'run.slower', group: 'Run', label: 'Slower', keywords: ['speed'], icon: Gauge, shortcuts: ['['], perform: () => nudgeSpeed(-1) },
  { id: 'run.faster', group: 'Run', label: 'Faster', keywords: ['speed'], icon: Gauge, shortcuts: [']'], perform: () => nudgeSpeed(1) },
  {
    id: 'run.max',
    group: 'Run',
    label: 'As fast as possible',
    keywords: ['speed', 'maximum'],
    icon: Zap,
    perform: () => changeSpeed('max'),
  },
  { id: 'run.real', group: 'Run', label: 'Real time (1×)', keywords: ['speed'], icon: Gauge, perform: () => changeSpeed(1) },
  {
    id: 'run.matrix',
    group: 'Run',
    label: 'Guarantee matrix …',
    keywords: ['compare', 'delivery', 'at most once', 'at least once', 'exactly once', 'idempotent', 'lost', 'duplicates'],
    icon: Table2,
    predicate: () => documentStore.getState().document.nodes.length > 0,
    perform: () => viewStore.getState().show('matrix'),
  },
  {
    id: 'run.recover',
    group: 'Run',
    label: 'Restart from the last checkpoint',
    keywords: ['crash', 'worker'],
    icon: Pause,
    predicate: () => sessionStore.getState().crashed !== null,
    perform: restartWorker,
  },
];
