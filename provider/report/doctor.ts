import type { DoctorLine } from "../plan/doctor/check.ts";

/** Several hosts as text: a line per check, its remedy below where something is to be done. */
export function printDoctor(
  hosts: readonly { readonly host: string; readonly lines: readonly DoctorLine[] }[],
): string {
  return hosts
    .map(({ host, lines }) => {
      const width = Math.max(...lines.map(({ what }) => what.length));
      const rows = lines.map(({ what, verdict, found, remedy }) => {
        const row = `  ${verdict.padEnd(7)}  ${what.padEnd(width)}  ${oneLine(found)}\n`;
        return remedy === "" || verdict === "ok"
          ? row
          : `${row}${" ".repeat(13 + width)}→ ${oneLine(remedy)}\n`;
      });
      return `${host}\n${rows.join("")}`;
    })
    .join("\n");
}

const oneLine = (text: string) => text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
