import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeBlankStack, stateFolderOf } from "./blankStack.ts";
import type { TestStack } from "./stack.ts";
import { driveStack } from "./stack.ts";

export const pluginFolder = join(repository, "plugin");

/** Makes a stack whose project names the plugin. Its program uses the plugin unless it passes providers. */
export async function makeNativeStack(
  program: PulumiFn,
  config: Readonly<Record<string, string>> = {},
): Promise<TestStack> {
  const test: { program: PulumiFn } = { program };
  const project = {
    name: "test",
    runtime: "nodejs" as const,
    // Dynamic resources are loaded from this folder's packages.
    main: process.cwd(),
    plugins: { providers: [{ name: "virsh", path: pluginFolder }] },
  };
  const all = { frontEnd: "native", ...config };
  const settings = Object.fromEntries(Object.entries(all).map(([name, value]) => [`virsh:${name}`, value]));
  return Object.assign(test, driveStack(await makeBlankStack(() => test.program(), project, settings)));
}

/** Reads the state as stored on disk, with secrets encrypted. */
export function readState({ stack }: TestStack): string {
  return readFileSync(join(stateFolderOf(stack.workspace.envVars), ".pulumi/stacks/test/dev.json"), "utf8");
}
