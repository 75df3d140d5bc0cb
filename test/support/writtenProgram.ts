import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../tools/sandbox/folders.ts";
import type { RunResult } from "../../tools/sandbox/run.ts";
import { run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "./environment.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";

const cli = join(repository, "dist/provider/cli/main.js");

/** A program written by `pulumi-virsh adopt`, checked and run as a user does. */
export interface WrittenProgram {
  readonly folder: string;
  /** Runs `pulumi-virsh adopt … --out FOLDER`. */
  adopt(...args: string[]): Promise<RunResult>;
  /** Runs a shell line in the folder, such as one from the README. */
  shell(line: string): Promise<RunResult>;
  pulumi(...args: string[]): Promise<RunResult>;
  /** Complaints of the compiler, and of Biome as a formatter with two spaces; empty when there are none. */
  complaints(): Promise<string>;
  /** The written files: name → text. */
  files(): Record<string, string>;
  remove(): void;
}

export function runAdopt(...args: string[]): Promise<RunResult> {
  return run([process.execPath, cli, "adopt", ...args], { timeoutMs: 120_000 });
}

export async function makeWrittenProgram(): Promise<WrittenProgram> {
  const root = temporaryFolder("adopt");
  const folder = join(root, "guests");
  const environment = await makeEngineEnvironment();
  const env = { ...process.env, ...environment };
  const runHere = (argv: readonly string[]) => run(argv, { cwd: folder, env, timeoutMs: 280_000 });
  return {
    folder,
    adopt: async (...args) => {
      const result = await runAdopt(...args, "--out", folder);
      // Replaces `npm install`.
      const modules = join(root, "node_modules");
      mkdirSync(join(modules, ".bin"), { recursive: true });
      for (const name of ["@pulumi", "pulumi-virsh", "typescript"]) link(modules, name);
      const command = `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`;
      writeFileSync(join(modules, ".bin/pulumi-virsh"), command, { mode: 0o755 });
      return result;
    },
    shell: (line) => runHere(["sh", "-c", line]),
    pulumi: (...args) => runHere(["pulumi", ...args, "--non-interactive"]),
    complaints: async () => {
      const bin = join(repository, "node_modules/.bin");
      const types = await runHere([join(bin, "tsc"), "-p", ".", "--noUnusedLocals"]);
      const style = ["--indent-style=space", "--indent-width=2", "--line-width=80", "--vcs-enabled=false"];
      const format = await runHere([join(bin, "biome"), "format", ...style, "."]);
      return [types, format]
        .filter(({ exitCode }) => exitCode !== 0)
        .map(({ stdout, stderr }) => `${stdout}${stderr}`)
        .join("\n");
    },
    files: () =>
      Object.fromEntries(
        readdirSync(folder)
          .filter((name) => !name.startsWith("Pulumi.dev"))
          .toSorted((a, b) => (a < b ? -1 : 1))
          .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
      ),
    remove: () => removeFolder(root),
  };
}

function link(modules: string, name: string): void {
  const target = name === "pulumi-virsh" ? repository : join(repository, "node_modules", name);
  try {
    symlinkSync(target, join(modules, name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
}
