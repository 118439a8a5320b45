/** Cases of ksqlDB's tests that are known to fail, by the reason. They count as skipped; once one passes it has to leave this list. */
const gaps: readonly { readonly reason: string; readonly ids: readonly string[] }[] = [
  {
    reason: 'messages do not quote the statement as ksqlDB rewrites it, with columns qualified',
    ids: ['qtt/group-by - multiple expressions - KAFKA to non-supported decimal key format'],
  },
];

const reasons = new Map(gaps.flatMap(({ reason, ids }) => ids.map((id): [string, string] => [id, reason])));

/** Why a case is known to fail; null where it should pass. */
export const knownGap = (id: string): string | null => reasons.get(id) ?? null;
