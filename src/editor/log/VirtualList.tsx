import { useEffect, useId, type KeyboardEvent, type ReactNode } from 'react';
import { useShown, useVirtualRows } from './useVirtualRows.ts';

interface Properties {
  readonly label: string;
  readonly count: number;
  readonly rowPx: number;
  readonly chosen: number;
  readonly onChoose: (row: number) => void;
  readonly onPoint?: (row: number | null) => void;
  /** Told which rows are in the page. */
  readonly onRows?: (first: number, last: number) => void;
  /** Contents of a row, and a class for it. */
  readonly row: (row: number) => { readonly content: ReactNode; readonly className?: string };
}

const pageRows = 10;

/** What is seen apart is heard apart. */
export function Pause() {
  return <span className="lj-visually-hidden">, </span>;
}

/** A list of any length of which one row is chosen: one stop for Tab, arrows within. */
export function VirtualList({ label, count, rowPx, chosen, onChoose, onPoint, onRows, row }: Properties) {
  const id = useId();
  const rows = useVirtualRows(count, rowPx);
  useShown(rows, chosen);
  const { frame, first, end } = rows;
  useEffect(() => {
    if (count > 0) onRows?.(first, end - 1);
  }, [onRows, first, end, count]);
  const key = (event: KeyboardEvent) => {
    const to = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      PageDown: chosen + pageRows,
      PageUp: chosen - pageRows,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (to === undefined || count === 0) return;
    event.preventDefault();
    onChoose(Math.min(count - 1, Math.max(0, to)));
  };
  const shown = Array.from({ length: Math.max(0, rows.end - rows.first) }, (_, i) => rows.first + i);
  return (
    <div
      ref={frame}
      className="lj-virtual"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      data-own-keys
      aria-activedescendant={shown.includes(chosen) ? `${id}-${chosen}` : undefined}
      onKeyDown={key}
      onMouseLeave={() => onPoint?.(null)}
    >
      <div role="presentation" style={{ height: rows.totalPx, position: 'relative' }}>
        {shown.map((index) => {
          const { content, className } = row(index);
          return (
            // The list itself has the focus and hears the keys.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={index}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              aria-setsize={count}
              aria-posinset={index + 1}
              tabIndex={-1}
              className={`lj-virtual-row ${className ?? ''}`}
              style={{ top: index * rowPx, height: rowPx }}
              onClick={() => onChoose(index)}
              onMouseEnter={() => onPoint?.(index)}
            >
              {content}
            </div>
          );
        })}
      </div>
    </div>
  );
}
