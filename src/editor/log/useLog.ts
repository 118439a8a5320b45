/** What the worker tells of a partition's log, kept up to date while it is looked at. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { BatchBytes, BatchSummary, PartitionLogView, PartitionRequest, SegmentIndexes, SegmentView } from '../../workers/protocol.ts';
import { askLog } from '../run/questions.ts';
import { useSession } from '../run/sessionStore.ts';
import { usePolled } from '../run/usePolled.ts';

interface Told {
  readonly of: string;
  readonly view: PartitionLogView | null;
}

/** The log of a partition as it stands; null before it is known, or when there is none. */
export function usePartitionLog({ topicNode, partition }: PartitionRequest): PartitionLogView | null {
  const of = `${topicNode}/${partition}`;
  const read = useCallback(
    async (): Promise<Told> => ({ of, view: (await askLog()?.segments({ topicNode, partition })) ?? null }),
    [of, topicNode, partition],
  );
  const told = usePolled(read);
  // The answer for another partition may still stand while this one's is under way.
  return told !== null && told.of === of ? told.view : null;
}

/** Changes when what was read of a segment no longer holds: another run, or a cleaning. Appends leave what was read as it is. */
function identityOf(request: PartitionRequest, segment: SegmentView, run: number): string {
  return [run, request.topicNode, request.partition, segment.baseOffset, segment.active ? 'active' : segment.sizeBytes].join('/');
}

const pageSize = 200;

interface Pages {
  readonly of: string;
  readonly pages: ReadonlyMap<number, readonly BatchSummary[]>;
}

/** Batches of a segment by their number in it: `batch` gives those that are there, `want` fetches the ones in sight. */
export function useBatches(request: PartitionRequest, segment: SegmentView) {
  const run = useSession((state) => state.runNumber);
  const of = identityOf(request, segment, run);
  const [held, setHeld] = useState<Pages>({ of, pages: new Map() });
  const [wanted, setWanted] = useState(0);
  const pages = useMemo(() => (held.of === of ? held.pages : new Map<number, readonly BatchSummary[]>()), [held, of]);
  const page = Math.floor(wanted / pageSize);
  const known = pages.get(page)?.length ?? 0;
  const isDue = known < Math.min(pageSize, segment.batches - page * pageSize);
  const { topicNode, partition } = request;
  const { baseOffset: segmentBase, batches: total } = segment;
  useEffect(() => {
    if (!isDue) return undefined;
    let current = true;
    void askLog()
      ?.batches({ topicNode, partition, segmentBase, from: page * pageSize, limit: pageSize })
      .then((answer) => {
        if (!current || answer === null) return;
        setHeld((before) => ({ of, pages: new Map(before.of === of ? before.pages : []).set(page, answer.batches) }));
      })
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [isDue, of, page, topicNode, partition, segmentBase, total]);
  const batch = useCallback(
    (index: number): BatchSummary | null => pages.get(Math.floor(index / pageSize))?.[index % pageSize] ?? null,
    [pages],
  );
  return { batch, want: setWanted };
}

/** What an asked question was answered with: `answer` is null while it is under way, and when there is no such thing any more. */
interface Answered<T> {
  readonly answer: T | null;
  readonly trouble: string | null;
}

function useAnswer<T>(of: string | null, ask: () => Promise<T | null> | undefined, keep = false): Answered<T> {
  const [held, setHeld] = useState<Answered<T> & { readonly of: string | null }>({ of: null, answer: null, trouble: null });
  useEffect(() => {
    if (of === null) return undefined;
    let current = true;
    const take = (answer: T | null, trouble: string | null) => current && setHeld({ of, answer, trouble });
    void ask()?.then(
      (answer) =>
        take(answer, answer === null ? 'This is no longer in the log: retention, compaction or a truncation has taken it away.' : null),
      (error: unknown) => take(null, error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
    };
    // `of` stands for all that `ask` uses.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [of]);
  return held.of === of ? held : { answer: keep ? held.answer : null, trouble: null };
}

/** The bytes of a batch; ask with null for none. What was shown stays until the next is there. */
export function useBatchBytes(request: PartitionRequest, batch: BatchSummary | null): Answered<BatchBytes> {
  const run = useSession((state) => state.runNumber);
  const of = batch === null ? null : [run, request.topicNode, request.partition, batch.baseOffset, batch.sizeBytes].join('/');
  return useAnswer(
    of,
    () => askLog()?.batchBytes({ topicNode: request.topicNode, partition: request.partition, baseOffset: batch!.baseOffset }),
    true,
  );
}

/** The entries of a segment's indexes. */
export function useIndexes(request: PartitionRequest, segment: SegmentView): Answered<SegmentIndexes> {
  const run = useSession((state) => state.runNumber);
  const of = `${identityOf(request, segment, run)}/${segment.offsetIndexEntries}/${segment.timeIndexEntries}`;
  const { topicNode, partition } = request;
  return useAnswer(of, () => askLog()?.segmentIndexes({ topicNode, partition, segmentBase: segment.baseOffset }));
}
