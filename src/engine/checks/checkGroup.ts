import type { CommittedOffset, GroupAnomaly, GroupContract, GroupHistory, GroupOperation } from './groupHistory.ts';
import { type Commit, committable, firstRecord, mayBeCommitted, memberOf, report, sharedOf, type Walk } from './groupWalk.ts';

function assigned(walk: Walk, name: string, generation: number, partitions: readonly string[]): void {
  const member = memberOf(walk, name);
  const { places: before, generation: last } = member;
  member.generation = generation;
  member.places = new Map(
    partitions.map((partition) => {
      const { owner, ownerGeneration } = sharedOf(walk, partition);
      // Somebody else has had it in between: what the member knows of it is worth nothing.
      const place = owner !== name && ownerGeneration > last ? undefined : before.get(partition);
      return [partition, place ?? { position: -1, open: new Set(), polled: -1, doneUpTo: -1, start: -1, committedUpTo: -1 }];
    }),
  );
  for (const partition of partitions) {
    for (const [other, { generation: others, places }] of walk.members) {
      if (other !== name && others === generation && places.has(partition))
        report(walk, 'two-owners', partition, `${name} and ${other} both own ${partition} in generation ${generation}`);
    }
    const shared = sharedOf(walk, partition);
    if (generation >= shared.ownerGeneration) {
      shared.owner = name;
      shared.ownerGeneration = generation;
    }
  }
}

type Positioned = Extract<GroupOperation, { kind: 'positioned' }>['cause'];

function positioned(walk: Walk, name: string, partition: string, offset: number, cause: Positioned): void {
  const place = memberOf(walk, name).places.get(partition);
  const shared = sharedOf(walk, partition);
  if (place === undefined) {
    report(walk, 'unowned-poll', partition, `${name} takes a position in ${partition}, which it does not own`);
    return;
  }
  const isFirst = place.position < 0;
  place.position = offset;
  place.start = offset;
  place.polled = -1;
  place.doneUpTo = -1;
  place.open.clear();
  if (offset < shared.begin) shared.begin = offset;
  if (!walk.contract.kept) return;
  if (cause === 'committed' && !mayBeCommitted(shared, partition, offset)) {
    const last = shared.commits.findLast(({ outcome }) => outcome === 'ok')?.offsets.find((entry) => entry.partition === partition);
    const known = last === undefined ? 'nothing was committed' : `the last known commit is ${last.offset}`;
    report(walk, 'wrong-position', partition, `${name} begins ${partition} at committed offset ${offset}, but ${known}`);
  } else if (
    cause === 'truncated' ||
    (cause === 'reset' && ((!isFirst && walk.contract.rewinds !== true) || shared.commits.some(({ outcome }) => outcome === 'ok')))
  ) {
    report(
      walk,
      'wrong-position',
      partition,
      `${name} begins ${partition} at ${offset} (${cause}), though the group's commits are in the log`,
    );
  }
}

function polled(walk: Walk, name: string, partition: string, offsets: readonly number[], next: number): void {
  const place = memberOf(walk, name).places.get(partition);
  if (place === undefined) {
    report(walk, 'unowned-poll', partition, `${name} was handed offset ${offsets[0] ?? next} of ${partition}, which it does not own`);
    return;
  }
  const shared = sharedOf(walk, partition);
  const first = offsets.length > 0 ? offsets[0]! : next;
  const skipped = walk.contract.kept ? firstRecord(walk, partition, place.position, first, null) : -1;
  if (place.position < 0)
    report(walk, 'off-position', partition, `${name} reads ${partition} at ${first} without having asked where to begin`);
  else if (first < place.position)
    report(walk, 'off-position', partition, `${name} stood at ${place.position} of ${partition} and was handed ${first}`);
  else if (skipped >= 0)
    report(
      walk,
      'off-position',
      partition,
      `${name} stood at ${place.position} of ${partition} and was handed ${first}, over the record at ${skipped}`,
    );
  let last = first - 1;
  for (const offset of offsets) {
    const over = walk.contract.kept ? firstRecord(walk, partition, last + 1, offset, null) : -1;
    if (offset <= last) report(walk, 'off-position', partition, `${name} was handed ${offset} of ${partition} after ${last}`);
    else if (over >= 0)
      report(walk, 'off-position', partition, `${name} was handed ${offset} of ${partition} after ${last}, over the record at ${over}`);
    last = offset;
    place.open.add(offset);
    shared.polled.add(offset);
  }
  if (offsets.length > 0) place.polled = last;
  place.position = next;
}

function served(walk: Walk, name: string, partition: string, offsets: readonly number[]): void {
  const place = memberOf(walk, name).places.get(partition);
  const shared = sharedOf(walk, partition);
  for (const offset of offsets) {
    const wasCommitted = offset < (place?.committedUpTo ?? -1);
    if (wasCommitted && shared.servedCommitted.has(offset) && walk.contract.delivery === 'at-most-once' && walk.contract.kept)
      report(
        walk,
        'served-again',
        partition,
        `${name} did offset ${offset} of ${partition} again, though it was committed before it was done first`,
      );
    shared.served.add(offset);
    if (wasCommitted) shared.servedCommitted.add(offset);
    if (place?.open.delete(offset) === true && offset > place.doneUpTo) place.doneUpTo = offset;
  }
}

function commit(walk: Walk, name: string, id: number, offsets: readonly CommittedOffset[]): void {
  const member = memberOf(walk, name);
  const stale: string[] = [];
  const sent: Commit = {
    member: name,
    generation: member.generation,
    offsets,
    sentAt: walk.at,
    stale,
    answeredAt: Infinity,
    outcome: 'info',
  };
  walk.commits.set(id, sent);
  for (const { partition, offset } of offsets) {
    const shared = sharedOf(walk, partition);
    shared.commits.push(sent);
    if (shared.owner !== name && shared.owner !== '' && shared.ownerGeneration > member.generation) stale.push(partition);
    const place = member.places.get(partition);
    if (place === undefined) continue;
    const { from, to } = committable(place, walk.contract.delivery);
    if (offset > to)
      report(walk, 'commit-ahead', partition, `${name} commits ${offset} of ${partition}, but what it may commit ends at ${to}`);
    else if (offset < from)
      report(walk, 'commit-behind', partition, `${name} commits ${offset} of ${partition}, but it is done up to ${from}`);
  }
}

function committed(walk: Walk, id: number, outcome: Commit['outcome']): void {
  const answered = walk.commits.get(id);
  if (answered === undefined) return;
  answered.answeredAt = walk.at;
  answered.outcome = outcome;
  if (outcome !== 'ok') return;
  for (const { partition, offset } of answered.offsets) {
    const shared = sharedOf(walk, partition);
    if (answered.stale.includes(partition))
      report(
        walk,
        'stale-commit',
        partition,
        `a commit of ${offset} by ${answered.member} was accepted, sent after ${shared.owner} had been given ${partition} in a later generation`,
      );
    const place = walk.members.get(answered.member)?.places.get(partition);
    if (place !== undefined && offset > place.committedUpTo) place.committedUpTo = offset;
    if (!walk.contract.kept) continue;
    const missed = firstRecord(
      walk,
      partition,
      shared.begin,
      offset,
      walk.contract.delivery === 'at-most-once' ? shared.polled : shared.served,
    );
    if (missed >= 0)
      report(walk, 'missed', partition, `${offset} of ${partition} is committed, but nobody has done the record at ${missed}`);
  }
}

/** What is left over when everybody was left alone: nothing. */
function checkEnd(walk: Walk): void {
  const { contract, members } = walk;
  if (!contract.drained || !contract.kept || contract.reset !== 'earliest') return;
  const owned = new Set([...members.values()].flatMap(({ places }) => [...places.keys()]));
  for (const partition of contract.records.keys()) {
    const shared = sharedOf(walk, partition);
    const missed = firstRecord(walk, partition, 0, Infinity, contract.delivery === 'at-most-once' ? shared.polled : shared.served);
    if (missed >= 0) report(walk, 'missed', partition, `nobody has done the record at ${missed} of ${partition} in the end`);
    if (!owned.has(partition)) report(walk, 'no-owner', partition, `nobody owns ${partition} in the end`);
  }
}

/**
 * Judges what a consumer group did by what Kafka promises one (CHR-17 to CHR-23), from what its members knew alone. What it finds is forbidden; what a setting gives up
 * is in the contract. The first 32 anomalies are kept.
 */
export function checkGroup(history: GroupHistory, contract: GroupContract): GroupAnomaly[] {
  const walk: Walk = { contract, members: new Map(), shared: new Map(), commits: new Map(), found: [], at: 0 };
  for (const operation of history) {
    switch (operation.kind) {
      case 'assigned':
        assigned(walk, operation.member, operation.generation, operation.partitions);
        break;
      case 'positioned':
        positioned(walk, operation.member, operation.partition, operation.offset, operation.cause);
        break;
      case 'polled':
        polled(walk, operation.member, operation.partition, operation.offsets, operation.next);
        break;
      case 'served':
        served(walk, operation.member, operation.partition, operation.offsets);
        break;
      case 'commit':
        commit(walk, operation.member, operation.id, operation.offsets);
        break;
      case 'committed':
        committed(walk, operation.id, operation.outcome);
        break;
      case 'ended':
        walk.members.delete(operation.member);
        break;
    }
    walk.at++;
  }
  checkEnd(walk);
  return walk.found;
}
