import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PushPlan, PushRow } from '../../sql/query/pushPlan.ts';
import type { Answer } from '../../sql/query/session.ts';
import type { ResultColumn } from '../../sql/query/resultSchema.ts';
import type { StreamsPlan } from '../../streams/plan.ts';
import { formatCount } from '../format/numbers.ts';
import { useSession } from '../run/sessionStore.ts';
import { documentStore } from '../stores/documentStore.ts';
import { statusStore } from '../stores/liveStore.ts';
import { columnTitles, entityTables, rowCells, type AnswerTable } from './answerWords.ts';
import { openConsole, type Console, type TopicRecords } from './console.ts';
import { openPush } from './pushReader.ts';
import { sourceOfTopic, sourceRecord } from './sourceRecords.ts';
import { lastRecords, topicPlaces } from './topicRecords.ts';

/** How many records of a topic an answer is made of. */
const mostRecords = 2_000;
const mostRows = 300;
const pushEveryMs = 400;

export type Shown =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'answered'; readonly tables: readonly AnswerTable[]; readonly note: string }
  /** `total` rows have come so far, of which the last are kept. */
  | { readonly kind: 'push'; readonly table: AnswerTable; readonly total: number; readonly isOver: boolean };

const nowMs = (): number => statusStore.getState().timeUs / 1_000;

async function readTopics(names: readonly string[], plan: StreamsPlan): Promise<TopicRecords> {
  const places = topicPlaces(documentStore.getState().document).filter(({ name }) => names.includes(name));
  const read = places.map(async (place) => {
    const source = sourceOfTopic(plan.catalogue, place.name);
    return [place.name, (await lastRecords(place, mostRecords)).map((view) => sourceRecord(view, source))] as const;
  });
  return new Map(await Promise.all(read));
}

const rowsTable = (title: string, columns: readonly ResultColumn[], rows: readonly PushRow[], newestFirst = false): AnswerTable => ({
  title,
  columns: columnTitles(columns),
  rows: (newestFirst ? [...rows].reverse() : rows.slice(-mostRows)).map((row) => rowCells(columns, row)),
});

function tablesOf(answers: readonly Answer[], { queryIds }: Console): AnswerTable[] {
  return answers.flatMap((answer): readonly AnswerTable[] => {
    if (answer.kind === 'entity') return entityTables(answer.entity, queryIds);
    if (answer.kind === 'nothing') return [{ title: 'Done.', columns: [], rows: [] }];
    if (answer.kind === 'push') return [];
    const { rows, columns } = answer;
    const more = rows.length > mostRows ? `, the last ${mostRows} of them` : '';
    return [rowsTable(`${formatCount(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}${more}`, columns, rows)];
  });
}

function noteOf(records: TopicRecords): string {
  const parts = [...records].map(([topic, some]) =>
    some.length === 0 ? `${topic} holds no records yet` : `${formatCount(some.length)} records of ${topic}`,
  );
  return parts.length === 0 ? '' : `Answered from ${parts.join(' and ')}.`;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Asks a pipeline. A push query goes on until it is stopped, another question is asked, or the run begins anew. */
export function useConsole(plan: StreamsPlan) {
  const run = useSession((state) => state.runNumber);
  const console = useMemo(() => {
    try {
      return { opened: openConsole(plan, documentStore.getState().document), problem: null };
    } catch (error) {
      return { opened: null, problem: wordsOf(error) };
    }
  }, [plan]);
  const [shown, setShown] = useState<Shown>({ kind: 'nothing' });
  /** Goes up with each question, so that what comes late of a former one is dropped. */
  const turn = useRef(0);
  const stop = useCallback(() => {
    turn.current += 1;
    setShown((before) => (before.kind === 'push' ? { ...before, isOver: true } : before));
  }, []);
  useEffect(() => stop, [plan, run, stop]);

  const push = async (query: PushPlan, from: 'earliest' | 'latest', mine: number) => {
    const reader = await openPush(query, topicPlaces(documentStore.getState().document), plan.catalogue, from);
    let rows: PushRow[] = [];
    let total = 0;
    while (turn.current === mine) {
      const next = await reader.next(nowMs());
      if (turn.current !== mine) return;
      total += next.length;
      rows = [...rows, ...next].slice(-mostRows);
      setShown({ kind: 'push', table: rowsTable('', query.columns, rows, true), total, isOver: reader.isOver() });
      if (reader.isOver()) return;
      await new Promise((settle) => setTimeout(settle, pushEveryMs));
    }
  };

  const ask = async (text: string, from: 'earliest' | 'latest') => {
    const mine = ++turn.current;
    const show = (next: Shown) => turn.current === mine && setShown(next);
    if (text.trim() === '') return;
    show({ kind: 'asking' });
    try {
      if (console.opened === null) throw new Error(console.problem);
      const records = await readTopics(console.opened.topicsOf(text), plan);
      if (turn.current !== mine) return;
      const answers = console.opened.ask(text, records, nowMs());
      const going = answers.find((answer) => answer.kind === 'push');
      if (going?.kind === 'push') await push(going.plan, from, mine);
      else show({ kind: 'answered', tables: tablesOf(answers, console.opened), note: noteOf(records) });
    } catch (error) {
      show({ kind: 'refused', message: wordsOf(error) });
    }
  };
  return { shown, ask, stop };
}
