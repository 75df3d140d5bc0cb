import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";

/** Test tiers. Each needs more of the real parts than the one before. */
const tiers = ["unit", "virsh", "browser", "host", "engine"] as const;
type Tier = (typeof tiers)[number];
/** Tiers that need no sandbox. */
const alone: readonly Tier[] = ["unit", "browser"];

interface Report {
  readonly stats: { readonly passes: number; readonly failures: number; readonly pending: number };
  readonly failures: readonly {
    readonly fullTitle: string;
    readonly err: { readonly stack?: string; readonly message?: string };
  }[];
}

interface Options {
  readonly tier?: readonly Tier[];
  readonly grep?: string;
  readonly jobs: number;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const program = new Command("test")
  .description("Runs the tests against real libvirt, sshd, QEMU and the Pulumi engine. As root, on Debian.")
  .argument("[file...]", "parts of test files' names, such as host/power; absent: all files")
  .option("--tier <name>", `one of ${tiers.join(", ")}; may be given several times`, collectTier)
  .option("--grep <pattern>", "only tests whose title matches this regular expression")
  .option("--jobs <number>", "test files that run at the same time", parseJobs, 2)
  .addHelpText(
    "after",
    "\nExamples:\n  npm test -- --tier unit --grep pin\n  npm test -- host/power\n\nExit codes: 0 all passed, 1 a test failed or none was found.",
  )
  .action(runTiers);
program.parse();

function collectTier(name: string, before: readonly Tier[] = []): readonly Tier[] {
  const tier = tiers.find((each) => each === name);
  if (!tier) throw new InvalidArgumentError(`it is one of ${tiers.join(", ")}`);
  return [...before, tier];
}

function parseJobs(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("it is a number from 1 to 99");
  return Number(text);
}

function runTiers(names: readonly string[], options: Options): void {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-test-"));
  const isPart = names.length > 0 || options.grep !== undefined;
  const chosen = options.tier ?? tiers;
  const counts = chosen.flatMap((tier) => {
    const files = filesOf(tier).filter(
      (file) => names.length === 0 || names.some((name) => file.includes(name)),
    );
    if (files.length === 0 && isPart) return [];
    const found = runTier(tier, files, join(folder, `${tier}.json`), options);
    // A whole tier without tests is a failure. With --grep, a tier may have no match.
    const isEmpty = found.passed + found.failed === 0;
    if (isEmpty && isPart) return [];
    const { passed, failed } = isEmpty ? { passed: 0, failed: 1 } : found;
    console.log(`${tier}: ${passed} passed, ${failed} failed`);
    return [{ passed, failed }];
  });
  rmSync(folder, { recursive: true, force: true });
  if (counts.length === 0) console.error("no test matches; see npm test -- --help");
  const passed = counts.reduce((sum, each) => sum + each.passed, 0);
  const failed = counts.reduce((sum, each) => sum + each.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

/** Runs each file in a process with its own domains. */
function runTier(tier: Tier, files: readonly string[], output: string, { grep, jobs }: Options): Counts {
  const hooks = alone.includes(tier) ? [] : ["--require", "dist/test/support/hooks.js"];
  const options = [
    ...["--timeout", "600000", "--exit", "--parallel", "--jobs", String(jobs), ...hooks],
    ...["--reporter", "json", "--reporter-option", `output=${output}`],
    ...(grep === undefined ? [] : ["--grep", grep]),
  ];
  spawnSync("node_modules/.bin/mocha", [...options, ...files], { stdio: "inherit" });
  const report = readReport(output);
  if (!report) return { passed: 0, failed: 1 };
  for (const { fullTitle, err } of report.failures)
    console.error(`FAILED: ${fullTitle}\n${err.stack ?? err.message}`);
  const { passes, failures, pending } = report.stats;
  return { passed: passes, failed: failures + pending };
}

/**
 * Lists the test files of a tier, largest first: a large file usually takes long and should not start last.
 */
function filesOf(tier: Tier): string[] {
  const root = join("dist/test", tier);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.js"))
    .map((file) => join(root, file));
  return files.toSorted((one, other) => statSync(other).size - statSync(one).size);
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return null;
  }
}
