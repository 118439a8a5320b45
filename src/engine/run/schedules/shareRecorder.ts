/** For tests and the soak: what share groups gave out and took for done, and what of it must not be. */
import type { RunWatcher } from '../../broker/watcher.ts';
import { offsetOf } from '../../consumer/fetching.ts';
import type { FetchedRecords } from '../../log/partitionLog.ts';
import type { Run } from '../build.ts';
import { partitionNames, type Recorded } from './recorder.ts';

export interface ShareRecorder {
  readonly watcher: Pick<RunWatcher, 'recordsAcquired' | 'recordsAccepted'>;
  /** By group and partition, as `0/3`: offsets whose acceptance is written. */
  readonly accepted: ReadonlyMap<string, ReadonlySet<number>>;
  /** Records that were given out after they had been accepted, as sentences. */
  readonly redelivered: readonly string[];
}

const sentencesMax = 8;

/** `groupOf`: the group of a member. */
export function createShareRecorder(groupOf: (member: number) => number): ShareRecorder {
  const accepted = new Map<string, Set<number>>();
  const redelivered: string[] = [];
  const watcher = {
    recordsAcquired(member: number, fetched: FetchedRecords): void {
      const done = accepted.get(`${groupOf(member)}/${fetched.partition}`);
      if (done === undefined || redelivered.length >= sentencesMax) return;
      for (let i = 0; i < fetched.count; i++)
        if (done.has(offsetOf(fetched, i)))
          redelivered.push(
            `member ${member} is given ${offsetOf(fetched, i)} of partition ${fetched.partition}, which its group has accepted`,
          );
    },
    recordsAccepted(group: number, partition: number, first: number, last: number): void {
      const name = `${group}/${partition}`;
      let done = accepted.get(name);
      if (done === undefined) accepted.set(name, (done = new Set()));
      for (let offset = first; offset <= last; offset++) done.add(offset);
    },
  };
  return { watcher, accepted, redelivered };
}

/** Whether a group's records were all done, and nothing was taken for done that was not. `records`: offsets by partition that hold a record for the group. */
export function shareGroupProblems(
  run: Run,
  group: number,
  seen: { readonly recorded: Recorded; readonly shares: ShareRecorder; readonly records: ReadonlyMap<string, readonly number[]> },
): string[] {
  const share = run.ctx.share.groups[group]!;
  const names = partitionNames(run.topology);
  const served = new Map<string, Set<number>>();
  for (const { member, operation } of seen.recorded.groupOperations) {
    if (operation.kind !== 'served' || run.state.members[member]!.group !== group) continue;
    const offsets = served.get(operation.partition);
    if (offsets === undefined) served.set(operation.partition, new Set(operation.offsets));
    else for (const offset of operation.offsets) offsets.add(offset);
  }
  return [...share.partitions.values()].flatMap(({ partition, limited, rejected }) => {
    const name = names[partition]!;
    const done = served.get(name);
    const missed = (seen.records.get(name) ?? []).filter((offset) => done?.has(offset) !== true);
    const found: string[] = [];
    if (missed.length > limited + rejected)
      found.push(`nobody has done ${missed.length} records of ${name}, first ${missed[0]}, and ${limited + rejected} were archived`);
    const unserved = [...(seen.shares.accepted.get(`${group}/${partition}`) ?? [])].filter((offset) => done?.has(offset) !== true);
    if (unserved.length > 0)
      found.push(`${unserved.length} records of ${name} were accepted by nobody who has done them, first ${unserved[0]}`);
    return found;
  });
}
