import { beforeEach, expect, test } from 'vitest';
import { defaultPanels, viewStore } from './viewStore.ts';

beforeEach(() => {
  viewStore.getState().setPanel('dock', defaultPanels.dock);
  viewStore.getState().setDockTab('charts');
});

test('[CLUV-8] a dock that nobody sized grows when the cluster is opened, and stays so', () => {
  viewStore.getState().setDockTab('cluster');
  const grown = viewStore.getState().panels.dock;
  expect(grown).toBeGreaterThan(defaultPanels.dock);
  viewStore.getState().setDockTab('charts');
  expect(viewStore.getState().panels).toEqual({ ...defaultPanels, dock: grown });
});

test('[CLUV-8] a dock that somebody sized keeps its height; another tab leaves it as it is', () => {
  viewStore.getState().setDockTab('events');
  expect(viewStore.getState().panels.dock).toBe(defaultPanels.dock);
  viewStore.getState().setPanel('dock', 200);
  viewStore.getState().setDockTab('cluster');
  expect(viewStore.getState().panels.dock).toBe(200);
});
