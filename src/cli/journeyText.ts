/** The way of one record for people: who had it, and a bar for each thing its time went to. */
import type { JourneyCopy, JourneyDelivery, JourneyStage, RecordJourney } from '../engine/report/recordJourney.ts';
import type { PipelineDocument } from '../pipeline/index.ts';
import { counted, formatCount, formatDuration, printable } from './format.ts';

const barWidth = 40;
const labelWidth = 26;

/** Both ends of the picture. */
interface Scale {
  readonly fromUs: number;
  readonly toUs: number;
}

export function journeyText(journey: RecordJourney, document: PipelineDocument): string {
  const nameOf = (id: string): string => document.nodes.find((node) => node.id === id)?.name ?? id;
  const scale = { fromUs: journey.madeUs, toUs: endOf(journey) };
  const lines = [
    `Record ${formatCount(journey.sequence)} of ${nameOf(journey.source)}, made at ${formatDuration(journey.madeUs / 1000)} of virtual time`,
    journey.complete
      ? 'Everybody who reads it has done with it.'
      : `Followed to ${formatDuration(journey.untilUs / 1000)}; it is not done everywhere.`,
  ];
  const branch = (copy: JourneyCopy, depth: number): void => {
    lines.push('', ...copyLines(copy, nameOf, depth, scale));
    for (const delivery of journey.deliveries.filter((candidate) => candidate.copy === copy.id)) {
      lines.push('', ...deliveryLines(delivery, journey, nameOf, depth + 1, scale));
      for (const child of journey.copies.filter(({ parent }) => parent === delivery.id)) branch(child, depth + 2);
    }
  };
  for (const copy of journey.copies) if (copy.parent < 0) branch(copy, 0);
  return `${lines.map(printable).join('\n')}\n`;
}

/** The last moment there is something to draw of. */
function endOf({ madeUs, copies, deliveries }: RecordJourney): number {
  const stages = [...copies, ...deliveries].flatMap((part) => part.stages);
  return Math.max(madeUs + 1, ...stages.map(({ toUs }) => toUs));
}

function copyLines(copy: JourneyCopy, nameOf: (id: string) => string, depth: number, scale: Scale): string[] {
  const place = `${copy.topic}-${copy.partition}${copy.offset < 0 ? '' : `@${copy.offset}`}`;
  const key =
    copy.keyHash === null
      ? 'no key: the partition its batches stick to'
      : `key ${copy.key}: murmur2 ${copy.keyHash} modulo ${copy.partitions} = ${copy.keyHash % copy.partitions}`;
  const notes = [
    copy.as === 'output' ? `sent by ${nameOf(copy.writtenBy)}` : `sent by ${nameOf(copy.writtenBy)} as ${copy.as}`,
    key,
    counted(copy.requests, 'request'),
    ...(copy.recognised > 0 ? ['found written when sent again'] : []),
    ...(copy.duplicateOf >= 0 ? ['written a second time'] : []),
    ...(copy.outcome === 'readable' ? [] : [copy.outcome]),
    ...(copy.error === 'NONE' ? [] : [copy.error]),
  ];
  return [`${blanks(depth)}${place}  ${notes.join(' · ')}`, ...bars(copy.stages, depth, scale)];
}

function deliveryLines(
  delivery: JourneyDelivery,
  { madeUs }: RecordJourney,
  nameOf: (id: string) => string,
  depth: number,
  scale: Scale,
): string[] {
  const notes = [
    `member ${delivery.member} of group ${delivery.group}`,
    delivery.outcome,
    ...(delivery.before > 0 ? [`delivery ${delivery.before + 1}`] : []),
    ...(delivery.retries > 0 ? [counted(delivery.retries, 'attempt') + ' repeated'] : []),
    ...(delivery.endUs < 0 ? [] : [`${formatDuration((delivery.endUs - madeUs) / 1000)} after it was made`]),
    ...(delivery.committedUs < 0 ? [] : [`committed ${formatDuration((delivery.committedUs - madeUs) / 1000)} after`]),
  ];
  return [`${blanks(depth)}${nameOf(delivery.node)}  ${notes.join(' · ')}`, ...bars(delivery.stages, depth, scale)];
}

const blanks = (depth: number): string => ' '.repeat(2 * depth);

/** One line a stage: what, how long, and where it lies between the first and the last moment. */
function bars(stages: readonly JourneyStage[], depth: number, { fromUs, toUs }: Scale): string[] {
  const cell = (us: number): number => Math.round((barWidth * (us - fromUs)) / (toUs - fromUs));
  return stages.map((stage) => {
    const first = Math.min(cell(stage.fromUs), barWidth - 1);
    const length = Math.max(1, cell(stage.toUs) - first);
    const label = `${blanks(depth + 1)}${stage.kind}`.padEnd(labelWidth);
    const took = formatDuration((stage.toUs - stage.fromUs) / 1000).padStart(9);
    return `${label} ${took}  ${' '.repeat(first)}${'█'.repeat(length)}`;
  });
}
