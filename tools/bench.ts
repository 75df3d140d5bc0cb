import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { closeConnections } from "../provider/host/session.ts";
import { Engine } from "./bench/engine.ts";
import { startHosts } from "./bench/host.ts";
import type { Measurement } from "./bench/measure.ts";
import { measurePlanCost } from "./bench/planCost.ts";
import { measureReadPaths } from "./bench/readPaths.ts";
import { full, quick, type Scale, sections } from "./bench/sections.ts";
import { summarise } from "./bench/summary.ts";
import { printReport, type Report } from "./bench/table.ts";
import { repository } from "./sandbox/folders.ts";
import { printProblem } from "./sandbox/problem.ts";
import { run } from "./sandbox/run.ts";
import { up } from "./sandbox/sandbox.ts";

const say = (line: string): void => console.error(`bench: ${line}`);
const parts = ["paths", "plan", ...Object.keys(sections)];
/** What stands between these lines of the page is the bench's. */
const [begin, end] = ["<!-- figures: npm run bench -->", "<!-- end of figures -->"];

interface Options {
  readonly quick?: boolean;
  readonly only?: string;
  readonly rounds?: string;
  readonly json?: boolean;
  readonly write?: boolean;
}

/** Hosts and users that were made go first: the next figure is the last. */
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    isInterrupted = true;
    say(`${signal}: ends after what runs now`);
  });

async function bench(options: Options): Promise<void> {
  const chosen = options.only?.split(",") ?? parts;
  const unknown = chosen.filter((part) => !parts.includes(part));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${parts.join(", ")}`);
  const scale = scaleOf(options);
  const sandbox = await up(say);
  process.env.PATH = [...sandbox.path, process.env.PATH].join(":");
  const folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-bench-"));
  const measurements: Measurement[] = [];
  const before = options.write && options.only ? readBefore(chosen) : empty;
  const { commit, ...machine } = await describe();
  const commits = { ...before.commits, ...Object.fromEntries(chosen.map((part) => [part, commit])) };
  let report: Report = { ...before, ...machine, commits };
  // A bench of half an hour that is ended early keeps what it has.
  const keep = (more: Partial<Report>) => {
    report = { ...report, ...more };
    if (options.write) write(report);
  };
  const done = (measured: Measurement) => {
    if (isInterrupted) throw new Error("interrupted");
    measurements.push(measured);
    const { act, variant, hosts, guestsPerHost, delayMs, option } = measured.case;
    const { wallMs, cpuSeconds } = measured.run;
    const what = `${hosts} × ${guestsPerHost} ${act} ${variant} ${delayMs} ms ${option}`;
    say(`${what.trim()}: ${(wallMs / 1000).toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s`);
    keep({ summaries: [...before.summaries, ...summarise(measurements)] });
  };
  try {
    const engine = new Engine(join(folder, "engine"), sandbox.path);
    if (chosen.includes("paths"))
      keep({
        readPaths: await onHost(folder, null, (hosts) =>
          measureReadPaths(hosts, options.quick ? 50 : 200, [0, 80], options.quick ? 2 : 7),
        ),
      });
    if (chosen.includes("plan"))
      keep({ planCost: await onHost(folder, 200, (hosts) => measurePlanCost(hosts, 200)) });
    for (const [name, measure] of Object.entries(sections))
      if (chosen.includes(name)) await measure({ folder, engine, done }, scale);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (options.write) await run(["node_modules/.bin/biome", "format", "--write", "docs"], { cwd: repository });
  console.log(options.json ? JSON.stringify(report, null, 2) : printReport(report));
}

/** @throws Error for rounds that are no count */
function scaleOf({ quick: isQuick, rounds: text }: Options): Scale {
  const scale = isQuick ? quick : full;
  if (text === undefined) return scale;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${text}: must be 1 or more`);
  return { ...scale, rounds, guests: scale.guests.map(({ count }) => ({ count, rounds })) };
}

async function onHost<T>(
  folder: string,
  guests: number | null,
  use: (hosts: Awaited<ReturnType<typeof startHosts>>) => Promise<T>,
): Promise<T> {
  const hosts = await startHosts(join(folder, "host"), 1, guests === null ? null : { guests });
  try {
    return await use(hosts);
  } finally {
    await closeConnections();
    await hosts.remove();
  }
}

const empty = { commits: {}, summaries: [], readPaths: [], planCost: [] };

/** What an earlier run wrote of the parts that are not measured now. */
function readBefore(chosen: readonly string[]): Pick<Report, keyof typeof empty> {
  const file = join(repository, "docs/bench.json");
  if (!existsSync(file)) return empty;
  const { commits, summaries, readPaths, planCost } = JSON.parse(readFileSync(file, "utf8")) as Report;
  const isKept = (part: string) => !chosen.includes(part);
  return {
    commits: Object.fromEntries(Object.entries(commits).filter(([part]) => isKept(part))),
    summaries: summaries.filter(({ case: { section } }) => isKept(section === "delay" ? "guests" : section)),
    readPaths: isKept("paths") ? readPaths : [],
    planCost: isKept("plan") ? planCost : [],
  };
}

async function describe(): Promise<Record<"commit" | "made" | "machine" | "versions", string>> {
  const said = async (...argv: string[]) => (await run(argv, { cwd: repository })).stdout.trim();
  const isChanged = (await said("git", "status", "--porcelain", "provider", "tools")) !== "";
  const [processor] = cpus();
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  return {
    commit: `${await said("git", "rev-parse", "--short", "HEAD")}${isChanged ? "+" : ""}`,
    made: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} CPUs (${processor?.model}), load ${load} at the start`,
    versions: `libvirt ${await said("virsh", "--version")}, Pulumi ${await said("pulumi", "version")}, Node.js ${process.version}`,
  };
}

function write(report: Report): void {
  const file = (name: string) => join(repository, "docs", name);
  mkdirSync(join(repository, "docs"), { recursive: true });
  writeFileSync(file("bench.json"), `${JSON.stringify(report, null, 2)}\n`);
  const page = readFileSync(file("bench.md"), "utf8");
  const [before = "", after = ""] = [page.split(begin)[0], page.split(end)[1]];
  writeFileSync(file("bench.md"), `${before}${begin}\n\n${printReport(report)}\n${end}${after}`);
}

new Command("bench")
  .description(
    "Measures previews, refreshes and updates of many guests and hosts beside a provider that does nothing. As root, on Debian.",
  )
  .option("--quick", "one size of each part, in under three minutes")
  .option(
    "--only <parts>",
    `some parts, separated by commas: ${parts.join(", ")}; with --write the others stay`,
  )
  .option("--rounds <count>", "how often each act is repeated on the same guests; 3, with --quick 1")
  .option("--json", "print JSON instead of Markdown")
  .option("--write", "write docs/bench.md and docs/bench.json as well")
  .action(bench)
  .parseAsync()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    console.error(printProblem(error));
    process.exit(1);
  });
