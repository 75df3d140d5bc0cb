import { visibleLine } from "../../model/values/visible.ts";

/** A column of a text table: numbers stand to the right. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly value: (row: Row) => string;
}

/** Lines of equal columns, the first one the titles. */
export function printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => visibleLine(value(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.isNumber ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** `4.3`, `43`, `43k`: three figures, whatever the size. */
export function printCount(value: number): string {
  if (value >= 999_500) return `${(value / 1e6).toFixed(value >= 9_995_000 ? 0 : 1)}M`;
  if (value >= 9_995) return `${Math.round(value / 1000)}k`;
  return value >= 10 || value === 0 ? String(Math.round(value)) : value.toFixed(1);
}
