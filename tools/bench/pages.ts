import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../sandbox/folders.ts";
import { run } from "../sandbox/run.ts";
import { printNumber, printSpread, table } from "./cells.ts";
import { printReport, type Report } from "./table.ts";

/** A region of docs/bench.md, between two marker lines, that the bench writes. */
type Part = "figures" | "summary";
const data = join(repository, "docs/bench.json");

/** Reads the earlier results; `null` when there are none. */
export function readReport(): Report | null {
  return existsSync(data) ? (JSON.parse(readFileSync(data, "utf8")) as Report) : null;
}

/** Writes docs/bench.json, and the figures and summary in docs/bench.md. */
export function writePages(report: Report): void {
  writeFileSync(data, `${JSON.stringify(report, null, 2)}\n`);
  putInto("figures", printReport(report));
  putInto("summary", printSummary(report));
}

/** Formats the tables with the project's formatter. */
export async function formatPages(): Promise<void> {
  await run(["node_modules/.bin/biome", "format", "--write", "docs"], { cwd: repository });
}

/** @throws Error when the page lacks the marker lines, because writing would lose its text */
function putInto(part: Part, text: string): void {
  const file = join(repository, "docs/bench.md");
  const page = readFileSync(file, "utf8");
  const [begin, end] = [`<!-- ${part}: npm run bench -->`, `<!-- end of ${part} -->`];
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`docs/bench.md lacks the lines ${begin} and ${end}`);
  writeFileSync(file, `${page.slice(0, before)}${begin}\n\n${text}\n${page.slice(after)}`);
}

function printSummary({ summaries, commits, machine, versions }: Report): string {
  const previews = summaries.filter(
    ({ case: { section, act } }) => /^(guests|many|hosts)$/.test(section) && act === "preview, no change",
  );
  const rows = previews
    .filter(
      ({ case: { variant, option, hosts } }) =>
        variant === "virsh" && (option === "" || option === "virsh:hosts") && (hosts > 1 || option === ""),
    )
    .flatMap((mine) => {
      const { variant: _, ...which } = mine.case;
      const floor = previews.find(({ case: { variant, ...other } }) => {
        return variant === "floor" && JSON.stringify(other) === JSON.stringify(which);
      });
      if (!floor) return [];
      const { hosts, guestsPerHost, delayMs } = mine.case;
      const where = hosts === 1 ? "1" : `${hosts}, ${delayMs} ms away`;
      return [
        [
          where,
          hosts * guestsPerHost,
          printSpread(mine.wallSeconds),
          printSpread(floor.wallSeconds),
          printNumber(mine.cpuSeconds.median),
          printNumber(floor.cpuSeconds.median),
          mine.connections,
          mine.sessions,
        ],
      ];
    });
  const head = ["hosts", "guests", "seconds", "of these alone", "CPU seconds", "of these alone"];
  const shown = ["guests", "many", "hosts"].flatMap((part) => commits[part] ?? []);
  const made = [...new Set(shown)].map((commit) => `\`${commit}\``).join(", ");
  return [
    "A preview without changes, beside the engine and Node.js alone:",
    "",
    ...table([...head, "connections", "sessions"], rows),
    "",
    `Made from commit ${made}: ${machine}, hosts included; ${versions}.`,
    "",
  ].join("\n");
}
