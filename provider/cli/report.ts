import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { Option } from "commander";
import { parseHostUri } from "../host/connection/uri.ts";
import { printMarkdown } from "../report/comment/markdown.ts";
import { failOnNames, findFailures, parseFailOn } from "../report/failOn.ts";
import { printJson } from "../report/json.ts";
import { makeReport } from "../report/make.ts";
import { printHtml } from "../report/page/html.ts";
import { readPreview } from "../report/preview.ts";
import { readRecords } from "../report/readRecords.ts";
import { complain } from "./say.ts";

interface ReportOptions {
  readonly format: "markdown" | "html" | "json";
  readonly json?: boolean;
  readonly preview?: string;
  readonly output?: string;
  readonly marker?: string;
  readonly failOn?: string;
}

const help = `
<plan> is what a preview wrote: PULUMI_VIRSH_PLAN=plan.jsonl pulumi preview; - is standard input.
--fail-on knows: ${failOnNames.join(", ")}.

Exit codes: 0 printed, 1 can't be read or written, 2 printed and --fail-on found something.

  PULUMI_VIRSH_PLAN=plan.jsonl pulumi preview --json > preview.json
  pulumi-virsh report plan.jsonl --preview preview.json --fail-on restart,replace,error
  pulumi-virsh report plan.jsonl --format html --output report.html`;

/** Adds `pulumi-virsh report`, which shows the records of a preview. Its help lists the exit codes. */
export function addReport(program: Command): void {
  program
    .command("report")
    .description("print what a preview would change on which host, and what it costs each guest")
    .argument("<plan>", "file of a preview's records, a line each")
    .addOption(
      new Option("--format <format>", "a pull request's comment, a page, or data")
        .choices(["markdown", "html", "json"])
        .default("markdown"),
    )
    .option("--json", "the same as --format json")
    .option(
      "--preview <file>",
      "what `pulumi preview --json` printed: adds deletions, replacements and errors",
    )
    .option("--output <file>", "write there instead of to standard output")
    .option(
      "--marker <name>",
      "name in the comment's first line, to tell several comments apart; default: none",
    )
    .option("--fail-on <names>", "exit with 2 when the plan has one of these, separated by commas")
    .addHelpText("after", help)
    .action((plan: string, options: ReportOptions) => {
      try {
        process.exitCode = printReport(plan, options);
      } catch (cause) {
        complain(cause);
        process.exitCode = 1;
      }
    });
}

function printReport(plan: string, options: ReportOptions): number {
  const failOn = options.failOn === undefined ? [] : parseFailOn(options.failOn);
  const records = within(plan, readRecords);
  const preview =
    options.preview === undefined ? null : within(options.preview, (text) => readPreview(text, canonical));
  const report = makeReport(records, preview);
  const format = options.json ? "json" : options.format;
  const text =
    format === "json"
      ? printJson(report)
      : format === "html"
        ? printHtml(report)
        : printMarkdown(report, options.marker);
  if (options.output === undefined) process.stdout.write(text);
  else write(options.output, text);
  const failures = findFailures(report, failOn);
  if (failures.length > 0) process.stderr.write(`--fail-on: the plan has ${failures.join(", ")}\n`);
  return failures.length > 0 ? 2 : 0;
}

/** Calls `read`. @throws Error with the file's name before the message */
function within<T>(file: string, read: (text: string) => T): T {
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const remedy = code === "ENOENT" ? "; was the preview run with PULUMI_VIRSH_PLAN naming it?" : "";
    throw new Error(`${file}: cannot be read (${code})${remedy}`, { cause });
  }
  try {
    return read(text);
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause });
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new Error(`${file}: cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

function canonical(host: string): string {
  const uri = parseHostUri(host);
  return "failure" in uri ? host : uri.canonical;
}
