import type { KeyboardEvent, PointerEvent } from 'react';
import { defaultPanels, panelLimits, useView, viewStore, type PanelSizes } from '../stores/viewStore.ts';

const names: Record<keyof PanelSizes, string> = {
  palette: 'Width of the palette',
  inspector: 'Width of the inspector',
  dock: 'Height of the dock',
};
/** Which way the pointer moves to make the panel larger. */
const grows: Record<keyof PanelSizes, 1 | -1> = { palette: 1, inspector: -1, dock: -1 };
const keyStepPx = 16;

/** The line between a panel and the canvas: drag it, or move it with the arrow keys; double-click brings the usual size back. */
export function Separator({ panel }: { readonly panel: keyof PanelSizes }) {
  const size = useView((view) => view.panels[panel]);
  const { setPanel } = viewStore.getState();
  const vertical = panel !== 'dock';
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const line = event.currentTarget;
    const start = vertical ? event.clientX : event.clientY;
    line.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) =>
      setPanel(panel, size + grows[panel] * ((vertical ? moved.clientX : moved.clientY) - start));
    const end = () => {
      line.removeEventListener('pointermove', move);
      line.removeEventListener('pointerup', end);
      line.removeEventListener('pointercancel', end);
    };
    line.addEventListener('pointermove', move);
    line.addEventListener('pointerup', end);
    line.addEventListener('pointercancel', end);
  };
  const key = (event: KeyboardEvent) => {
    const towards =
      { ArrowLeft: vertical ? -1 : 0, ArrowRight: vertical ? 1 : 0, ArrowUp: vertical ? 0 : -1, ArrowDown: vertical ? 0 : 1 }[event.key] ??
      0;
    if (towards === 0) return;
    event.preventDefault();
    setPanel(panel, size + towards * grows[panel] * keyStepPx);
  };
  return (
    // A separator that moves takes the focus: WAI-ARIA's window splitter.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={`lj-separator lj-separator-${panel}`}
      role="separator"
      aria-orientation={vertical ? 'vertical' : 'horizontal'}
      aria-label={names[panel]}
      aria-valuenow={size}
      aria-valuemin={panelLimits[panel][0]}
      aria-valuemax={panelLimits[panel][1]}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      data-own-keys
      onPointerDown={drag}
      onKeyDown={key}
      onDoubleClick={() => setPanel(panel, defaultPanels[panel])}
    />
  );
}
