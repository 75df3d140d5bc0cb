import { visibleJson } from "../model/values/visible.ts";
import type { Report } from "./report.ts";

/** The report as docs/report.schema.json describes it, with its line end. */
export function printJson(report: Report): string {
  return `${visibleJson(report, null, 2)}\n`;
}
