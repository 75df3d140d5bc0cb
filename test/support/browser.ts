import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";
import { Problem } from "../../tools/sandbox/problem.ts";
import { findProgram, mustRun } from "../../tools/sandbox/run.ts";

/** Starts Debian's Chromium; installs it when it is missing. */
export async function startBrowser(): Promise<Browser> {
  const command = "apt-get update && apt-get install -y --no-install-recommends chromium";
  if ((await findProgram("chromium")) === null) {
    try {
      await mustRun(["sh", "-c", command], {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        timeoutMs: 600_000,
      });
    } catch (cause) {
      throw new Problem("there is no chromium, and it can't be installed", `run: ${command}`, cause);
    }
  }
  const executablePath = (await findProgram("chromium")) ?? "chromium";
  // Chromium's own sandbox does not start as root.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
