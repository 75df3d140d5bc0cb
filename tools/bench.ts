import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { closeConnections } from "../provider/host/connections.ts";
import { Engine } from "./bench/engine.ts";
import { findUnexpected } from "./bench/expect.ts";
import { startHosts } from "./bench/host.ts";
import { measureImages } from "./bench/images.ts";
import type { Measurement } from "./bench/measure.ts";
import { formatPages, readReport, writePages } from "./bench/pages.ts";
import { measurePlanCost } from "./bench/planCost.ts";
import { Progress } from "./bench/progress.ts";
import { measureReadPaths } from "./bench/readPaths.ts";
import { full, quick, type Scale, sections } from "./bench/sections.ts";
import { summarise } from "./bench/summary.ts";
import { printReport, type Report } from "./bench/table.ts";
import { repository } from "./sandbox/folders.ts";
import { printProblem } from "./sandbox/problem.ts";
import { run } from "./sandbox/run.ts";
import { up } from "./sandbox/sandbox.ts";

const say = (line: string): void => console.error(`bench: ${line}`);
const parts = ["paths", "images", "plan", ...Object.keys(sections)];

interface Options {
  readonly quick?: boolean;
  readonly only?: string;
  readonly resume?: boolean;
  readonly rounds?: string;
  readonly json?: boolean;
  /** False with `--no-write`. */
  readonly write: boolean;
}

/** Set by an interrupt. The bench ends before the next figure and removes its hosts and users. */
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    isInterrupted = true;
    say(`${signal}: ends after what runs now; go on with --resume`);
  });

async function bench(options: Options): Promise<void> {
  const wanted = partsOf(options);
  const scale = scaleOf(options);
  const sandbox = await up(say);
  process.env.PATH = [...sandbox.path, process.env.PATH].join(":");
  const { commit, ...machine } = await describe();
  const isMade = (part: string) => options.resume === true && readReport()?.commits[part] === commit;
  const chosen = wanted.filter((part) => !isMade(part));
  const writes = options.write && !options.quick;
  const folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-bench-"));
  const progress = new Progress(chosen, scale);
  say(progress.printPlan());
  let report: Report = { ...(writes ? withoutParts(chosen) : empty), ...machine };
  // Write after each figure, so that a bench interrupted after half an hour keeps what it has.
  const keep = (more: Partial<Report>) => {
    if (isInterrupted) throw new Error("interrupted; what was measured is kept: go on with --resume");
    report = { ...report, ...more };
    if (writes) writePages(report);
  };
  const engine = new Engine(join(folder, "engine"), sandbox.path);
  const measures: Readonly<Record<string, () => Promise<void>>> = {
    paths: async () => {
      const rounds = options.quick ? 2 : 7;
      const readPaths = await onHost(folder, null, (hosts) =>
        measureReadPaths(hosts, options.quick ? 50 : 200, [0, 80], rounds),
      );
      keep({ readPaths });
    },
    images: async () => {
      const [mib, rounds] = options.quick ? [50, 1] : [500, scale.rounds];
      keep({ images: await onHost(folder, null, (hosts) => measureImages(hosts, folder, mib, rounds)) });
    },
    plan: async () => keep({ planCost: await onHost(folder, 200, (hosts) => measurePlanCost(hosts, 200)) }),
    ...Object.fromEntries(
      Object.entries(sections).map(([name, measure]) => [
        name,
        () => {
          const before = report.summaries;
          const measurements: Measurement[] = [];
          const done = (measured: Measurement) => {
            measurements.push(measured);
            say(printMeasurement(measured));
            keep({ summaries: [...before, ...summarise(measurements)] });
          };
          return measure({ folder, engine, done }, scale);
        },
      ]),
    ),
  };
  try {
    for (const name of chosen) {
      say(progress.begin(name));
      // "…" marks an incomplete part, so that --resume measures it again.
      keep({ commits: { ...report.commits, [name]: `${commit}…` } });
      await measures[name]?.();
      keep({ commits: { ...report.commits, [name]: commit } });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (writes) await formatPages();
  }
  console.log(options.json ? JSON.stringify(report, null, 2) : printReport(report));
  const measured = report.summaries.filter(({ case: { section } }) => chosen.includes(partOf(section)));
  const unexpected = findUnexpected(measured);
  if (unexpected.length > 0) throw new Error(`counts are not as they must be:\n${unexpected.join("\n")}`);
  say("connections, sessions and turns are as they must be");
}

/** @throws Error for an unknown part */
function partsOf({ only }: Options): string[] {
  const chosen = only?.split(",") ?? parts;
  const unknown = chosen.filter((part) => !parts.includes(part));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${parts.join(", ")}`);
  return chosen;
}

/** @throws Error when `rounds` is not a count */
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

const empty: Omit<Report, "made" | "machine" | "versions"> = {
  commits: {},
  summaries: [],
  readPaths: [],
  images: [],
  planCost: [],
};

const partOf = (section: string) => (section === "delay" ? "guests" : section);

/** Returns the earlier results, without the parts that are measured now. */
function withoutParts(chosen: readonly string[]): Pick<Report, keyof typeof empty> {
  const { commits, summaries, readPaths, images, planCost } = readReport() ?? empty;
  const isKept = (part: string) => !chosen.includes(part);
  return {
    commits: Object.fromEntries(Object.entries(commits).filter(([part]) => isKept(part))),
    summaries: summaries.filter(({ case: { section } }) => isKept(partOf(section))),
    readPaths: isKept("paths") ? readPaths : [],
    images: isKept("images") ? (images ?? []) : [],
    planCost: isKept("plan") ? planCost : [],
  };
}

function printMeasurement({ case: which, run: { wallMs, cpuSeconds } }: Measurement): string {
  const { act, variant, hosts, guestsPerHost, delayMs, option } = which;
  const what = `${hosts} × ${guestsPerHost} ${act} ${variant} ${delayMs} ms ${option}`;
  return `${what.trim()}: ${(wallMs / 1000).toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s`;
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

new Command("bench")
  .description(
    "Measures previews, refreshes and updates of many guests and hosts beside a provider that does nothing. As root, on Debian. Writes docs/bench.md and docs/bench.json; ends with an error where connections, sessions or turns are not as they must be.",
  )
  .option("--quick", "one size of each part, in under three minutes; writes nothing")
  .option("--only <parts>", `some parts, separated by commas: ${parts.join(", ")}; the others stay`)
  .option("--resume", "leave out the parts that were measured from this very commit")
  .option("--rounds <count>", "how often each act is repeated on the same guests; 3, with --quick 1")
  .option("--json", "print JSON instead of Markdown")
  .option("--no-write", "write no page")
  .action(bench)
  .parseAsync()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    console.error(printProblem(error));
    process.exit(1);
  });
