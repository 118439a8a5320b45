import type { CSSProperties } from 'react';
import { Canvas } from '../canvas/Canvas.tsx';
import { CommandPalette } from '../dialogs/CommandPalette.tsx';
import { ExportDialog } from '../dialogs/ExportDialog.tsx';
import { ImportFindingsDialog } from '../dialogs/ImportFindingsDialog.tsx';
import { OpenDialog } from '../dialogs/OpenDialog.tsx';
import { ShareDialog } from '../dialogs/ShareDialog.tsx';
import { ShortcutSheet } from '../dialogs/ShortcutSheet.tsx';
import { VersionsDialog } from '../dialogs/VersionsDialog.tsx';
import { Dock } from '../dock/Dock.tsx';
import { Inspector } from '../inspector/Inspector.tsx';
import { LogDialog } from '../log/LogDialog.tsx';
import { MatrixDialog } from '../matrix/MatrixDialog.tsx';
import { Palette } from '../palette/Palette.tsx';
import { CodeDialog } from '../sql/CodeDialog.tsx';
import { useDocument } from '../stores/documentStore.ts';
import { useView } from '../stores/viewStore.ts';
import { Toasts } from '../toasts/Toasts.tsx';
import { TopBar } from '../topbar/TopBar.tsx';
import { EmptyState } from './EmptyState.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { FollowerBanner } from './FollowerBanner.tsx';
import { Separator } from './Separator.tsx';
import { useDesigner } from './useDesigner.ts';
import './App.css';

const collapsedPalettePx = 52;
const collapsedDockPx = 84;

/** The main screen: bar, palette, canvas, inspector, dock, and the dialogs over them. */
export function App() {
  useDesigner();
  const panels = useView((view) => view.panels);
  const paletteCollapsed = useView((view) => view.paletteCollapsed);
  const inspectorCollapsed = useView((view) => view.inspectorCollapsed);
  const dockCollapsed = useView((view) => view.dockCollapsed);
  const isEmpty = useDocument((state) => state.document.nodes.length === 0);
  const sizes = {
    '--palette': `${paletteCollapsed ? collapsedPalettePx : panels.palette}px`,
    '--inspector': inspectorCollapsed ? '0px' : `${panels.inspector}px`,
    '--dock': dockCollapsed ? 'auto' : `${panels.dock}px`,
    '--above-dock': `${(dockCollapsed ? collapsedDockPx : panels.dock) + 16}px`,
  } as CSSProperties;
  return (
    <div className="lj-app" style={sizes}>
      <a className="lj-skip" href="#canvas">
        Skip to the canvas
      </a>
      <TopBar />
      <ErrorBoundary place="The palette" area="palette">
        <Palette />
      </ErrorBoundary>
      <main className="lj-app-canvas" id="canvas" aria-label="Canvas" tabIndex={-1}>
        <FollowerBanner />
        <ErrorBoundary place="The canvas">
          <Canvas />
        </ErrorBoundary>
        {isEmpty && <EmptyState />}
      </main>
      {!inspectorCollapsed && (
        <ErrorBoundary place="The inspector" area="inspector">
          <Inspector />
        </ErrorBoundary>
      )}
      <ErrorBoundary place="The dock" area="dock">
        <Dock />
      </ErrorBoundary>
      <section className="lj-separators" aria-label="Panel sizes">
        {!paletteCollapsed && <Separator panel="palette" />}
        {!inspectorCollapsed && <Separator panel="inspector" />}
        {!dockCollapsed && <Separator panel="dock" />}
      </section>
      <Toasts />
      <CommandPalette />
      <ShortcutSheet />
      <OpenDialog />
      <ImportFindingsDialog />
      <ExportDialog />
      <ShareDialog />
      <VersionsDialog />
      <LogDialog />
      <MatrixDialog />
      <CodeDialog />
    </div>
  );
}
