import type { SegmentView } from '../../workers/protocol.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';
import { segmentSentence } from './segmentWords.ts';

const purposes: Readonly<Record<string, string>> = {
  log: 'the batches',
  index: 'offset index',
  timeindex: 'time index',
  txnindex: 'aborted transactions',
};

/** A segment in a sentence, and its files with their sizes. */
export function FilesLine({ segment }: { readonly segment: SegmentView }) {
  const [first] = segment.files;
  return (
    <div className="lj-files">
      <p>{segmentSentence(segment)}</p>
      <p className="lj-muted">
        {first !== undefined && <code>{first.name.slice(0, first.name.indexOf('.'))}</code>}
        {segment.files.map(({ name, bytes }) => {
          const suffix = name.slice(name.indexOf('.') + 1);
          return (
            <span key={name} className="lj-files-file" title={`${formatCount(bytes)} bytes`}>
              <code>.{suffix}</code> {purposes[suffix]}, {formatBytes(bytes)}
            </span>
          );
        })}
        {segment.active && <span className="lj-files-file">A broker reserves room in the indexes of the active segment.</span>}
      </p>
    </div>
  );
}
