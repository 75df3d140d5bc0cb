import { visibleLine } from "../../model/values/visible.ts";

/** A column of a text table. Numbers are right-aligned. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly value: (row: Row) => string;
}

/** Prints rows as lines with aligned columns. The first line has the titles. */
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

/** Prints a count briefly, whatever its size: `4.3`, `43`, `43k`. */
export function printCount(value: number): string {
  if (value >= 999_500) return `${(value / 1e6).toFixed(value >= 9_995_000 ? 0 : 1)}M`;
  if (value >= 9_995) return `${Math.round(value / 1000)}k`;
  return value >= 10 || value === 0 ? String(Math.round(value)) : value.toFixed(1);
}
