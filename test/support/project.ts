import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Program } from "../../tools/sandbox/engine.ts";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import type { RunResult } from "../../tools/sandbox/run.ts";
import { run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "./environment.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";
import { secretsProvider, startKeyService } from "./keyService.ts";
import { pluginFolder } from "./nativeStack.ts";

type Runtime = "yaml" | "python" | "nodejs";

/** A project on disk with its stack `dev`, driven by the `pulumi` command as a user does. */
export interface TestProject {
  readonly folder: string;
  /** Variables for later commands; `undefined` removes one. */
  environment: Readonly<Record<string, string | undefined>>;
  write(file: string, text: string): void;
  /** Runs `pulumi …` in the project. */
  pulumi(...args: string[]): Promise<RunResult>;
  /** Runs `pulumi …`, which must succeed; returns its output. @throws Error with all output */
  must(...args: string[]): Promise<string>;
  /** Starts `pulumi …` without waiting for its end. */
  start(...args: string[]): ChildProcess;
  remove(): void;
}

/**
 * Returns a hook that builds what a suite needs, once. Building takes minutes, longer than a test's own time
 * limit.
 */
export function buildPrograms(...programs: readonly Program[]): Mocha.AsyncFunc {
  return async function () {
    this.timeout(1_800_000);
    for (const program of programs) await findOrBuild(program, (line) => console.log(`    ${line}`));
  };
}

/** `project` holds lines of Pulumi.yaml that follow its name and the plugin. */
export async function makeProject(
  runtime: Runtime,
  project: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestProject> {
  const folder = temporaryFolder("project");
  writeFileSync(join(folder, "Pulumi.yaml"), printProject(runtime, project));
  return openProject(folder, runtime, environment);
}

/** Prints Pulumi.yaml. Also for use with `write`. */
export function printProject(runtime: Runtime, project: string): string {
  const plugins = `plugins:\n  providers:\n    - name: virsh\n      path: ${pluginFolder}\n`;
  return `name: test\nruntime: ${runtime}\n${plugins}${project}`;
}

/** Copies a program from examples/, with this clone's packages and plugin. */
export async function copyExample(
  example: string,
  runtime: Runtime,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestProject> {
  const folder = temporaryFolder("project");
  cpSync(join(repository, "examples", example), folder, { recursive: true });
  const file = join(folder, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("../../plugin", pluginFolder));
  rmSync(join(folder, "node_modules"), { recursive: true, force: true });
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return openProject(folder, runtime, environment);
}

async function openProject(
  folder: string,
  runtime: Runtime,
  environment: Readonly<Record<string, string>>,
): Promise<TestProject> {
  const engine = { ...(await makeEngineEnvironment()), ...(await startKeyService()) };
  const host = await findOrBuild(`pulumi-language-${runtime}`, (line) => console.log(`    ${line}`));
  const all = { ...process.env, ...engine, ...environment };
  const base = { ...all, PATH: `${all.PATH}:${dirname(host)}` };
  const env = () => ({ ...base, ...project.environment });
  const pulumi = (...args: string[]) =>
    run(["pulumi", ...args, "--non-interactive"], { cwd: folder, env: env(), timeoutMs: 240_000 });
  const project: TestProject = {
    folder,
    environment: {},
    write: (name, text) => writeFileSync(join(folder, name), text),
    pulumi,
    must: async (...args) => {
      const { exitCode, stdout, stderr } = await pulumi(...args);
      if (exitCode !== 0)
        throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}\n${stdout}${stderr}`);
      return stdout;
    },
    start: (...args) => spawn("pulumi", [...args, "--non-interactive"], { cwd: folder, env: env() }),
    remove: () => removeFolder(folder),
  };
  await project.must("stack", "init", "dev", "--secrets-provider", secretsProvider);
  return project;
}
