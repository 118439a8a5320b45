import { printable } from './format.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A column of words, and one of figures. */
export const left = (title: string): Column => ({ title });
export const right = (title: string): Column => ({ title, align: 'right' });

/** A part of a report under its title. */
export function section(title: string, body: string): string {
  return `\n${title}\n${body}\n`;
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
