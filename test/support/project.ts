import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Program } from "../../tools/sandbox/engine.ts";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import type { RunResult } from "../../tools/sandbox/run.ts";
import { run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "./environment.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";
import { pluginFolder } from "./nativeStack.ts";

/** A project on disk and its stack `dev`, driven by `pulumi` as a user does. */
export interface TestProject {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Runs `pulumi …` in it. */
  pulumi(...args: string[]): Promise<RunResult>;
  /** The same, still running. */
  start(...args: string[]): ChildProcess;
  remove(): void;
}

/** A hook that builds what a suite needs, once: minutes, for which no test's own time limit has room. */
export function buildPrograms(...programs: readonly Program[]): Mocha.AsyncFunc {
  return async function () {
    this.timeout(1_800_000);
    for (const program of programs) await findOrBuild(program, (line) => console.log(`    ${line}`));
  };
}

/** `project`: lines of Pulumi.yaml after its name and the plugin. */
export async function makeProject(
  runtime: "yaml" | "python",
  project: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestProject> {
  const engine = await makeEngineEnvironment();
  const host = await findOrBuild(`pulumi-language-${runtime}`, (line) => console.log(`    ${line}`));
  const all = { ...process.env, ...engine, ...environment };
  const env = { ...all, PATH: `${all.PATH}:${dirname(host)}` };
  const folder = temporaryFolder("project");
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const plugins = `plugins:\n  providers:\n    - name: virsh\n      path: ${pluginFolder}\n`;
  write("Pulumi.yaml", `name: test\nruntime: ${runtime}\n${plugins}${project}`);
  const pulumi = (...args: string[]) =>
    run(["pulumi", ...args, "--non-interactive"], { cwd: folder, env, timeoutMs: 240_000 });
  const made = await pulumi("stack", "init", "dev");
  if (made.exitCode !== 0) throw new Error(made.stderr);
  return {
    folder,
    write,
    pulumi,
    start: (...args) => spawn("pulumi", [...args, "--non-interactive"], { cwd: folder, env }),
    remove: () => removeFolder(folder),
  };
}
