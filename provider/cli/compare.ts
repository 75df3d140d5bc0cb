import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { compareProfiles } from "../plan/activity/compare.ts";
import { type Profile, parseProfile } from "../plan/activity/profile.ts";
import { printComparison } from "../report/activity/compare.ts";
import { paintFor } from "./colours.ts";
import { complain, sayJson } from "./say.ts";

/**
 * Adds `pulumi-virsh compare`, which needs no host. Exits 0 when it can read both profiles, whatever they show, else
 * 1.
 */
export function addCompare(program: Command): void {
  program
    .command("compare")
    .description("two profiles of `measure` side by side, with ratios, and what is within the noise")
    .argument("<before>", "a profile")
    .argument("<after>", "another one")
    .option("--json", "print JSON")
    .action((beforeFile: string, afterFile: string, { json }: { json?: boolean }) => {
      try {
        const [before, after] = [readProfile(beforeFile), readProfile(afterFile)];
        const comparison = compareProfiles(before, after);
        if (json) sayJson(comparison);
        else {
          const lines = printComparison(before, after, comparison, paintFor(process.stdout));
          process.stdout.write(`${lines.join("\n")}\n`);
        }
      } catch (cause) {
        complain(cause);
        process.exitCode = 1;
      }
    });
}

function readProfile(file: string): Profile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`${file}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  const profile = parseProfile(text);
  if ("failure" in profile) throw new Error(`${file} ${profile.failure}`);
  return profile;
}
