/**
 * The table by which an idempotent consumer knows records it has done. Without limits it is a set of bits; with a capacity or a time to live it keeps ids in the
 * order they came, the oldest first, and forgets from there. Plain data.
 */
import { addIdentity, createIdentitySet, hasIdentity, type IdentitySet } from '../measures/identitySet.ts';

export interface SeenIds {
  /** Identities, without limits. */
  readonly all: IdentitySet;
  /** With limits, and for ids that are texts: the moment each id came; null without. */
  readonly recent: Map<number | string, number> | null;
  /** 0 for no limit. */
  readonly capacity: number;
  readonly ttlUs: number;
}

/** Root and sequence of a record, or the text that is its id. */
export interface SeenId {
  root: number;
  sequence: number;
  /** null where the record's identity is the id. */
  text: string | null;
}

/** Most ids of a table whose ids are texts. */
const textsMax = 1_000_000;

/** `roots`: sources there are; `texts`: ids are texts, not identities. */
export function createSeenIds(options: {
  readonly roots: number;
  readonly texts: boolean;
  readonly capacity: number;
  readonly ttlUs: number;
}): SeenIds {
  const { roots, texts, ttlUs } = options;
  const capacity = texts && options.capacity === 0 ? textsMax : options.capacity;
  const recent = capacity > 0 || ttlUs > 0 ? new Map<number | string, number>() : null;
  return { all: createIdentitySet(recent === null ? roots : 0), recent, capacity, ttlUs };
}

/** Identities as one number: sequences have 32 bits. */
const keyOf = ({ root, sequence, text }: SeenId): number | string => text ?? root * 4_294_967_296 + sequence;

export function hasSeen({ all, recent, ttlUs }: SeenIds, id: SeenId, nowUs: number): boolean {
  if (recent === null) return hasIdentity(all, id.root, id.sequence);
  const sinceUs = recent.get(keyOf(id));
  return sinceUs !== undefined && (ttlUs === 0 || nowUs - sinceUs < ttlUs);
}

/** Keeps an id; false when it is there already, as the unique key of a table would say. */
export function keepSeen(table: SeenIds, id: SeenId, nowUs: number): boolean {
  const { all, recent, capacity, ttlUs } = table;
  if (recent === null) return addIdentity(all, id.root, id.sequence);
  if (hasSeen(table, id, nowUs)) return false;
  const key = keyOf(id);
  // Put in again, it goes to the end of the order in which a Map is walked.
  recent.delete(key);
  recent.set(key, nowUs);
  for (const [oldest, sinceUs] of recent) {
    const tooMany = capacity > 0 && recent.size > capacity;
    if (!tooMany && !(ttlUs > 0 && nowUs - sinceUs >= ttlUs)) break;
    recent.delete(oldest);
  }
  return true;
}

/** The table is empty again, as that of a process that starts. */
export function forgetSeen({ all, recent }: SeenIds): void {
  recent?.clear();
  for (const chunks of all.chunks) chunks.length = 0;
  all.size = 0;
}
