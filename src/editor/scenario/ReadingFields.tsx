import type { ReactElement } from 'react';
import { type Fault, seekTargets } from '../../pipeline/document.ts';
import { ChoiceRow, TextRow } from './FormRow.tsx';
import type { ReadingFault } from './readingWords.ts';

type Seek = Extract<ReadingFault, { action: 'consumer.seek' }>;

const targetWords: Readonly<Record<Seek['to'], string>> = {
  earliest: 'the earliest',
  latest: 'the latest',
  offset: 'an offset',
  timestamp: 'a time',
};

const isWhole = (text: string): boolean => /^\s*\d{1,12}\s*$/.test(text);

interface Properties<T> {
  readonly fault: T;
  readonly readOnly: boolean;
  readonly onKeep: (fault: Fault) => void;
}

function Target({ fault, readOnly, onKeep }: Properties<Seek>): ReactElement {
  const { value, ...rest } = fault;
  const scale = fault.to === 'timestamp' ? 1000 : 1;
  const choose = (text: string) => {
    const to = seekTargets.find((target) => target === text) ?? fault.to;
    onKeep(to === 'earliest' || to === 'latest' ? { ...rest, to } : { ...rest, to, value: 0 });
  };
  return (
    <>
      <ChoiceRow
        label="To"
        value={fault.to}
        options={seekTargets.map((to) => [to, targetWords[to]])}
        readOnly={readOnly}
        onChoose={choose}
      />
      {(fault.to === 'offset' || fault.to === 'timestamp') && (
        <TextRow
          label={fault.to === 'offset' ? 'Offset' : 'Moment'}
          unit={fault.to === 'offset' ? 'offset' : 's'}
          value={String((value ?? 0) / scale)}
          readOnly={readOnly}
          problemOf={(text) => (isWhole(String(Number(text) * scale)) ? null : 'This is a number, 0 or more.')}
          onKeep={(text) => onKeep({ ...fault, value: Math.round(Number(text) * scale) })}
        />
      )}
    </>
  );
}

/** One number of several, or all of them. */
function OneOrAll({
  label,
  value,
  readOnly,
  onKeep,
}: {
  readonly label: string;
  readonly value: number | undefined;
  readonly readOnly: boolean;
  readonly onKeep: (value: number | undefined) => void;
}): ReactElement {
  return (
    <TextRow
      label={label}
      unit="empty: all"
      value={value === undefined ? '' : String(value)}
      readOnly={readOnly}
      problemOf={(text) => (text.trim() === '' || isWhole(text) ? null : 'They are numbered 0, 1, 2 and so on; empty for all.')}
      onKeep={(text) => onKeep(text.trim() === '' ? undefined : Number(text))}
    />
  );
}

/** The fields of a pause, a resume or a seek: whose reading, which partition, and where to. */
export function ReadingFields({ fault, readOnly, onKeep }: Properties<ReadingFault>): ReactElement {
  const { member, partition } = fault;
  const keep = (change: { readonly member?: number | undefined; readonly partition?: number | undefined }) => {
    const { member: _, partition: __, ...rest } = fault;
    const next = { member, partition, ...change };
    onKeep({
      ...rest,
      ...(next.member === undefined ? {} : { member: next.member }),
      ...(next.partition === undefined ? {} : { partition: next.partition }),
    });
  };
  return (
    <>
      {fault.action === 'consumer.seek' && <Target fault={fault} readOnly={readOnly} onKeep={onKeep} />}
      <OneOrAll label="Member" value={member} readOnly={readOnly} onKeep={(value) => keep({ member: value })} />
      <OneOrAll label="Partition" value={partition} readOnly={readOnly} onKeep={(value) => keep({ partition: value })} />
    </>
  );
}
