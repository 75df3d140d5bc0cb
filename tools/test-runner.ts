import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Each tier needs more of the real parts than the one before; a tier without tests is a failure. */
const tiers = ["unit", "virsh", "browser", "host", "engine"];
/** Tiers that need no sandbox. */
const alone = ["unit", "browser"];

interface Report {
  readonly stats: { readonly passes: number; readonly failures: number; readonly pending: number };
  readonly failures: readonly {
    readonly fullTitle: string;
    readonly err: { readonly stack?: string; readonly message?: string };
  }[];
}

const folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-test-"));
let passed = 0;
let failed = 0;
for (const tier of tiers) {
  const file = join(folder, `${tier}.json`);
  const options = [
    "--timeout",
    "600000",
    "--exit",
    "--reporter",
    "json",
    "--reporter-option",
    `output=${file}`,
  ];
  // Two files at a time, each in a process with domains of its own; the longest first, so that none is left for last.
  const jobs = ["--parallel", "--jobs", "2"];
  const hooks = alone.includes(tier) ? [] : ["--require", "dist/test/support/hooks.js"];
  spawnSync("node_modules/.bin/mocha", [...options, ...jobs, ...hooks, ...filesOf(tier)], {
    stdio: "inherit",
  });
  const report = readReport(file);
  const bad = report ? report.stats.failures + report.stats.pending : 1;
  for (const { fullTitle, err } of report?.failures ?? [])
    console.error(`FAILED: ${fullTitle}\n${err.stack ?? err.message}`);
  const good = report?.stats.passes ?? 0;
  console.log(`${tier}: ${good} passed, ${good === 0 ? Math.max(1, bad) : bad} failed`);
  passed += good;
  failed += good === 0 ? Math.max(1, bad) : bad;
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Test files of a tier, by size: a long text takes a long time, as a rule. */
function filesOf(tier: string): string[] {
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
