import { visibleLine } from "../model/values/visible.ts";
import type { DoctorLine } from "../plan/doctor/check.ts";

/** Prints the checks of hosts as text: a line per check, followed by its remedy if one is needed. */
export function printDoctor(
  hosts: readonly { readonly host: string; readonly lines: readonly DoctorLine[] }[],
): string {
  return hosts
    .map(({ host, lines }) => {
      const width = Math.max(...lines.map(({ what }) => what.length));
      const rows = lines.map(({ what, verdict, found, remedy }) => {
        const row = `  ${verdict.padEnd(7)}  ${what.padEnd(width)}  ${visibleLine(found).trim()}\n`;
        return remedy === "" || verdict === "ok"
          ? row
          : `${row}${" ".repeat(13 + width)}→ ${visibleLine(remedy).trim()}\n`;
      });
      return `${host}\n${rows.join("")}`;
    })
    .join("\n");
}
