import { printable } from './format.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Width in a terminal, near enough: one cell for each character. */
function width(text: string): number {
  return Array.from(text).length;
}

/** An aligned table, each line indented by two blanks. Cells are made harmless for terminals. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.title), ...rows].map((cells) => cells.map(printable));
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => width(cells[index] ?? ''))));
  return lines
    .map((cells) => {
      const padded = columns.map((column, index) => {
        const cell = cells[index] ?? '';
        const blanks = ' '.repeat(widths[index]! - width(cell));
        return column.align === 'right' ? blanks + cell : cell + blanks;
      });
      return `  ${padded.join('  ')}`.trimEnd();
    })
    .join('\n');
}
