/** What the menus of the canvas list. */
import { failurePorts, portNames } from '../../../pipeline/branches.ts';
import type { PipelineNode } from '../../../pipeline/document.ts';
import { kindOf, nodeKindNames, type NodeKind } from '../../../pipeline/kinds/index.ts';
import { wiringRefusal } from '../../../pipeline/wiring.ts';
import { isPossible, labelOf } from '../../actions/action.ts';
import { editActions } from '../../actions/editActions.ts';
import { shortcutWords } from '../../actions/shortcuts.ts';
import { viewActions } from '../../actions/viewActions.ts';
import { connect, removeElements, type Wire } from '../../document/edits.ts';
import { documentStore } from '../../stores/documentStore.ts';
import { viewStore } from '../../stores/viewStore.ts';
import { announce } from '../../toasts/toastStore.ts';
import { addNodeAtScreen, focusNode, screenPointOf } from '../canvasApi.ts';
import { addWired, connectThrough, kindsBetween, kindsThatFit, type WireEnd } from '../gestures.ts';
import { nodeGeometry, nodeWidth } from '../nodeGeometry.ts';
import { freePlace, placesOf } from '../placing.ts';
import { openMenu, type MenuItem, type MenuSection } from './menuStore.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

const families = [...new Set(nodeKindNames.map((kind) => kindOf(kind).family))];

function byFamily(kinds: readonly NodeKind[], perform: (kind: NodeKind) => void): readonly MenuSection[] {
  return families.map((family) => ({
    title: family,
    items: kinds
      .filter((kind) => kindOf(kind).family === family)
      .map((kind) => ({ label: kindOf(kind).label, kind, perform: () => perform(kind) })),
  }));
}

function nodeOf(id: string): PipelineNode | undefined {
  return documentStore.getState().document.nodes.find((node) => node.id === id);
}

/** Quick-add: every kind, at the pointer. */
export function openQuickAdd(at: Point): void {
  openMenu({ ...at, label: 'Add a node here', sections: byFamily(nodeKindNames, (kind) => focusNode(addNodeAtScreen(kind, at.x, at.y))) });
}

/** A wire dropped on empty canvas: the kinds that fit its open end, wired at once. `place` is where the wire ends in the pipeline. */
export function openKindsThatFit(from: WireEnd, at: Point, place: Point): void {
  const sections = byFamily(kindsThatFit(from, nodeKindNames), (kind) => {
    const { height } = nodeGeometry({ id: '', kind, name: '', config: {} });
    const x = from.backwards ? place.x - nodeWidth : place.x;
    focusNode(addWired(kind, { x, y: place.y - height / 2 }, { from }));
  });
  const name = nodeOf(from.node)?.name ?? '';
  openMenu({ ...at, label: from.backwards ? `What ${name} reads from` : `Where ${name} leads to`, sections });
}

/** A refused wire: why, and what could stand between its ends. */
export function openRefusal(wire: Wire, refusal: string, at: Point): void {
  const between = kindsBetween(wire, nodeKindNames);
  const [source, target] = [nodeOf(wire.source)?.name, nodeOf(wire.target)?.name];
  openMenu({
    ...at,
    label: 'The wire was refused',
    note: refusal,
    sections: [
      {
        items: between.map((kind) => ({
          label: `${kindOf(kind).label} between ${source} and ${target}`,
          kind,
          perform: () => {
            const id = connectThrough(kind, wire);
            if (id !== null) focusNode(id);
          },
        })),
      },
    ],
  });
}

function connectTo(wire: Wire): void {
  const { refusal } = connect(wire);
  announce(refusal ?? `Connected ${nodeOf(wire.source)?.name} to ${nodeOf(wire.target)?.name}.`);
}

/** Ways out of a node: the one without a name, where it has that, then the named ones. */
function portsOf(node: PipelineNode): readonly (string | undefined)[] {
  if (node.kind === 'branch') return portNames(node);
  return kindOf(node.kind).role === 'sink' ? failurePorts(node) : [undefined, ...failurePorts(node)];
}

/** Wiring without a pointer: every node a wire may lead to, and the kinds that could be added for it. */
export function openConnectTo(id: string): void {
  const { document } = documentStore.getState();
  const node = nodeOf(id);
  const at = screenPointOf(id);
  if (node === undefined || at === null) return;
  const ports: readonly (string | undefined)[] = portsOf(node);
  const sections = ports.flatMap((port): MenuSection[] => {
    const targets = document.nodes.filter((other) => wiringRefusal(document, id, other.id, port) === null);
    const from: WireEnd = { node: id, port, backwards: false };
    const place = placesOf(document).get(id)!;
    const toNew = (kind: NodeKind): MenuItem => ({
      label: `New ${kindOf(kind).label.toLowerCase()}`,
      kind,
      perform: () => {
        const size = nodeGeometry({ id: '', kind, name: '', config: {} });
        focusNode(addWired(kind, freePlace(document, { x: place.x + nodeWidth + 72, y: place.y }, size), { from }));
      },
    });
    const sourcePort = port === undefined ? {} : { sourcePort: port };
    return [
      {
        title: port === undefined ? `Connect ${node.name} to` : `${node.kind === 'branch' ? 'Branch' : 'Failures'} ${port} to`,
        items: targets.map((target) => ({
          label: target.name,
          kind: target.kind,
          perform: () => connectTo({ source: id, target: target.id, ...sourcePort }),
        })),
      },
      { title: port === undefined ? 'Add and connect' : `Add for ${port}`, items: kindsThatFit(from, nodeKindNames).map(toNew) },
    ];
  });
  const note = kindOf(node.kind).role === 'sink' ? 'A sink is the end of a pipeline: nothing leaves it.' : undefined;
  openMenu({ ...at, label: `Connect ${node.name} to`, sections, ...(note === undefined ? {} : { note }) });
}

/** The commands a menu of the canvas may hold. */
const commands = new Map([...editActions, ...viewActions].map((action) => [action.id, action]));

/** A command of the editor's list as a menu item. */
function command(id: string): MenuItem {
  const action = commands.get(id);
  if (action === undefined) throw new Error(`Expected an action with the id ${id}, found none.`);
  const [shortcut] = action.shortcuts ?? [];
  const hint = shortcut === undefined ? {} : { hint: shortcutWords(shortcut) };
  // The menu closes and gives the focus back first, so that what the command focuses keeps it.
  return {
    label: labelOf(action),
    disabled: !isPossible(action),
    perform: () => requestAnimationFrame(() => void action.perform()),
    ...hint,
  };
}

function disconnections(id: string): readonly MenuItem[] {
  const { document } = documentStore.getState();
  return document.edges
    .filter((edge) => edge.source === id || edge.target === id)
    .map((edge) => {
      const other = nodeOf(edge.source === id ? edge.target : edge.source);
      return { label: `Disconnect from ${other?.name}`, perform: () => removeElements({ nodes: [], edges: [edge.id] }, 'Disconnect') };
    });
}

/** The menu of a node; it becomes the selection unless it is part of it. */
export function openNodeMenu(id: string, at: Point): void {
  const { selection, select } = viewStore.getState();
  if (!selection.nodes.includes(id)) select({ nodes: [id] });
  const single = viewStore.getState().selection.nodes.length === 1;
  openMenu({
    ...at,
    label: `Menu of ${nodeOf(id)?.name}`,
    sections: [
      {
        items: [
          ...(single ? [command('edit.rename'), command('edit.connect')] : []),
          ...['edit.copy', 'edit.cut', 'edit.duplicate'].map(command),
        ],
      },
      { items: single ? disconnections(id) : [] },
      { items: [command('edit.delete')] },
    ],
  });
}

/** The menu of a wire. */
export function openWireMenu(id: string, at: Point): void {
  viewStore.getState().select({ edges: [id] });
  openMenu({ ...at, label: 'Menu of the wire', sections: [{ items: [command('edit.delete')] }] });
}

/** The menu of the empty canvas. */
export function openCanvasMenu(at: Point): void {
  openMenu({
    ...at,
    label: 'Menu of the canvas',
    sections: [
      { items: [{ label: 'Add a node here…', perform: () => requestAnimationFrame(() => openQuickAdd(at)) }, command('edit.paste')] },
      { items: ['edit.selectAll', 'edit.tidy', 'view.fit'].map(command) },
    ],
  });
}
