/** A wire being drawn: where it began and which nodes it may end at. Empty while none is. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PipelineDocument } from '../../pipeline/document.ts';
import { wiringRefusal } from '../../pipeline/wiring.ts';
import type { Wire } from '../document/edits.ts';
import type { WireEnd } from './gestures.ts';

export interface WiringState {
  readonly from: WireEnd | null;
  readonly fits: ReadonlySet<string>;
  /** Why the wire is refused where the pointer is; shown beside it. */
  readonly hint: { readonly text: string; readonly x: number; readonly y: number } | null;
}

const idle: WiringState = { from: null, fits: new Set(), hint: null };

export const wiringStore = createStore<WiringState>(() => idle);

/** The wire from a beginning to another node, whichever end was drawn first. */
export function wireBetween(from: WireEnd, other: string): Wire {
  if (from.backwards) return { source: other, target: from.node };
  return { source: from.node, target: other, ...(from.port === undefined ? {} : { sourcePort: from.port }) };
}

function refusalBetween(document: PipelineDocument, { source, target, sourcePort }: Wire): string | null {
  return wiringRefusal(document, source, target, sourcePort);
}

/** Begins a wire: lights up what it may end at. */
export function beginWiring(document: PipelineDocument, from: WireEnd): void {
  const fits = document.nodes.map((node) => node.id).filter((id) => refusalBetween(document, wireBetween(from, id)) === null);
  wiringStore.setState({ from, fits: new Set(fits), hint: null });
}

/** Shows why a wire is refused, or takes the words away. */
export function showHint(hint: WiringState['hint']): void {
  const shown = wiringStore.getState().hint;
  if (shown === hint || (shown !== null && hint !== null && shown.text === hint.text && shown.x === hint.x && shown.y === hint.y)) return;
  wiringStore.setState({ hint });
}

/** Ends the wire; words that say why it was refused stay until the next act. */
export function endWiring(hint: WiringState['hint'] = null): void {
  wiringStore.setState({ ...idle, hint });
}

/** A part of the wiring's state. */
export function useWiring<T>(selector: (state: WiringState) => T): T {
  return useStore(wiringStore, selector);
}
