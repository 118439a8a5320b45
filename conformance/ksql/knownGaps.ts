/** Cases of ksqlDB's tests that are known to fail, by the reason. They count as skipped; once one passes it has to leave this list. */
const gaps: readonly { readonly reason: string; readonly ids: readonly string[] }[] = [
  {
    reason: 'messages do not quote the statement as ksqlDB rewrites it, with columns qualified',
    ids: ['qtt/group-by - multiple expressions - KAFKA to non-supported decimal key format'],
  },
  {
    reason: 'ksqlDB itself no longer compares the key with a column of the value',
    ids: ['rqtt/insert-values - should fail on mismatch between key and key field values when stream has key'],
  },
  {
    reason:
      'a table in several partitions is scanned partition by partition, which keys of PROTOBUF fall into by their bytes with the id of a schema',
    ids: ['rqtt/pull-queries-with-limit-clause - table table outer join - PROTOBUF'],
  },
];

const reasons = new Map(gaps.flatMap(({ reason, ids }) => ids.map((id): [string, string] => [id, reason])));

/** Why a case is known to fail; null where it should pass. */
export const knownGap = (id: string): string | null => reasons.get(id) ?? null;
