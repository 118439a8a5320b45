/** The menus of brokers, racks and partitions. */
import { kindOf } from '../../pipeline/kinds/index.ts';
import type { BrokerView, ClusterView, PartitionView } from '../../workers/protocol.ts';
import { openMenu, type MenuItem, type MenuSection } from '../canvas/menus/menuStore.ts';
import { intervene, type Intervention } from '../run/interventions.ts';
import { documentStore } from '../stores/documentStore.ts';
import { brokerDeeds, cutFrom, electUnclean, moveReplica, preferLeaders } from './clusterDeeds.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a menu of a button opens: under it, or over it in the lower half of the screen, where menus open upwards. */
export function besides(element: Element): Point {
  const { left, top, bottom } = element.getBoundingClientRect();
  return { x: left, y: top > window.innerHeight / 2 ? top : bottom };
}

function item(label: string, action: Intervention, options: { readonly hint?: string; readonly disabled?: boolean } = {}): MenuItem {
  const { hint, disabled = false } = options;
  const blocked = disabled || documentStore.getState().readOnly;
  return { label, disabled: blocked, perform: () => void intervene(action), ...(hint === undefined ? {} : { hint }) };
}

/** A menu in place of the one that closes: it opens once that one has given the focus back. */
function further(label: string, open: () => void): MenuItem {
  return { label: `${label}…`, disabled: documentStore.getState().readOnly, perform: () => requestAnimationFrame(open) };
}

function clientNodes(): readonly { readonly id: string; readonly name: string }[] {
  return documentStore.getState().document.nodes.filter(({ kind }) => kindOf(kind).role !== 'topic');
}

/** Whom a broker can be cut off from, each by itself. */
function openCutMenu(broker: BrokerView, view: ClusterView, at: Point): void {
  const others = view.brokers.filter(({ id }) => id !== broker.id);
  const cut = new Set(broker.cutFrom);
  const to = (name: string, end: string) =>
    item(name, cutFrom(broker.id, end), cut.has(name) ? { hint: 'cut already', disabled: true } : {});
  openMenu({
    ...at,
    label: `Cut broker ${broker.id} off from`,
    sections: [
      { title: `Cut broker ${broker.id} off from`, items: [to('controller', 'controller')] },
      { title: 'Brokers', items: others.map(({ id }) => to(`broker ${id}`, `broker:${id}`)) },
      { title: 'Clients of', items: clientNodes().map(({ id, name }) => to(name, `node:${id}`)) },
    ],
  });
}

function processItems({ id, processUp, condition }: BrokerView): readonly MenuItem[] {
  const deeds = brokerDeeds(id);
  if (!processUp) return [item('Start', deeds.start)];
  return [
    item('Kill', deeds.kill, { hint: 'at once' }),
    item('Stop', deeds.stop, { hint: 'controlled', disabled: condition === 'stopping' || condition === 'starting' }),
    item('Restart', deeds.start, { hint: 'controlled', disabled: condition === 'stopping' || condition === 'starting' }),
  ];
}

function networkItems(broker: BrokerView, view: ClusterView, at: Point): readonly MenuItem[] {
  const deeds = brokerDeeds(broker.id);
  return [
    item('Cut off from everybody', deeds.cutOff),
    item('Cut off from the controller', deeds.cutFromController, { disabled: broker.cutFrom.includes('controller') }),
    further('Cut off from', () => openCutMenu(broker, view, at)),
    item('Heal', deeds.heal, { disabled: broker.cutFrom.length === 0 }),
  ];
}

/** Everything that can be done to a broker. */
export function openBrokerMenu(broker: BrokerView, view: ClusterView, at: Point): void {
  const deeds = brokerDeeds(broker.id);
  const sections: readonly MenuSection[] = [
    { title: `Broker ${broker.id}`, items: processItems(broker) },
    { title: 'Network', items: networkItems(broker, view, at) },
    {
      title: 'Disk',
      items: [
        broker.diskFactor === 1
          ? item('Slow disk ×10', deeds.slowDisk)
          : item('Usual disk', deeds.usualDisk, { hint: `now ×${broker.diskFactor}` }),
        broker.diskFull ? item('Free the disk', deeds.freeDisk) : item('Full disk', deeds.fillDisk),
      ],
    },
  ];
  openMenu({ ...at, label: `Menu of broker ${broker.id}`, sections });
}

function openTargets(partition: PartitionView, view: ClusterView, from: number, at: Point): void {
  const held = partition.replicas.map(({ broker }) => broker);
  const targets = view.brokers.filter(({ id }) => !held.includes(id));
  openMenu({
    ...at,
    label: `Move the replica of broker ${from}`,
    sections: [
      {
        title: `From broker ${from} to`,
        items: targets.map(({ id, rack, condition }) => {
          const hint = [rack === null ? '' : `rack ${rack}`, condition === 'running' ? '' : condition].filter(Boolean).join(', ');
          return item(`broker ${id}`, moveReplica(partition, held, { from, to: id }), hint === '' ? {} : { hint });
        }),
      },
    ],
  });
}

/** Which replica of a partition moves, and then where to. */
export function openMoveMenu(partition: PartitionView, view: ClusterView, at: Point): void {
  const label = `Move a replica of ${partition.topic}-${partition.partition}`;
  const held = partition.replicas.filter(({ removing }) => !removing);
  if (held.length >= view.brokers.length) {
    openMenu({ ...at, label, note: 'Every broker holds a replica of this partition already, so none can move.', sections: [] });
    return;
  }
  const items = held.map(({ broker, role }) => ({
    label: `broker ${broker}…`,
    hint: role,
    disabled: documentStore.getState().readOnly,
    perform: () => requestAnimationFrame(() => openTargets(partition, view, broker, at)),
  }));
  openMenu({ ...at, label, sections: [{ title: 'Move the replica of', items }] });
}

/** What can be done to a partition. */
export function openPartitionMenu(partition: PartitionView, view: ClusterView, at: Point): void {
  const name = `${partition.topic}-${partition.partition}`;
  openMenu({
    ...at,
    label: `Menu of ${name}`,
    sections: [
      {
        title: name,
        items: [
          item('Prefer leaders', preferLeaders, { hint: 'of all partitions' }),
          item('Unclean election', electUnclean(partition), { disabled: partition.leader !== null, hint: 'may lose records' }),
          further('Move a replica', () => openMoveMenu(partition, view, at)),
        ],
      },
    ],
  });
}
