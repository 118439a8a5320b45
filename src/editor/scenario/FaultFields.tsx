import type { ReactElement } from 'react';
import { type Fault, offsetTargets, type PipelineDocument } from '../../pipeline/document.ts';
import { effectiveClusterConfig } from '../../pipeline/index.ts';
import { rackOf } from '../../pipeline/racks.ts';
import { EndpointRows } from './EndpointRows.tsx';
import { brokersOf, partitionsOf, rackNames } from './faultChoices.ts';
import { ChoiceRow, numberProblem, TextRow } from './FormRow.tsx';
import { ReadingFields } from './ReadingFields.tsx';
import { isReading } from './readingWords.ts';
import { ReplicaRows } from './ReplicaRows.tsx';

interface Properties {
  readonly document: PipelineDocument;
  readonly fault: Fault;
  readonly readOnly: boolean;
  readonly onKeep: (fault: Fault) => void;
}

/** Above this a list is longer than typing the number. */
const longestList = 256;

function wholeProblem(text: string, least: number, sentence: string): string | null {
  const number = Number(text);
  return text.trim() !== '' && Number.isInteger(number) && number >= least ? null : sentence;
}

const memberProblem = (text: string) => wholeProblem(text, 0, 'Members are numbered 0, 1, 2 and so on.');
const partitionProblem = (text: string) => wholeProblem(text, 0, 'Partitions are numbered 0, 1, 2 and so on.');
const countProblem = (text: string) => wholeProblem(text, 1, 'This is a whole number from 1 on.');
const factorProblem = (text: string) => numberProblem(text, 0, 'times');
const addedProblem = (text: string) => numberProblem(text, 0, 'milliseconds');
const throttleProblem = (text: string) => numberProblem(text, 0, 'MiB a second');

/** `broker 2 in rack a`. */
export function brokerWords(document: PipelineDocument, broker: number): string {
  const rack = rackOf(effectiveClusterConfig(document.cluster), broker);
  return rack === null ? `broker ${broker}` : `broker ${broker} in rack ${rack}`;
}

/** The present choice stays in its list, also when nothing of that name is there any more. */
function withPresent<T>(list: readonly T[], present: T): readonly T[] {
  return list.includes(present) ? list : [...list, present];
}

function Partition({ document, fault, readOnly, onKeep }: Properties & { readonly fault: Extract<Fault, { partition: number }> }) {
  const count = partitionsOf(document, fault.node);
  const value = String(fault.partition);
  const keep = (text: string) => onKeep({ ...fault, partition: Number(text) });
  if (count > longestList)
    return <TextRow label="Partition" unit="" value={value} readOnly={readOnly} problemOf={partitionProblem} onKeep={keep} />;
  const numbers = withPresent(
    Array.from({ length: count }, (_, partition) => String(partition)),
    value,
  );
  return (
    <ChoiceRow label="Partition" value={value} options={numbers.map((number) => [number, number])} readOnly={readOnly} onChoose={keep} />
  );
}

function Broker({ document, fault, readOnly, onKeep }: Properties & { readonly fault: Extract<Fault, { broker: number }> }) {
  const options = withPresent(brokersOf(document), fault.broker).map((broker) => [String(broker), brokerWords(document, broker)] as const);
  const choose = (text: string) => onKeep({ ...fault, broker: Number(text) });
  return <ChoiceRow label="Broker" value={String(fault.broker)} options={options} readOnly={readOnly} onChoose={choose} />;
}

function Rack({ document, fault, readOnly, onKeep }: Properties & { readonly fault: Extract<Fault, { rack: string }> }) {
  const options = withPresent(rackNames(document), fault.rack).map((rack) => [rack, rack] as const);
  return (
    <ChoiceRow label="Rack" value={fault.rack} options={options} readOnly={readOnly} onChoose={(rack) => onKeep({ ...fault, rack })} />
  );
}

type OffsetsReset = Extract<Fault, { action: 'offsets.reset' }>;

const targetWords: Readonly<Record<OffsetsReset['to'], string>> = {
  earliest: 'the earliest',
  latest: 'the latest',
  offset: 'an offset',
  timestamp: 'a time',
  'shift-by': 'so many offsets on or back',
};

/** Where offsets are set to; a number is asked for where there is one. */
function Target({ fault, readOnly, onKeep }: Omit<Properties, 'document' | 'fault'> & { readonly fault: OffsetsReset }) {
  const options = offsetTargets.map((to) => [to, targetWords[to]] as const);
  const { value: _, ...rest } = fault;
  const choose = (text: string) => {
    const to = offsetTargets.find((target) => target === text) ?? fault.to;
    onKeep(to === 'earliest' || to === 'latest' ? { ...rest, to } : { ...rest, to, value: 0 });
  };
  return <ChoiceRow label="To" value={fault.to} options={options} readOnly={readOnly} onChoose={choose} />;
}

function targetField(fault: OffsetsReset): NumberField | null {
  if (fault.to === 'earliest' || fault.to === 'latest') return null;
  const { to } = fault;
  const scale = to === 'timestamp' ? 1000 : 1;
  return {
    label: to === 'timestamp' ? 'Moment' : to === 'offset' ? 'Offset' : 'By',
    unit: to === 'timestamp' ? 's' : 'offsets',
    value: (fault.value ?? 0) / scale,
    problemOf: (text) => wholeProblem(String(Number(text) * scale), to === 'shift-by' ? -1e15 : 0, 'This is a whole number.'),
    keep: (value) => ({ ...fault, value: Math.round(value * scale) }),
  };
}

interface NumberField {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly problemOf: (text: string) => string | null;
  readonly keep: (number: number) => Fault;
}

/** The one number a fault has besides what it happens to. */
function numberField(fault: Fault): NumberField | null {
  if (fault.action === 'offsets.reset') return targetField(fault);
  if (isReading(fault)) return null;
  if ('member' in fault)
    return {
      label: 'Member',
      unit: 'of the node',
      value: fault.member,
      problemOf: memberProblem,
      keep: (member) => ({ ...fault, member }),
    };
  if ('factor' in fault)
    return {
      label: 'Factor',
      unit: 'times as long',
      value: fault.factor,
      problemOf: factorProblem,
      keep: (factor) => ({ ...fault, factor }),
    };
  if ('addedMs' in fault)
    return {
      label: 'Added',
      unit: 'ms each way',
      value: fault.addedMs,
      problemOf: addedProblem,
      keep: (addedMs) => ({ ...fault, addedMs }),
    };
  if ('count' in fault)
    return { label: 'More', unit: 'partitions', value: fault.count, problemOf: countProblem, keep: (count) => ({ ...fault, count }) };
  if ('throttleBytesPerSecond' in fault)
    return {
      label: 'Limit',
      unit: 'MiB/s',
      value: fault.throttleBytesPerSecond / 1_048_576,
      problemOf: throttleProblem,
      keep: (mebibytes) => ({ ...fault, throttleBytesPerSecond: Math.round(mebibytes * 1_048_576) }),
    };
  return null;
}

/** The fields of a fault after its time, action and node: brokers, racks and partitions are chosen from what the document has. */
export function FaultFields(properties: Properties): ReactElement {
  const { document, fault, readOnly, onKeep } = properties;
  if (isReading(fault)) return <ReadingFields fault={fault} readOnly={readOnly} onKeep={onKeep} />;
  const number = numberField(fault);
  return (
    <>
      {fault.action === 'offsets.reset' && <Target fault={fault} readOnly={readOnly} onKeep={onKeep} />}
      {'broker' in fault && <Broker {...properties} fault={fault} />}
      {'rack' in fault && <Rack {...properties} fault={fault} />}
      {'partition' in fault && <Partition {...properties} fault={fault} />}
      {'replicas' in fault && (
        <ReplicaRows
          replicas={fault.replicas}
          brokers={brokersOf(document)}
          wordsOf={(broker) => brokerWords(document, broker)}
          readOnly={readOnly}
          onChoose={(replicas) => onKeep({ ...fault, replicas })}
        />
      )}
      {'between' in fault && <EndpointRows document={document} fault={fault} readOnly={readOnly} onKeep={onKeep} />}
      {number !== null && (
        <TextRow
          label={number.label}
          unit={number.unit}
          value={String(number.value)}
          readOnly={readOnly}
          problemOf={number.problemOf}
          onKeep={(text) => onKeep(number.keep(Number(text)))}
        />
      )}
    </>
  );
}
