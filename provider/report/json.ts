import { visibleJson } from "../model/values/visible.ts";
import type { Report } from "./report.ts";

/** Prints the report as docs/report.schema.json describes it, including the line break. */
export function printJson(report: Report): string {
  return `${visibleJson(report, null, 2)}\n`;
}
