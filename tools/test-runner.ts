import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
  // Files wait for daemons more than they compute: two at a time, each in a process with domains of its own.
  const jobs = alone.includes(tier) ? [] : ["--parallel", "--jobs", "2"];
  const hooks = alone.includes(tier) ? [] : ["--require", "dist/test/support/hooks.js"];
  spawnSync("node_modules/.bin/mocha", [...options, ...jobs, ...hooks, `dist/test/${tier}/**/*.test.js`], {
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

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return null;
  }
}
