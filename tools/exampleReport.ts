import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { printRecord } from "../provider/plan/record/record.ts";
import { makeReport } from "../provider/report/make.ts";
import { printHtml } from "../provider/report/page/html.ts";
import { generatedFiles } from "./exampleReport/files.ts";
import { exampleRecords } from "./exampleReport/fleet.ts";

interface Options {
  readonly check?: boolean;
  readonly hosts?: string;
  readonly guests: string;
}

const program = new Command("exampleReport")
  .description("make the files that are made: examples/report, and docs/lints.md from the table of lints")
  .argument("[folder]", "root of the repository, or where a fleet of another size goes", ".")
  .option("--check", "write nothing; exit with 1 when a file differs from what would be written")
  .option("--hosts <number>", "only plan.jsonl and report.html of a made-up fleet of so many hosts")
  .option("--guests <number>", "and so many guests on each", "20")
  .action((folder: string, { check, hosts, guests }: Options) => {
    const files = hosts ? fleetFiles(Number(hosts), Number(guests)) : generatedFiles();
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, name);
      const isSame = existsSync(file) && readFileSync(file, "utf8") === text;
      if (check && !isSame) {
        console.error(`${file} is not what would be written; run: npm run generate:report`);
        process.exitCode = 1;
      }
      if (check || isSame) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  });
program.parse();

function fleetFiles(hosts: number, guests: number): Record<string, string> {
  const records = exampleRecords(hosts, guests);
  return { "plan.jsonl": records.map(printRecord).join(""), "report.html": printHtml(makeReport(records)) };
}
