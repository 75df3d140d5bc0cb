import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { printRecord } from "../provider/plan/record.ts";
import { printHtml } from "../provider/report/html.ts";
import { makeReport } from "../provider/report/make.ts";
import { exampleFiles } from "./exampleReport/files.ts";
import { exampleRecords } from "./exampleReport/fleet.ts";

interface Options {
  readonly check?: boolean;
  readonly hosts?: string;
  readonly guests?: string;
}

const program = new Command("exampleReport")
  .description("make examples/report from a made-up fleet, by the provider's own plan, lints and report")
  .argument("[folder]", "where to write", "examples/report")
  .option("--check", "write nothing; exit with 1 when a file differs from what would be written")
  .option("--hosts <number>", "a fleet of another size, plan and page only: hosts")
  .option("--guests <number>", "and guests per host")
  .action((folder: string, { check, hosts, guests }: Options) => {
    const files = hosts ? fleetFiles(Number(hosts), Number(guests ?? 20)) : exampleFiles();
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, name);
      const isSame = existsSync(file) && readFileSync(file, "utf8") === text;
      if (check && !isSame) {
        console.error(`${file} is not what would be written; run: node dist/tools/exampleReport.js`);
        process.exitCode = 1;
      }
      if (!check && !isSame) writeFileSync(file, text);
    }
  });
program.parse();

function fleetFiles(hosts: number, guests: number): Record<string, string> {
  const records = exampleRecords(hosts, guests);
  return { "plan.jsonl": records.map(printRecord).join(""), "report.html": printHtml(makeReport(records)) };
}
