import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { BatchBytes, ByteField } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { FieldNote } from './FieldNote.tsx';
import { hexOf, kindWords } from './fieldWords.ts';
import { HexGrid } from './HexGrid.tsx';
import { Pause, VirtualList } from './VirtualList.tsx';

/** What came of copying is said on the button: messages are behind an open dialog. */
function CopyBytes({ bytes }: { readonly bytes: Uint8Array }) {
  const [said, setSaid] = useState<{ readonly of: Uint8Array; readonly words: string } | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(hexOf(bytes));
      setSaid({ of: bytes, words: 'Copied' });
    } catch {
      setSaid({ of: bytes, words: 'Not allowed here' });
    }
  };
  return (
    <button type="button" className="lj-button" onClick={() => void copy()}>
      <Copy size={14} aria-hidden="true" /> {said?.of === bytes ? said.words : 'Copy as hex'}
    </button>
  );
}

function Legend({ fields }: { readonly fields: readonly ByteField[] }) {
  const kinds = [...new Set(fields.map(({ kind }) => kind))];
  return (
    <ul className="lj-legend" aria-label="Colours">
      {kinds.map((kind) => (
        <li key={kind}>
          <span className={`lj-swatch lj-byte-${kind}`} aria-hidden="true" /> {kindWords[kind]}
        </li>
      ))}
    </ul>
  );
}

function fieldRow(field: ByteField, before: ByteField | undefined) {
  const isFirst = before === undefined || before.part !== field.part;
  const place = !isFirst ? '' : field.part === 'header' ? 'batch' : `record ${field.part + 1}`;
  return {
    content: (
      <>
        <span className="lj-muted lj-field-place">{place}</span>
        {isFirst && <Pause />}
        <span className={`lj-swatch lj-byte-${field.kind}`} aria-hidden="true" />
        <code>{field.name}</code>
        <Pause />
        <span className="lj-field-value">{field.value}</span>
      </>
    ),
    className: isFirst ? 'lj-part-start' : '',
  };
}

interface Properties {
  readonly batch: BatchBytes;
  /** Size of the batch in the run. */
  readonly countedBytes: number;
  readonly rowPx: number;
}

/** A batch as bytes and as fields: pointing at one marks the other, and a sentence says what it is. */
export function BatchView({ batch, countedBytes, rowPx }: Properties) {
  const [unpacked, setUnpacked] = useState(false);
  const [place, setPlace] = useState<{ readonly of: unknown; readonly field: number }>({ of: null, field: 0 });
  const [pointed, setPointed] = useState<number | null>(null);
  const { bytes, fields } = unpacked && batch.unpacked !== null ? batch.unpacked : batch;
  // Another batch begins at its first field; what was pointed at is not there any more.
  const chosen = place.of === fields ? place.field : 0;
  const marked = pointed !== null && pointed < fields.length ? pointed : chosen;
  const choose = (field: number) => {
    setPlace({ of: fields, field });
    setPointed(null);
  };
  return (
    <>
      <div className="lj-batch-bytes">
        <div className="lj-row lj-batch-bar">
          <Legend fields={fields} />
          {batch.unpacked !== null && (
            <label className="lj-unpack">
              <input type="checkbox" checked={unpacked} onChange={(event) => setUnpacked(event.target.checked)} /> Unpacked
            </label>
          )}
          <CopyBytes bytes={bytes} />
        </div>
        {batch.missingCodec !== null && (
          <p className="lj-problem lj-problem-info">
            {batch.missingCodec} cannot be written here: the bytes are those of the batch without compression.
          </p>
        )}
        {batch.bytes.length !== countedBytes && (
          <p className="lj-problem lj-problem-info">
            {formatCount(batch.bytes.length)} bytes here, {formatCount(countedBytes)} in the run, which takes the size of compressed batches
            from a ratio.
          </p>
        )}
        <HexGrid bytes={bytes} fields={fields} marked={marked} chosen={chosen} rowPx={rowPx} onChoose={choose} onPoint={setPointed} />
      </div>
      <div className="lj-batch-fields">
        {fields[marked] !== undefined && <FieldNote field={fields[marked]} bytes={bytes} />}
        <VirtualList
          label="Fields"
          count={fields.length}
          rowPx={rowPx}
          chosen={chosen}
          onChoose={choose}
          onPoint={setPointed}
          row={(index) => fieldRow(fields[index]!, fields[index - 1])}
        />
      </div>
    </>
  );
}
