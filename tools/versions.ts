import { readFileSync, writeFileSync } from "node:fs";
import { closeConnections } from "../provider/host/connections.ts";
import { sandbox } from "../test/support/sandbox.ts";
import { enter } from "./sandbox/newer/enter.ts";
import { upNewer } from "./sandbox/newer/host.ts";
import { newerLibvirts } from "./sandbox/newer/releases.ts";
import { printProblem } from "./sandbox/problem.ts";
import { mustRun } from "./sandbox/run.ts";
import type { Column } from "./versions/column.ts";
import { columnsFile, releaseOf } from "./versions/column.ts";
import { tryAll } from "./versions/run.ts";

/**
 * Tries every feature on this machine's libvirt and on the newer ones, and writes docs/versions.json, from which
 * `npm run generate` makes docs/versions.md: `npm run versions -- [MAJOR…]`, 9 for this machine's. `--here` prints this
 * host's column and writes nothing.
 */
main().catch((error: unknown) => {
  console.error(printProblem(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  if (words.includes("--here")) return console.log(JSON.stringify(await columnHere()));
  const wanted = words.length === 0 ? ["9", ...newerLibvirts.map(String)] : words;
  for (const major of wanted) {
    const newer = newerLibvirts.find((each) => String(each) === major);
    const column = newer === undefined ? await columnHere() : await columnOf(newer);
    write(column);
    console.log(
      `libvirt ${releaseOf(column).replace(" / ", ", QEMU ")}: ${Object.keys(column.results).length} tried`,
    );
  }
}

async function columnHere(): Promise<Column> {
  await sandbox();
  const column = await tryAll("versions");
  await closeConnections();
  return column;
}

/** Runs this tool in a host with a newer libvirt. */
async function columnOf(newer: (typeof newerLibvirts)[number]): Promise<Column> {
  const host = await upNewer(newer, (line) => console.error(line));
  const argv = [...enter(host), process.execPath, "dist/tools/versions.js", "--here"];
  const said = await mustRun(argv, { timeoutMs: 600_000 });
  return JSON.parse(said.trim().split("\n").at(-1) ?? "") as Column;
}

function write(column: Column): void {
  const { columns } = JSON.parse(readFileSync(columnsFile, "utf8")) as { columns: readonly Column[] };
  const others = columns.filter((each) => releaseOf(each) !== releaseOf(column));
  const all = [...others, column].toSorted((a, b) => a.libvirt - b.libvirt || a.qemu - b.qemu);
  writeFileSync(columnsFile, `${JSON.stringify({ columns: all }, null, 2)}\n`);
}
