import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { printProblem } from "./sandbox/problem.ts";
import { selectChanged } from "./tests/changed.ts";
import { keepTimes, longestFirst } from "./tests/order.ts";
import type { TierResult } from "./tests/results.ts";
import { nameOf, printTable, readResults } from "./tests/results.ts";
import type { Libvirt, Target } from "./tests/targets.ts";
import { collectLibvirt, findTarget, needMachine } from "./tests/targets.ts";

/** Test tiers. Each needs more of the real parts than the one before. */
const tiers = ["unit", "virsh", "browser", "host", "engine"] as const;
type Tier = (typeof tiers)[number];
/** Tiers that need no sandbox. */
const alone: readonly Tier[] = ["unit", "browser"];

/**
 * Test files that run at the same time, for each CPU. Many tests of the host tier wait for daemons and guests: on 2 CPUs it
 * takes 539 s with four files at a time, and 498 s with six, which slows each file by a third. One preview or update of the
 * engine tier takes 0.5 to 0.8 s of CPU; some wait for guests and time limits.
 */
const jobsPerCpu: Readonly<Record<Tier, number>> = { unit: 1, virsh: 1, browser: 1, host: 2, engine: 2 };

/**
 * Files that run while no other does. They delete and grow volumes, which the product refuses while any guest of the
 * host can't be read or has an image that can't be read; other files have such guests on purpose.
 */
const byThemselves: ReadonlySet<string> = new Set([
  "host/storage",
  "host/storageFaults",
  "host/storageUses",
  "engine/storage",
  "engine/storageExample",
]);

interface Options {
  readonly libvirt?: readonly Libvirt[];
  readonly tier?: readonly Tier[];
  readonly grep?: string;
  readonly changed?: true;
  readonly jobs?: number;
}

const program = new Command("test")
  .description("Runs the tests against real libvirt, sshd, QEMU and the Pulumi engine. As root, on Debian.")
  .argument("[file...]", "parts of test files' names, such as host/power; absent: all files")
  .option("--tier <name>", `one of ${tiers.join(", ")}; may be given several times`, collectTier)
  .option(
    "--libvirt <major>",
    "9, 11, 12 or all: 9 is this machine's, the others run in namespaces beside it; may be given several times",
    collectLibvirt,
  )
  .option("--grep <pattern>", "only tests whose title matches this regular expression")
  .option(
    "--changed",
    "only files that a change since main reaches, committed or not, by what they import or name",
  )
  .option(
    "--jobs <number>",
    "test files that run at the same time; absent: as many as suit the tier",
    parseJobs,
  )
  .addHelpText(
    "after",
    "\nExamples:\n  npm test -- --tier unit --grep pin\n  npm test -- host/power\n  npm test -- --libvirt 11 --tier host\n\nExit codes: 0 all passed, 1 a test failed or none was found.",
  )
  .action(runTiers);
program.parseAsync().catch((error: unknown) => {
  console.error(printProblem(error));
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
});

function collectTier(name: string, before: readonly Tier[] = []): readonly Tier[] {
  const tier = tiers.find((each) => each === name);
  if (!tier) throw new InvalidArgumentError(`it is one of ${tiers.join(", ")}`);
  return [...before, tier];
}

function parseJobs(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("it is a number from 1 to 99");
  return Number(text);
}

async function runTiers(names: readonly string[], options: Options): Promise<void> {
  const results: TierResult[] = [];
  for (const libvirt of options.libvirt ?? [9]) results.push(...(await runOn(libvirt, names, options)));
  if (results.length === 0) console.error("no test matches; see npm test -- --help");
  else console.log(`\n${printTable(results, 10)}\n`);
  const passed = results.reduce((sum, each) => sum + each.passed, 0);
  const failed = results.reduce((sum, each) => sum + each.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

async function runOn(
  libvirt: Libvirt,
  names: readonly string[],
  options: Options,
): Promise<readonly TierResult[]> {
  const chosen = options.tier ?? tiers;
  const target = await findTarget(libvirt, chosen.includes("engine"));
  const folder = mkdtempSync(join(target.folder, "pulumi-virsh-test-"));
  const isPart = names.length > 0 || options.grep !== undefined || options.changed === true;
  const here = chosen.filter((tier) => target.isMachine || !alone.includes(tier));
  const results = here.flatMap((tier) => {
    const named = filesOf(tier, target).filter(
      (file) => names.length === 0 || names.some((name) => file.includes(name)),
    );
    const files = options.changed ? selectChanged(named) : named;
    if (files.length === 0 && isPart) return [];
    const found = runTier(tier, files, join(folder, `${tier}.json`), options, target);
    // A whole tier without tests is a failure. With --grep, a tier may have no match.
    const isEmpty = found.passed + found.failed === 0;
    if (isEmpty && isPart) return [];
    const result = isEmpty ? { ...found, failed: 1 } : found;
    console.log(`${result.tier}: ${result.passed} passed, ${result.failed} failed`);
    return [result];
  });
  rmSync(folder, { recursive: true, force: true });
  return results;
}

/** Runs each file in a process with its own domains: first those that share the host, then the others one by one. */
function runTier(
  tier: Tier,
  files: readonly string[],
  output: string,
  options: Options,
  target: Target,
): TierResult {
  const isSharing = (file: string) => !byThemselves.has(nameOf(file));
  const groups = [files.filter(isSharing), ...files.filter((file) => !isSharing(file)).map((file) => [file])];
  const results = groups
    .filter((group, at) => group.length > 0 || (at === 0 && files.length === 0))
    .map((group) => runFiles(tier, group, output, options, target));
  const sum = (of: (result: TierResult) => number) => results.reduce((all, each) => all + of(each), 0);
  return {
    tier: `${tier}${target.label}`,
    files: results.flatMap((each) => each.files),
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    durationMs: sum(({ durationMs }) => durationMs),
  };
}

function runFiles(
  tier: Tier,
  files: readonly string[],
  output: string,
  options: Options,
  target: Target,
): TierResult {
  rmSync(output, { force: true });
  const { grep, jobs = jobsPerCpu[tier] * availableParallelism() } = options;
  const hooks = hooksOf(tier).flatMap((file) => ["--require", `dist/test/support/${file}.js`]);
  const words = [
    ...["--timeout", "600000", "--exit", "--parallel", "--jobs", String(jobs), ...hooks],
    ...["--reporter", "dist/tools/tests/reporter.js", "--reporter-option", `output=${output}`],
    ...(grep === undefined ? [] : ["--grep", grep]),
  ];
  const start = performance.now();
  const mocha = [process.execPath, "node_modules/mocha/bin/mocha.js", ...words, ...files];
  const [program = "", ...rest] = [...target.enter, ...mocha];
  spawnSync(program, rest, { stdio: "inherit" });
  const durationMs = performance.now() - start;
  const results = readResults(output);
  const label = `${tier}${target.label}`;
  if (!results) return { tier: label, files: [], passed: 0, failed: 1, durationMs };
  keepTimes(results);
  const failures = results.flatMap((file) => file.failures);
  for (const { title, text } of failures) console.error(`FAILED: ${title}\n${text}`);
  for (const title of results.flatMap((file) => file.leftOut)) console.log(`left out: ${title}`);
  const passed = results.reduce((sum, file) => sum + file.passed, 0);
  return { tier: label, files: results, passed, failed: failures.length, durationMs };
}

/** Files in test/support with the root hooks of a tier. */
function hooksOf(tier: Tier): readonly string[] {
  if (alone.includes(tier)) return [];
  return tier === "engine" ? ["hooks"] : ["hooks", "leakHooks"];
}

/** Lists the test files of a tier. Says which it leaves out, and why. */
function filesOf(tier: Tier, { isMachine, label }: Target): readonly string[] {
  const root = join("dist/test", tier);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.js"))
    .map((file) => join(root, file))
    .filter((file) => {
      const reason = isMachine ? undefined : needMachine[nameOf(file)];
      if (reason) console.log(`left out of ${tier}${label}: ${nameOf(file)} ${reason}`);
      return !reason;
    });
  return longestFirst(files);
}
