/** Processors and sinks: how busy, how far behind, and who holds which partition. */
import { GroupPartitionField, MemberField, NodeField } from '../../../workers/frameFields.ts';
import { formatRate, formatShare } from '../../format/numbers.ts';
import { formatLag } from '../../live/formatLag.ts';
import { lagLevel, lagMark } from '../../live/lagLevel.ts';
import { bodyLeft, bodyRight } from '../nodeGeometry.ts';
import { configNumber } from '../nodeWords.ts';
import { farTextPx, farTextZoom, fillPill, setFont, type Brush } from './brush.ts';
import type { SceneNode } from './scene.ts';

/** Words for the states of `NodeField.state` that need telling; the mark says the same without colour. */
const troubles: readonly (string | null)[] = [null, null, '⟳ rebalancing', '✕ outage', '✕ no member', '‖ blocked'];
const rebalancing = 2;

const badgePadding = 8;
const dotPitch = 11;
const pillPadding = 7;
const pillGap = 5;

/** What begins a pill: a member, one that is down, one that joins, or what no one owns. */
const pillMark = { member: -1, down: -2, joining: -3, waiting: -4 } as const;

/** Who holds what, as marks and partition numbers one after the other; as words where that would not fit in a line. */
function collectPills({ frame, index }: Brush, { id, words }: SceneNode): void {
  const { pills } = words;
  const members = index.members.get(id) ?? [];
  const owned = index.owned.get(id) ?? [];
  pills.length = 0;
  words.members = '';
  // An idle member's pill is as wide as one with a single dot; every pill has its padding and a gap.
  if ((owned.length + 1) * dotPitch + members.length * (2 * pillPadding + pillGap) > bodyRight - bodyLeft) {
    const alive = members.reduce((count, slot) => count + (frame[slot.offset + MemberField.state] > 0 ? 1 : 0), 0);
    const all = alive === members.length ? String(alive) : `${alive} of ${members.length}`;
    words.members = `${all} member${members.length === 1 ? '' : 's'} · ${owned.length} partition${owned.length === 1 ? '' : 's'}`;
    return;
  }
  for (const slot of members) {
    const state = frame[slot.offset + MemberField.state];
    pills.push(state === 0 ? pillMark.down : state === 1 ? pillMark.joining : pillMark.member);
    for (const { partition, offset } of owned) if (frame[offset + GroupPartitionField.owner] === slot.index) pills.push(partition);
  }
  let waiting = false;
  for (const { partition, offset } of owned) {
    if (frame[offset + GroupPartitionField.owner] >= 0) continue;
    if (!waiting) pills.push(pillMark.waiting);
    waiting = true;
    pills.push(partition);
  }
}

function freshWords(brush: Brush, node: SceneNode, offset: number): void {
  const { frame, context } = brush;
  const { words } = node;
  const trouble = troubles[frame[offset + NodeField.state]] ?? null;
  const seconds = frame[offset + NodeField.lagSeconds];
  const trend = frame[offset + NodeField.lagTrend];
  words.alarmed = trouble !== null;
  words.passing = frame[offset + NodeField.state] === rebalancing;
  words.left =
    trouble ??
    (node.role === 'sink' ? formatRate(frame[offset + NodeField.rateIn]) : `${formatShare(frame[offset + NodeField.busy])} busy`);
  words.level = lagLevel(seconds, trend);
  words.right = Number.isFinite(seconds) ? `${lagMark(words.level, trend)} ${formatLag(seconds)}` : '';
  setFont(brush, 13, 'bold');
  const room = bodyRight - bodyLeft - Math.ceil(context.measureText(words.left).width) - 2 * badgePadding - 8;
  words.rightWidth = words.right === '' ? 0 : Math.ceil(context.measureText(words.right).width);
  if (node.role === 'sink' && words.level !== 'calm') {
    const longer = `${words.right} behind`;
    const width = Math.ceil(context.measureText(longer).width);
    if (width <= room) {
      words.right = longer;
      words.rightWidth = width;
    }
  }
  collectPills(brush, node);
}

/** The part of its time a reader serves; of a limited sink, the part of its limit that is used when that is more. */
function fullness({ frame }: Brush, { node, role }: SceneNode, offset: number): number {
  const busy = frame[offset + NodeField.busy];
  const limit = role === 'sink' ? configNumber(node, 'rate.limit') * Math.max(1, frame[offset + NodeField.members]) : 0;
  const used = limit > 0 ? frame[offset + NodeField.rateIn] / limit : 0;
  return Math.max(0, Math.min(1, Math.max(Number.isFinite(busy) ? busy : 0, Number.isFinite(used) ? used : 0)));
}

function drawBar(brush: Brush, node: SceneNode, offset: number | undefined): void {
  const { context, colours } = brush;
  const top = node.y + node.geometry.barTop;
  const width = bodyRight - bodyLeft;
  context.fillStyle = colours.track;
  fillPill(brush, node.x + bodyLeft, top, width, 6, 3);
  if (offset === undefined) return;
  const part = fullness(brush, node, offset);
  if (part <= 0) return;
  context.fillStyle = colours.level[part >= 0.98 ? 'breached' : part >= 0.85 ? 'rising' : 'calm'];
  fillPill(brush, node.x + bodyLeft, top, Math.max(4, part * width), 6, 3);
}

function drawBadge(brush: Brush, { x, y, geometry, words }: SceneNode): void {
  const { context, colours } = brush;
  if (words.right === '') return;
  const width = words.rightWidth + 2 * badgePadding;
  const left = x + bodyRight - width;
  context.fillStyle = colours.levelSoft[words.level];
  fillPill(brush, left, y + geometry.footerTop, width, 20, 5);
  setFont(brush, 13, 'bold');
  context.textAlign = 'left';
  context.fillStyle = colours.level[words.level];
  context.fillText(words.right, left + badgePadding, y + geometry.footerTop + 14.5);
}

/** From afar: only what is wrong or how far behind, as large as the node allows. */
function drawFarBadge(brush: Brush, { x, y, geometry, words }: SceneNode): void {
  const { context, colours, zoom } = brush;
  const trouble = words.passing ? colours.level.rising : colours.failed;
  const front = words.alarmed ? trouble : colours.level[words.level];
  const isCalm = !words.alarmed && words.level === 'calm';
  context.fillStyle =
    zoom < farTextZoom
      ? front
      : words.alarmed && !words.passing
        ? colours.failedSoft
        : colours.levelSoft[words.alarmed ? 'rising' : words.level];
  const top = y + geometry.footerTop;
  const height = geometry.height - geometry.footerTop - 10;
  if (!isCalm || zoom < farTextZoom) fillPill(brush, x + bodyLeft, top, bodyRight - bodyLeft, height, 8);
  if (zoom < farTextZoom) return;
  setFont(brush, farTextPx, 'bold');
  context.textAlign = 'center';
  context.fillStyle = front;
  context.fillText(
    words.alarmed ? words.left : words.right.replace(' behind', ''),
    x + (bodyLeft + bodyRight) / 2,
    top + height / 2 + 10,
    bodyRight - bodyLeft - 12,
  );
}

function pillDots(pills: readonly number[], at: number): number {
  let end = at + 1;
  while (end < pills.length && pills[end] >= 0) end += 1;
  return end - at - 1;
}

const joiningDash = [3, 2];
const noDash: number[] = [];

/** One pill; answers with its width. */
function drawPill(brush: Brush, pills: readonly number[], at: number, x: number, y: number): number {
  const { context, colours } = brush;
  const mark = pills[at];
  const dots = pillDots(pills, at);
  const width = Math.max(1, dots) * dotPitch - 3 + 2 * pillPadding;
  context.lineWidth = 1;
  context.strokeStyle = mark === pillMark.down ? colours.level.breached : colours.borderStrong;
  if (mark !== pillMark.waiting) {
    if (mark === pillMark.joining) context.setLineDash(joiningDash);
    context.beginPath();
    context.roundRect(x + 0.5, y + 0.5, width - 1, 17, 8.5);
    context.stroke();
    if (mark === pillMark.joining) context.setLineDash(noDash);
  }
  if (mark === pillMark.down) {
    const middle = x + width / 2;
    context.lineWidth = 1.75;
    context.beginPath();
    context.moveTo(middle - 3.5, y + 5.5);
    context.lineTo(middle + 3.5, y + 12.5);
    context.moveTo(middle + 3.5, y + 5.5);
    context.lineTo(middle - 3.5, y + 12.5);
    context.stroke();
  }
  for (let dot = 0; dot < dots; dot += 1) {
    const colour = colours.partitions[pills[at + 1 + dot] % colours.partitions.length];
    context.beginPath();
    context.arc(x + pillPadding + 4 + dot * dotPitch, y + 9, mark === pillMark.waiting ? 3.25 : 4, 0, 2 * Math.PI);
    if (mark === pillMark.waiting) {
      context.strokeStyle = colour;
      context.lineWidth = 1.5;
      context.stroke();
    } else {
      context.fillStyle = colour;
      context.fill();
    }
  }
  return width;
}

function drawMembers(brush: Brush, { x, y, geometry, words }: SceneNode): void {
  const { context, colours } = brush;
  const { pills } = words;
  const top = y + geometry.membersTop;
  if (words.members !== '') {
    setFont(brush, 12);
    context.textAlign = 'left';
    context.fillStyle = colours.muted;
    context.fillText(words.members, x + bodyLeft, top + 13);
    return;
  }
  let left = x + bodyLeft;
  for (let at = 0; at < pills.length; at += pillDots(pills, at) + 1) left += drawPill(brush, pills, at, left, top) + pillGap;
}

/** Before a run: how many members it starts with. */
function drawPlannedMembers(brush: Brush, node: SceneNode): void {
  if (!brush.near) return;
  const { context, colours } = brush;
  const instances = configNumber(node.node, 'instances');
  setFont(brush, 12);
  context.textAlign = 'left';
  context.fillStyle = colours.muted;
  context.fillText(`${instances} member${instances === 1 ? '' : 's'}`, node.x + bodyLeft, node.y + node.geometry.footerTop + 14);
}

/** Draws bar, words, badge and members. */
export function drawConsumer(brush: Brush, node: SceneNode): void {
  const { context, colours, index, near } = brush;
  const offset = index.nodes.get(node.id);
  drawBar(brush, node, offset);
  if (offset === undefined) {
    drawPlannedMembers(brush, node);
    return;
  }
  const { words, x, y, geometry } = node;
  if (brush.freshWords) freshWords(brush, node, offset);
  if (near) {
    const strong = words.alarmed || node.role === 'sink';
    setFont(brush, words.alarmed ? 12 : 13, strong ? 'bold' : 'normal');
    context.textAlign = 'left';
    const trouble = words.passing ? colours.level.rising : colours.failed;
    context.fillStyle = words.alarmed ? trouble : strong ? colours.text : colours.muted;
    context.fillText(words.left, x + bodyLeft, y + geometry.footerTop + 14.5);
  }
  if (!near) {
    drawFarBadge(brush, node);
    return;
  }
  drawBadge(brush, node);
  drawMembers(brush, node);
}
