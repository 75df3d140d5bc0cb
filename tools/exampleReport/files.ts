import { printRecord } from "../../provider/plan/record/record.ts";
import { printMarkdown } from "../../provider/report/comment/markdown.ts";
import { printJson } from "../../provider/report/json.ts";
import { printLintDocs } from "../../provider/report/lintDocs.ts";
import { makeReport } from "../../provider/report/make.ts";
import { printHtml } from "../../provider/report/page/html.ts";
import { readPreview } from "../../provider/report/preview.ts";
import { readRecords } from "../../provider/report/readRecords.ts";
import { exampleRecords } from "./fleet.ts";
import { examplePreview } from "./preview.ts";

/**
 * Returns every generated file by its path. The reports are made from the text of the plan file, as a user's
 * are.
 */
export function generatedFiles(): Readonly<Record<string, string>> {
  const plan = exampleRecords(10, 20).map(printRecord).join("");
  const preview = examplePreview();
  const report = makeReport(
    readRecords(plan),
    readPreview(preview, (host) => host),
  );
  return {
    "examples/report/plan.jsonl": plan,
    "examples/report/preview.json": preview,
    "examples/report/report.md": printMarkdown(report),
    "examples/report/report.html": printHtml(report),
    "examples/report/report.json": printJson(report),
    "docs/lints.md": printLintDocs(),
  };
}
