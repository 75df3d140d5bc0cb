import { printRecord } from "../../provider/plan/record.ts";
import { printHtml } from "../../provider/report/html.ts";
import { printJson } from "../../provider/report/json.ts";
import { makeReport } from "../../provider/report/make.ts";
import { printMarkdown } from "../../provider/report/markdown.ts";
import { readPreview } from "../../provider/report/preview.ts";
import { readRecords } from "../../provider/report/readRecords.ts";
import { exampleRecords } from "./fleet.ts";
import { examplePreview } from "./preview.ts";

/** Every file of examples/report that is made, by name. The reports are made from the plan's text, as a user's are. */
export function exampleFiles(): Readonly<Record<string, string>> {
  const plan = exampleRecords(10, 20).map(printRecord).join("");
  const preview = examplePreview();
  const report = makeReport(
    readRecords(plan),
    readPreview(preview, (host) => host),
  );
  return {
    "plan.jsonl": plan,
    "preview.json": preview,
    "report.md": printMarkdown(report),
    "report.html": printHtml(report),
    "report.json": printJson(report),
  };
}
