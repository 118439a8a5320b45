/** What a person looks at: selection, open panels, theme, panel sizes. Never part of the document; the lasting part stays in localStorage. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ThemeChoice } from '../theme/theme.ts';

export interface Selection {
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

export type InspectorTab = 'configure' | 'live' | 'records' | 'log' | 'explain';
export type DockTab = 'charts' | 'cluster' | 'groups' | 'events' | 'ledger' | 'record' | 'streams' | 'findings' | 'objectives';
export type DialogName = 'palette' | 'shortcuts' | 'open' | 'export' | 'share' | 'import-findings' | 'history' | 'log' | 'matrix' | 'code';

/** Pixels. */
export interface PanelSizes {
  readonly palette: number;
  readonly inspector: number;
  readonly dock: number;
}

interface Lasting {
  readonly theme: ThemeChoice;
  readonly panels: PanelSizes;
  readonly paletteCollapsed: boolean;
  readonly inspectorCollapsed: boolean;
  readonly dockCollapsed: boolean;
  readonly dockTab: DockTab;
}

export interface ViewState extends Lasting {
  readonly selection: Selection;
  readonly inspectorTab: InspectorTab;
  /** Node whose name is being edited on the canvas. */
  readonly renaming: string | null;
  readonly dialog: DialogName | null;
  /** Config whose field the inspector should bring into view and focus, set by findings. */
  readonly focusedField: { readonly node: string | null; readonly config: string; readonly request: number } | null;
  /** Goes up each time the inspector is asked to take the focus. */
  readonly inspectorFocus: number;
  readonly pickedPartition: { readonly topicNode: string; readonly partition: number; readonly offset: number } | null;
  /** Offsets whose records the record browser marks. */
  readonly markedOffsets: { readonly topicNode: string; readonly partition: number; readonly from: number; readonly to: number } | null;
  select(selection: Partial<Selection>): void;
  setInspectorTab(tab: InspectorTab): void;
  setDockTab(tab: DockTab): void;
  setTheme(theme: ThemeChoice): void;
  setPanel(panel: keyof PanelSizes, pixels: number): void;
  toggle(panel: keyof PanelSizes): void;
  /** Opens the inspector if it is closed, and asks it to take the focus. */
  openInspector(): void;
  /** Opens the inspector if it is closed; the focus stays where it is. */
  revealInspector(): void;
  rename(node: string | null): void;
  show(dialog: DialogName | null): void;
  focusField(node: string | null, config: string): void;
  pickPartition(place: { readonly topicNode: string; readonly partition: number; readonly offset: number }): void;
  /** Opens the record browser at an offset, and marks the records from there to `to`, not included. */
  browse(topicNode: string, partition: number, offset: number, to?: number): void;
}

export const defaultPanels: PanelSizes = { palette: 200, inspector: 300, dock: 236 };

/** Height in which the cluster shows whole (strip, racks, the brokers' cards, a partition's replicas), a group as much, the ledger some routes. A dock that nobody sized grows to it. */
const roomyDockPx = 336;
const roomyTabs: readonly DockTab[] = ['cluster', 'groups', 'ledger', 'streams'];

/** Smallest and largest pixels of a panel. */
export const panelLimits: Record<keyof PanelSizes, readonly [number, number]> = {
  palette: [168, 360],
  inspector: [264, 560],
  dock: [148, 560],
};

const storageKey = 'logjam.view';
const lastingDefaults: Lasting = {
  theme: 'system',
  panels: defaultPanels,
  paletteCollapsed: false,
  inspectorCollapsed: false,
  dockCollapsed: false,
  dockTab: 'charts',
};

/** Storage may be forbidden or hold something old; both mean defaults. */
function readLasting(): Lasting {
  try {
    const stored = JSON.parse(globalThis.localStorage?.getItem(storageKey) ?? '{}') as Partial<Lasting>;
    const merged = { ...lastingDefaults, ...stored, panels: { ...defaultPanels, ...stored.panels } };
    const known = ['system', 'light', 'dark', 'contrast'].includes(merged.theme) && Object.values(merged.panels).every(Number.isFinite);
    return known ? merged : lastingDefaults;
  } catch {
    return lastingDefaults;
  }
}

function writeLasting(state: ViewState): void {
  const { theme, panels, paletteCollapsed, inspectorCollapsed, dockCollapsed, dockTab } = state;
  try {
    globalThis.localStorage?.setItem(
      storageKey,
      JSON.stringify({ theme, panels, paletteCollapsed, inspectorCollapsed, dockCollapsed, dockTab }),
    );
  } catch {
    // Sizes that can't be remembered are only a lesser comfort.
  }
}

const collapsedField = { palette: 'paletteCollapsed', inspector: 'inspectorCollapsed', dock: 'dockCollapsed' } as const;

export const viewStore = createStore<ViewState>((set, get) => {
  const lasting = (part: Partial<ViewState>) => {
    set(part);
    writeLasting(get());
  };
  return {
    ...readLasting(),
    selection: { nodes: [], edges: [] },
    inspectorTab: 'configure',
    renaming: null,
    dialog: null,
    focusedField: null,
    inspectorFocus: 0,
    pickedPartition: null,
    markedOffsets: null,
    select: (selection) => set({ selection: { nodes: selection.nodes ?? [], edges: selection.edges ?? [] } }),
    setInspectorTab: (inspectorTab) => set({ inspectorTab }),
    setDockTab: (dockTab) => {
      const { panels } = get();
      const grows = roomyTabs.includes(dockTab) && panels.dock === defaultPanels.dock;
      lasting({ dockTab, dockCollapsed: false, ...(grows ? { panels: { ...panels, dock: roomyDockPx } } : {}) });
    },
    setTheme: (theme) => lasting({ theme }),
    setPanel: (panel, pixels) => {
      const [least, most] = panelLimits[panel];
      lasting({ panels: { ...get().panels, [panel]: Math.round(Math.min(most, Math.max(least, pixels))) } });
    },
    toggle: (panel) => lasting({ [collapsedField[panel]]: !get()[collapsedField[panel]] }),
    openInspector: () => lasting({ inspectorCollapsed: false, inspectorFocus: get().inspectorFocus + 1 }),
    revealInspector: () => lasting({ inspectorCollapsed: false }),
    rename: (renaming) => set({ renaming }),
    show: (dialog) => set({ dialog }),
    focusField: (node, config) =>
      set({
        inspectorTab: 'configure',
        selection: { nodes: node === null ? [] : [node], edges: [] },
        focusedField: { node, config, request: (get().focusedField?.request ?? 0) + 1 },
      }),
    pickPartition: (pickedPartition) => set({ pickedPartition }),
    browse: (topicNode, partition, offset, to) =>
      set({
        selection: { nodes: [topicNode], edges: [] },
        inspectorTab: 'records',
        pickedPartition: { topicNode, partition, offset },
        markedOffsets: to === undefined ? null : { topicNode, partition, from: offset, to },
      }),
  };
});

/** A field of the view; select narrowly. */
export function useView<T>(selector: (state: ViewState) => T): T {
  return useStore(viewStore, selector);
}
