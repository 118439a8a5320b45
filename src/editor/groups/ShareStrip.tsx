import type { GroupMemberView, GroupPartitionView, GroupShareView, ShareRangeView } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { rangeWords } from './groupWords.ts';

function rangeTitle({ first, last, state, deliveries, member }: ShareRangeView, members: readonly GroupMemberView[]): string {
  const by = member === null ? '' : ` by ${members[member]!.node}-${members[member]!.member}`;
  const times = deliveries === 0 ? '' : `, delivered ${deliveries === 1 ? 'once' : `${deliveries} times`}`;
  return `${first === last ? formatCount(first) : `${formatCount(first)} to ${formatCount(last)}`}: ${rangeWords[state]}${by}${times}`;
}

/** What a share group has made of a partition from SPSO on: one field a range, as wide as it is long, and behind SPEO what nobody has acquired yet. */
export function ShareStrip({
  row,
  share,
  members,
}: {
  readonly row: GroupPartitionView;
  readonly share: GroupShareView;
  readonly members: readonly GroupMemberView[];
}) {
  const ahead = Math.max(0, row.endOffset - share.endOffset);
  const { available, acquired, acknowledged, archived, written } = share;
  const words = `${row.topic}-${row.partition}: ${acquired} acquired, ${available} available, ${acknowledged} acknowledged, ${archived} archived, ${written} being written, ${ahead} not acquired yet`;
  return (
    <span className="lj-share-strip" role="img" aria-label={words}>
      {share.ranges.map((range) => (
        <span
          key={range.first}
          className="lj-share-range"
          data-range={range.state}
          data-again={range.deliveries > 1 || undefined}
          style={{ flexGrow: range.last - range.first + 1 }}
          title={rangeTitle(range, members)}
        />
      ))}
      {share.rangesLeftOut > 0 && <span title={`${share.rangesLeftOut} more ranges`}>…</span>}
      {ahead > 0 && <span className="lj-share-ahead" style={{ flexGrow: ahead }} title={`${formatCount(ahead)} records behind SPEO`} />}
    </span>
  );
}
