import { memo, useId, type KeyboardEvent, type MouseEvent } from 'react';
import type { ByteField } from '../../workers/protocol.ts';
import { fieldAt, hexByte, letterOf } from './fieldWords.ts';
import { useShown, useVirtualRows } from './useVirtualRows.ts';

const rowBytes = 16;

interface Properties {
  readonly bytes: Uint8Array;
  readonly fields: readonly ByteField[];
  /** Number of the field whose bytes are marked. */
  readonly marked: number;
  readonly chosen: number;
  readonly rowPx: number;
  readonly onChoose: (field: number) => void;
  readonly onPoint: (field: number | null) => void;
}

interface RowProperties {
  readonly bytes: Uint8Array;
  readonly fields: readonly ByteField[];
  readonly row: number;
  readonly rowPx: number;
  /** The marked bytes of this row, counted from its first. */
  readonly markFrom: number;
  readonly markEnd: number;
  readonly cursorId: string;
  /** Position of the byte the keyboard stands at, -1 when it is in another row. */
  readonly cursor: number;
}

/** Sixteen bytes as numbers and as letters, coloured by what they are part of. */
const HexRow = memo(function HexRow({ bytes, fields, row, rowPx, markFrom, markEnd, cursorId, cursor }: RowProperties) {
  const start = row * rowBytes;
  const length = Math.min(rowBytes, bytes.length - start);
  let field = fieldAt(fields, start);
  const cells = Array.from({ length }, (_, i) => {
    const at = start + i;
    while (field + 1 < fields.length && fields[field + 1]!.from <= at) field++;
    const { kind, from } = fields[field]!;
    const mark = i >= markFrom && i < markEnd ? ' lj-byte-marked' : '';
    return { at, className: `lj-byte lj-byte-${kind}${from === at ? ' lj-byte-first' : ''}${mark}` };
  });
  return (
    <div role="row" className="lj-hex-row" style={{ top: row * rowPx, height: rowPx }}>
      <span role="rowheader" className="lj-hex-position">
        {start.toString(16).padStart(4, '0')}
      </span>
      {cells.map(({ at, className }) => (
        <span key={at} role="gridcell" data-at={at} id={at === cursor ? cursorId : undefined} className={className}>
          {hexByte(bytes[at]!)}
        </span>
      ))}
      {length < rowBytes && <span className="lj-hex-rest" role="presentation" style={{ gridColumn: `span ${rowBytes - length}` }} />}
      <span role="gridcell" className="lj-hex-letters" aria-hidden="true">
        {cells.map(({ at, className }) => (
          <span key={at} data-at={at} className={className}>
            {letterOf(bytes[at]!)}
          </span>
        ))}
      </span>
    </div>
  );
});

/** The bytes of a batch. One stop for Tab; arrows go from field to field and from row to row. */
export function HexGrid({ bytes, fields, marked, chosen, rowPx, onChoose, onPoint }: Properties) {
  const cursorId = useId();
  const rowCount = Math.ceil(bytes.length / rowBytes);
  const rows = useVirtualRows(rowCount, rowPx);
  const { frame } = rows;
  const mark = fields[marked];
  const cursor = fields[chosen]?.from ?? 0;
  useShown(rows, Math.floor((mark?.from ?? 0) / rowBytes));
  const key = (event: KeyboardEvent) => {
    const at = { ArrowDown: cursor + rowBytes, ArrowUp: cursor - rowBytes, PageDown: cursor + 8 * rowBytes, PageUp: cursor - 8 * rowBytes }[
      event.key
    ];
    const field = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: fields.length - 1 }[event.key];
    if (at === undefined && field === undefined) return;
    event.preventDefault();
    if (field !== undefined) return onChoose(Math.min(fields.length - 1, Math.max(0, field)));
    if (at! < 0 || at! >= bytes.length) return;
    const next = fieldAt(fields, at!);
    // A field of several rows is left in one step.
    onChoose(next === chosen ? Math.min(fields.length - 1, chosen + 1) : next);
  };
  const byteUnder = (event: MouseEvent): number | null => {
    const at = event.target instanceof HTMLElement ? event.target.dataset['at'] : undefined;
    return at === undefined ? null : fieldAt(fields, Number(at));
  };
  const clipped = (row: number, position: number) => Math.min(rowBytes, Math.max(0, position - row * rowBytes));
  return (
    <div
      ref={frame}
      className="lj-hex"
      role="grid"
      aria-label="Bytes of the batch"
      aria-rowcount={rowCount}
      aria-activedescendant={cursorId}
      tabIndex={0}
      data-own-keys
      onKeyDown={key}
      onMouseMove={(event) => onPoint(byteUnder(event))}
      onMouseLeave={() => onPoint(null)}
      onClick={(event) => {
        const field = byteUnder(event);
        if (field !== null) onChoose(field);
      }}
    >
      <div role="presentation" style={{ height: rows.totalPx, position: 'relative' }}>
        {Array.from({ length: Math.max(0, rows.end - rows.first) }, (_, i) => rows.first + i).map((row) => (
          <HexRow
            key={row}
            bytes={bytes}
            fields={fields}
            row={row}
            rowPx={rowPx}
            markFrom={mark === undefined ? 0 : clipped(row, mark.from)}
            markEnd={mark === undefined ? 0 : clipped(row, mark.from + mark.length)}
            cursorId={cursorId}
            cursor={Math.floor(cursor / rowBytes) === row ? cursor : -1}
          />
        ))}
      </div>
    </div>
  );
}
