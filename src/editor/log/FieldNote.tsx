import type { ByteField } from '../../workers/protocol.ts';
import { encodingWords, placeWords } from './fieldWords.ts';

/** One field in words: what it is, what it says, how it is written. */
export function FieldNote({ field, bytes }: { readonly field: ByteField; readonly bytes: Uint8Array }) {
  return (
    <section className="lj-field-note" aria-label="Field" aria-live="polite">
      <p className="lj-field-note-title">
        <strong>{field.name}</strong> <span className="lj-muted">{placeWords(field)}</span>
      </p>
      <p className="lj-field-note-value">{field.value}</p>
      <p>{field.meaning}</p>
      {field.bits === undefined ? (
        <p className="lj-muted lj-field-note-bytes">{encodingWords(field, bytes)}</p>
      ) : (
        <ul className="lj-bits">
          {field.bits.map(({ bits, name, value, meaning }) => (
            <li key={name}>
              <span className="lj-muted">bit {bits}</span> <b>{value}</b> <code>{name}</code> {meaning}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
